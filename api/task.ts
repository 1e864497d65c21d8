import { MAX_PROMPT } from './agent.ts';
import { commonStatus, localRef, READY_STATES } from './common.ts';
import { expectations } from './expectation.ts';
import { defineKind } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { bool, int, list, long, object, oneOf, str } from './schema.ts';

const spec = object(
  'What to do, and who does it.',
  {
    agentRef: localRef('The Agent that does it.'),
    message: str('The user message.', { minLength: 1, maxLength: MAX_PROMPT }),
  },
  {
    goal: str('What the work is for; told to the model before the message.', { maxLength: 65536 }),
    everythingThatHappenedSoFar: list(
      'What happened before; told to the model before the message, in this order.',
      str('One thing.', { maxLength: 65536 }),
      { maxItems: 1000 },
    ),
    expect: expectations(
      'What must hold for the final answer: a run whose answer is another fails, and keeps the answer. So an evaluation that gates a sync judges what was answered.',
    ),
    suspend: bool(
      'Holds the Task: no run is created, and those under way are suspended, until it is false again. Of a run that somebody suspended by itself nothing changes.',
    ),
    rerunPolicy: oneOf(
      'Whether other work runs again: Never (when absent), or OnChange, when agent, message, goal, what happened before or what is expected have changed.',
      ['Never', 'OnChange'],
    ),
    runHistoryLimit: int('How many finished TaskRuns are kept; 10 when absent. The oldest go first.', {
      minimum: 0,
      maximum: 1000,
    }),
    ttlSecondsAfterFinished: int('Seconds after which a finished TaskRun of this Task is deleted; never when absent.', {
      minimum: 0,
    }),
  },
);

const status = object(
  'What came of it.',
  {},
  {
    ...commonStatus(READY_STATES),
    output: str('The final answer of the latest run.'),
    latestRun: str('Name of the TaskRun that was created or seen last.'),
    runs: int('How many TaskRuns the controller has created: the next one’s number is one more.', { minimum: 0 }),
    runDefinition: str('Digest of what the latest run of the controller was created to do.'),
    runGeneration: long('The generation of the spec that the latest run of the controller was created for.', {
      minimum: 0,
    }),
  },
);

export const tasks = defineKind({
  kind: 'Task',
  plural: 'tasks',
  description: 'A piece of work for an Agent. Creating a Task creates its first TaskRun.',
  spec,
  status,
  initialStatus: { status: 'Pending' },
  columns: [
    { name: 'Ready', path: '.status.ready', type: 'boolean' },
    { name: 'Status', path: '.status.status' },
    { name: 'Detail', path: '.status.statusDetail', wide: true },
    { name: 'Agent', path: '.spec.agentRef.name' },
    { name: 'Message', path: '.spec.message' },
    { name: 'Output', path: '.status.output', wide: true },
  ],
  selectableFields: ['.spec.agentRef.name'],
});

export type TaskSpec = TypeOf<typeof spec>;
export type TaskStatus = TypeOf<typeof status>;
export type Task = NonNullable<typeof tasks.object>;
