import type { Tool } from '../../api/index.ts';
import { nameOf } from '../keys.ts';

/** Two Tools of one agent that the model would see under the same name; undefined where there are none. */
export function nameClash(tools: readonly Tool[]): string | undefined {
  const seen = new Map<string, string>();
  for (const tool of tools) {
    const name = tool.spec.name ?? nameOf(tool);
    const other = seen.get(name);
    if (other !== undefined)
      return `Tools "${other}" and "${nameOf(tool)}" both call themselves "${name}": give one another spec.name`;
    seen.set(name, nameOf(tool));
  }
  return undefined;
}
