import { DEFINITION_CHANGES } from './agent.ts';
import { commonStatus, localRef, READY_STATES, usage } from './common.ts';
import { expectations } from './expectation.ts';
import { defineKind } from './kind.ts';
import { message } from './message.ts';
import { provenance } from './provenance.ts';
import type { TypeOf } from './schema.ts';
import { bool, int, list, listByKey, object, oneOf, str, time } from './schema.ts';

export const TASK_RUN_PHASES = [
  'Pending',
  'ReadyForLLM',
  'SendContextWindowToLLM',
  'ToolCallsPending',
  'FinalAnswer',
  'ErrorBackoff',
  'Failed',
  'Cancelled',
] as const;

const spec = object(
  'Which Task is run. Immutable, but for `suspend` and `cancel`.',
  { taskRef: localRef('The Task that is run.') },
  {
    agentRef: localRef('Runs the Task with this Agent instead of its own.'),
    taskRunToolCallRef: localRef(
      'The tool call that waits for this run’s answer (set where one agent delegates to another).',
    ),
    suspend: bool('Holds the run: nothing new is sent to the model and no tool is started until it is false again.'),
    cancel: bool('Ends the run. Cannot be taken back.'),
    ttlSecondsAfterFinished: int('Seconds after which the run is deleted once it has finished; never when absent.', {
      minimum: 0,
    }),
    onDefinitionChange: oneOf(
      'What becomes of the run when its Agent gets another revision: it goes on with the one that it began with (Pin), or fails (Abort); what the Agent says when absent.',
      DEFINITION_CHANGES,
    ),
    activeDeadlineSeconds: int('Seconds after its start at which the run fails if it has not finished.', {
      minimum: 1,
    }),
  },
  {
    'x-kubernetes-validations': [
      {
        // Status writes are judged, too, and each field that a rule names costs the API server a copy of its schema: they end at the first word.
        rule: 'self == oldSelf || (self.taskRef == oldSelf.taskRef && has(self.agentRef) == has(oldSelf.agentRef) && (!has(self.agentRef) || self.agentRef == oldSelf.agentRef) && has(self.taskRunToolCallRef) == has(oldSelf.taskRunToolCallRef) && (!has(self.taskRunToolCallRef) || self.taskRunToolCallRef == oldSelf.taskRunToolCallRef) && has(self.ttlSecondsAfterFinished) == has(oldSelf.ttlSecondsAfterFinished) && (!has(self.ttlSecondsAfterFinished) || self.ttlSecondsAfterFinished == oldSelf.ttlSecondsAfterFinished) && has(self.onDefinitionChange) == has(oldSelf.onDefinitionChange) && (!has(self.onDefinitionChange) || self.onDefinitionChange == oldSelf.onDefinitionChange) && has(self.activeDeadlineSeconds) == has(oldSelf.activeDeadlineSeconds) && (!has(self.activeDeadlineSeconds) || self.activeDeadlineSeconds == oldSelf.activeDeadlineSeconds))',
        message: 'spec is immutable, but for suspend and cancel; create another TaskRun to run the Task again',
        reason: 'FieldValueForbidden',
      },
      {
        rule: '!(has(oldSelf.cancel) && oldSelf.cancel) || (has(self.cancel) && self.cancel)',
        message: 'a cancelled run stays cancelled; create another TaskRun to run the Task again',
        reason: 'FieldValueForbidden',
        fieldPath: '.cancel',
      },
    ],
  },
);

const contextPage = object(
  'A page of older messages.',
  {
    name: str('Name of the ContextPage.'),
    messages: int('How many messages it holds.', { minimum: 0 }),
  },
  {},
);

const attempt = object(
  'The model call that failed last, and when it is tried again.',
  {
    count: int('How many attempts of this turn have failed.', { minimum: 0 }),
    reason: str('What kind of failure.'),
    message: str('What the provider said.'),
  },
  { nextAttemptTime: time('When it is tried again.') },
);

const status = object(
  'Where the run is.',
  {},
  {
    ...commonStatus(READY_STATES),
    phase: oneOf('Where the run is.', TASK_RUN_PHASES),
    agentRevision: str('The AgentRevision that this run is pinned to.'),
    agent: str('The Agent that runs.'),
    provenance,
    startTime: time('When the run began.'),
    completionTime: time('When it ended.'),
    expect: expectations('What its Task expected of the final answer when the run began.'),
    output: str('The final answer.'),
    error: str('Why it failed.'),
    messageCount: int('How many messages the conversation has, pages included.', { minimum: 0 }),
    userMsgPreview: str('The beginning of the user message: 50 characters at most.'),
    contextWindow: list(
      'The conversation with the model: all of it, or its end when older messages are in `contextPages`.',
      message,
    ),
    contextPages: listByKey('The pages with the older messages, oldest first.', 'name', contextPage),
    turns: int('How many answers of the model were recorded.', { minimum: 0 }),
    toolCallCount: int('How many tool calls the model has asked for: the numbers in their names.', { minimum: 0 }),
    toolCallsBefore: int('How many of them the answers before the last one asked for.', { minimum: 0 }),
    attempt,
    suspended: bool('Whether the run is held by `spec.suspend`.'),
    usage,
  },
);

export const taskRuns = defineKind({
  kind: 'TaskRun',
  plural: 'taskruns',
  shortNames: ['tr'],
  description: 'One run of a Task: the conversation with the model so far, and where it stands.',
  spec,
  status,
  initialStatus: { phase: 'Pending', status: 'Pending' },
  columns: [
    { name: 'Ready', path: '.status.ready', type: 'boolean' },
    { name: 'Status', path: '.status.status' },
    { name: 'Detail', path: '.status.statusDetail', wide: true },
    { name: 'Phase', path: '.status.phase' },
    { name: 'Task', path: '.spec.taskRef.name' },
    { name: 'Preview', path: '.status.userMsgPreview' },
    { name: 'Output', path: '.status.output' },
    { name: 'Error', path: '.status.error', wide: true },
    { name: 'Revision', path: '.status.agentRevision', wide: true },
    { name: 'Commit', path: '.status.provenance.revision', wide: true },
    { name: 'Trust', path: '.status.provenance.trust', wide: true },
    { name: 'Started', path: '.status.startTime', type: 'date', wide: true },
    { name: 'Completed', path: '.status.completionTime', type: 'date', wide: true },
  ],
  selectableFields: ['.spec.taskRef.name', '.status.phase'],
});

export type TaskRunSpec = TypeOf<typeof spec>;
export type TaskRunStatus = TypeOf<typeof status>;
export type TaskRun = NonNullable<typeof taskRuns.object>;
export type TaskRunPhase = (typeof TASK_RUN_PHASES)[number];

/** A run without its conversation and its output: what caches hold of it. */
export function withoutConversation(run: TaskRun): TaskRun {
  if (run.status === undefined) return run;
  const { contextWindow: _window, output: _output, ...status } = run.status;
  return { ...run, status };
}
