import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUP } from '../api/index.ts';

/** Resource actions of a kind: `actions/discovery.lua` and `actions/<name>/action.lua`, in the layout of Argo CD's own repository. */
export interface ActionScripts {
  readonly discovery: string;
  /** By name. */
  readonly actions: ReadonlyMap<string, string>;
}

/** Where Argo CD's contributors would look for our scripts, and their tests. */
export const CUSTOMIZATIONS = join(import.meta.dirname, 'resource_customizations', GROUP);

/** The actions of a kind; undefined where it has none. */
export function actionScripts(kind: string): ActionScripts | undefined {
  const folder = join(CUSTOMIZATIONS, kind, 'actions');
  if (!existsSync(join(folder, 'discovery.lua'))) return undefined;
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'action.lua')))
    .map(({ name }) => name)
    .sort();
  return {
    discovery: readFileSync(join(folder, 'discovery.lua'), 'utf8'),
    actions: new Map(names.map((name) => [name, readFileSync(join(folder, name, 'action.lua'), 'utf8')])),
  };
}
