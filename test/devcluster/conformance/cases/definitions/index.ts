/** Custom resources of many schemas: what a definition is refused for, and how objects of one that is not are judged. */
import type { Case, Step } from '../../harness.ts';
import { merge } from '../../steps.ts';
import { judged } from './judged.cases.ts';
import { changed, lives } from './lives.cases.ts';
import { names } from './names.cases.ts';
import { refused } from './refused.cases.ts';
import { crds, definition, integer, made, object, one, string, thing, things } from './shared.ts';

const create = (spec: unknown): Step => ({ path: `${things}?dryRun=All`, body: thing(spec) });

const merged = (patch: unknown): Step => ({ method: 'PATCH', path: `${things}/a`, body: { spec: patch }, type: merge });

export const definitionCases: readonly Case[] = [
  ...refused.map(([name, spec]) => one(`refused: ${name}`, { path: `${crds}?dryRun=All`, body: definition(spec) })),
  ...names.map(([name, version, more]) =>
    one(`refused: ${name}`, {
      path: `${crds}?dryRun=All`,
      body: definition(object({ a: string, o: object({}), n: integer }), version, more),
    }),
  ),
  ...judged.map(([name, spec, objects]) => one(`judged: ${name}`, ...made(definition(spec)), ...objects.map(create))),
  ...changed.map(([name, spec, first, patches]) =>
    one(
      `changed: ${name}`,
      ...made(definition(spec)),
      { path: things, body: thing(first), quiet: true },
      ...patches.map(merged),
    ),
  ),
  ...lives,
];
