import { commonStatus, localRef } from './common.ts';
import { defineKind } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { bool, int, list, object, oneOf, str, time } from './schema.ts';

const spec = object(
  'What is called. Immutable.',
  {
    toolCallId: str('The model’s id of the call.', { minLength: 1, maxLength: 1024 }),
    taskRunRef: localRef('The TaskRun that asks.'),
    toolRef: localRef('The tool, by the function name that the model used.'),
    arguments: str('The arguments as the model wrote them: JSON, if it did well.', { maxLength: 1048576 }),
  },
  {
    tool: object(
      'What the function name stands for in the run’s AgentRevision; absent where it stands for nothing.',
      {
        kind: oneOf('Whether a Tool or an MCPServer executes it.', ['Tool', 'MCPServer']),
        name: str('Name of that object.'),
      },
      { tool: str('The tool’s name at the MCP server.') },
    ),
    turn: int('Which answer of the model asked for it, from 1.', { minimum: 1 }),
  },
  {
    // Never merged, for it never changes: owned as a whole, each write of a call costs the API server an eighth less.
    'x-kubernetes-map-type': 'atomic',
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'a tool call is immutable', reason: 'FieldValueForbidden' },
    ],
  },
);

const status = object(
  'How far it is.',
  {},
  {
    ...commonStatus([
      'Ready',
      'Error',
      'Pending',
      'AwaitingHumanApproval',
      'AwaitingHumanInput',
      'AwaitingSubAgent',
      'ErrorRequestingHumanApproval',
      'ReadyToExecuteApprovedTool',
      'ToolCallRejected',
    ]),
    phase: oneOf(
      'How far it is. OutcomeUnknown: the call was begun and cut off, and may or may not have taken effect.',
      ['Pending', 'Running', 'Succeeded', 'Failed', 'OutcomeUnknown', 'Cancelled'],
    ),
    holder: str('The process that began the call: after a crash another one sees that it is not its own.'),
    approval: object(
      'What the call waits for, or waited for.',
      { requestedAt: time('Since when it waits for a decision.') },
      {
        argumentsDigest: str(
          'What an Approval names as `argumentsDigest`: `sha256:` and the SHA-256 of `spec.arguments`, in hex.',
        ),
        minApprovals: int('How many people have to approve.', { minimum: 1 }),
        approverGroups: list('Of each list one group is needed.', list('Groups.', str('A group.'))),
        notRequester: bool('Whether who asked for the run may not approve.'),
        requestedBy: str('Who asked for the run; absent where that is not known.'),
        demandedBy: list('Who asks for it: policies with their rules, a Tool, an MCPServer.', str('Who.')),
        expiresAt: time('Until when somebody has to decide.'),
        onTimeout: oneOf('What happens then. Escalate: who is in escalateTo may decide, too.', [
          'Reject',
          'Fail',
          'Escalate',
        ]),
        escalateTo: list('Groups that may decide once it is late.', str('A group.')),
        approvedBy: list('Who approved.', str('A user.')),
        rejectedBy: str('Who rejected.'),
        timedOut: bool('Whether nobody decided in time.'),
      },
    ),
    result: str('What the tool answered, as the model reads it.'),
    error: str('What went wrong, as the model reads it.'),
    startTime: time('When the call was begun.'),
    completionTime: time('When it ended.'),
  },
);

export const taskRunToolCalls = defineKind({
  kind: 'TaskRunToolCall',
  plural: 'taskruntoolcalls',
  shortNames: ['trtc'],
  description: 'One tool call of a TaskRun: what is called with which arguments, and what came of it.',
  spec,
  status,
  initialStatus: { phase: 'Pending', status: 'Pending' },
  columns: [
    // Phase has no word for who or what a call waits for; the order is that of TaskRuns.
    { name: 'Status', path: '.status.status' },
    { name: 'Phase', path: '.status.phase' },
    { name: 'TaskRun', path: '.spec.taskRunRef.name' },
    { name: 'Tool', path: '.spec.toolRef.name' },
    { name: 'Started', path: '.status.startTime', type: 'date', wide: true },
    { name: 'Completed', path: '.status.completionTime', type: 'date', wide: true },
    { name: 'Error', path: '.status.error', wide: true },
  ],
  selectableFields: ['.spec.taskRunRef.name', '.spec.toolRef.name', '.status.phase'],
});

export type TaskRunToolCallSpec = TypeOf<typeof spec>;
export type TaskRunToolCallStatus = TypeOf<typeof status>;
export type TaskRunToolCall = NonNullable<typeof taskRunToolCalls.object>;
