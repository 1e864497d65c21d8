import { defineKind } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { int, map, object, str, time } from './schema.ts';

const entry = object(
  'What a Task ran last.',
  {
    definition: str('Digest of what was done: agent, message, goal, what happened before, what is expected.', {
      maxLength: 64,
    }),
    uid: str('UID of the Task: another one of this name is the Task that was brought back.', { maxLength: 64 }),
    runs: int('How many TaskRuns it had by then.', { minimum: 0 }),
    time: time('When that was written down.'),
  },
  {},
);

const spec = object(
  'Which Tasks of this namespace have run.',
  { entries: map('By the Task’s name.', entry, { maxProperties: 2000 }) },
  {},
);

export const taskLedgers = defineKind({
  kind: 'TaskLedger',
  plural: 'taskledgers',
  description:
    'What the Tasks of a namespace that come from Git have run, so that one that is pruned and brought back does not run again. One a namespace, called `tasks`.',
  spec,
  columns: [{ name: 'Age', path: '.metadata.creationTimestamp', type: 'date' }],
});

export type TaskLedgerEntry = TypeOf<typeof entry>;
export type TaskLedger = NonNullable<typeof taskLedgers.object>;
