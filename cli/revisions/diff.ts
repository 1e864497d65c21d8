import { isDeepStrictEqual } from 'node:util';
import { structuredPatch } from 'diff';
import type { AgentRevision, RevisionTool } from '../../api/index.ts';

/** A line of a difference; `-` and `+` are what was and what is, `~` has changed within. */
export interface DiffLine {
  readonly mark: '-' | '+' | '~' | ' ' | '@';
  readonly text: string;
}

type Spec = AgentRevision['spec'];

/** What another revision of an Agent changes: model, parameters, limits, tools, prompt. Empty where they say the same. */
export function revisionDiff(before: Spec, after: Spec): DiffLine[] {
  return [
    ...fieldLines('', rest(before), rest(after)),
    ...toolLines(before.tools, after.tools),
    ...promptLines(before.system, after.system),
  ];
}

const rest = ({ system: _system, tools: _tools, ...fields }: Spec): Record<string, unknown> => fields;

/** Field by field, down to what is no map. */
function fieldLines(path: string, before: Record<string, unknown>, after: Record<string, unknown>): DiffLine[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): DiffLine[] => {
    const [was, is] = [before[name], after[name]];
    const here = path === '' ? name : `${path}.${name}`;
    if (isDeepStrictEqual(was, is)) return [];
    if (isMap(was) || isMap(is)) return fieldLines(here, isMap(was) ? was : {}, isMap(is) ? is : {});
    return [
      ...(was === undefined ? [] : [{ mark: '-' as const, text: `${here}: ${JSON.stringify(was)}` }]),
      ...(is === undefined ? [] : [{ mark: '+' as const, text: `${here}: ${JSON.stringify(is)}` }]),
    ];
  });
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function toolLines(before: readonly RevisionTool[], after: readonly RevisionTool[]): DiffLine[] {
  const idOf = ({ kind, name, tool }: RevisionTool): string =>
    kind === 'Tool' ? `tool/${name}` : `${name}/${tool ?? ''}`;
  const was = new Map(before.map((tool) => [idOf(tool), tool]));
  const is = new Map(after.map((tool) => [idOf(tool), tool]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((id): DiffLine[] => {
    const [old, now] = [was.get(id), is.get(id)];
    if (old === undefined) return [{ mark: '+', text: `tool ${id}` }];
    if (now === undefined) return [{ mark: '-', text: `tool ${id}` }];
    return [
      ...(old.digest === now.digest
        ? []
        : [{ mark: '~' as const, text: `tool ${id}: schema, description or annotations` }]),
      ...(old.functionName === now.functionName
        ? []
        : [
            {
              mark: '~' as const,
              text: `tool ${id}: the model calls it ${now.functionName}, before ${old.functionName}`,
            },
          ]),
    ];
  });
}

function promptLines(before: string, after: string): DiffLine[] {
  const { hunks } = structuredPatch('before', 'after', before, after, '', '', { context: 3 });
  return hunks.flatMap(({ oldStart, newStart, lines }): DiffLine[] => [
    { mark: '@', text: `prompt, line ${oldStart} (now ${newStart})` },
    // `\ No newline at end of file` says nothing about a prompt.
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line): DiffLine => {
        const mark = line[0];
        return mark === '+' || mark === '-' ? { mark, text: line.slice(1) } : { mark: ' ', text: line.slice(1) };
      }),
  ]);
}
