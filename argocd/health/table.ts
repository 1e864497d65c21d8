import type { Rule, Rules, Test } from './rule.ts';

const is = (path: string, ...values: (string | boolean)[]): Test => ({ path: path.split('.'), in: values });
const detail = [['status', 'statusDetail']] as const;

const unseen: Rule = {
  when: { stale: true },
  health: 'Progressing',
  message: [],
  otherwise: 'Waiting for the operator to look at the latest change',
};

/** Kinds that are ready, or say why not. */
const READY_OR_NOT: Rules = [
  unseen,
  { when: is('status.ready', true), health: 'Healthy', message: detail, otherwise: 'Ready' },
  { when: is('status.status', 'Error'), health: 'Degraded', message: detail, otherwise: 'Not ready' },
  { health: 'Progressing', message: detail, otherwise: 'Pending' },
];

const POLICY: Rules = [
  unseen,
  {
    when: { condition: 'Ready', status: 'True' },
    health: 'Healthy',
    message: [{ conditionMessage: 'Ready' }],
    otherwise: 'The policy is in force',
  },
  {
    when: { condition: 'Ready', status: 'False' },
    health: 'Degraded',
    message: [{ conditionMessage: 'Ready' }],
    otherwise: 'The policy is broken',
  },
  { health: 'Progressing', message: [], otherwise: 'Waiting for the policy to be compiled' },
];

/** Plain records: there is nothing to wait for. */
const RECORD: Rules = [{ health: 'Healthy', message: [], otherwise: 'Recorded' }];

/**
 * A Task is healthy as soon as it is accepted: a sync does not wait for its run. What came of the run counts; one that a human has to
 * decide about is Suspended, which holds back later sync waves, so Tasks belong in the last one.
 */
const TASK: Rules = [
  {
    when: is('spec.suspend', true),
    health: 'Suspended',
    message: [],
    otherwise: 'Suspended: nothing is started until spec.suspend is false',
  },
  unseen,
  {
    when: { condition: 'Ready', status: 'True', reason: 'AwaitingHuman' },
    health: 'Suspended',
    flux: 'current',
    message: detail,
    otherwise: 'Waiting for a human',
  },
  {
    when: { condition: 'Ready', status: 'False', reason: 'TaskRunCancelled' },
    health: 'Suspended',
    flux: 'failed',
    message: detail,
    otherwise: 'The run was cancelled',
  },
  ...READY_OR_NOT.slice(1, -1),
  { health: 'Progressing', message: detail, otherwise: 'Pending' },
];

/**
 * A run may be a hook that gates a sync, so every end is one: what was cancelled has failed. Of a run that ended, the generation does not
 * count: nothing looks at it again.
 */
const TASK_RUN: Rules = [
  { when: is('status.phase', 'FinalAnswer'), health: 'Healthy', message: detail, otherwise: 'The run has ended' },
  {
    when: is('status.phase', 'Failed'),
    health: 'Degraded',
    message: [['status', 'error'], ...detail],
    otherwise: 'The run failed',
  },
  { when: is('status.phase', 'Cancelled'), health: 'Degraded', message: detail, otherwise: 'The run was cancelled' },
  { when: is('spec.cancel', true), health: 'Progressing', message: [], otherwise: 'Ending the run' },
  { when: is('spec.suspend', true), health: 'Suspended', message: [], otherwise: 'Suspended by spec.suspend' },
  {
    when: { condition: 'AwaitingHuman', status: 'True' },
    health: 'Suspended',
    message: detail,
    otherwise: 'Waiting for a human',
  },
  {
    // It waits for a Task that is not there; a model call that is tried again is no failure yet.
    when: { all: [is('status.phase', 'Pending'), is('status.status', 'Error')] },
    health: 'Degraded',
    message: detail,
    otherwise: 'The run cannot begin',
  },
  { health: 'Progressing', message: detail, otherwise: 'Pending' },
];

const TOOL_CALL: Rules = [
  { when: is('status.phase', 'Succeeded'), health: 'Healthy', message: detail, otherwise: 'The call succeeded' },
  {
    when: is('status.phase', 'Failed', 'OutcomeUnknown', 'Cancelled'),
    health: 'Degraded',
    message: [['status', 'error'], ...detail],
    otherwise: 'The call failed',
  },
  {
    when: is('status.status', 'AwaitingHumanApproval', 'AwaitingHumanInput'),
    health: 'Suspended',
    message: detail,
    otherwise: 'Waiting for a human',
  },
  {
    when: is('status.status', 'Error', 'ErrorRequestingHumanApproval', 'ToolCallRejected'),
    health: 'Degraded',
    message: [['status', 'error'], ...detail],
    otherwise: 'The call failed',
  },
  { health: 'Progressing', message: detail, otherwise: 'Pending' },
];

const EXCEPTION: Rules = [
  unseen,
  { when: is('status.state', 'Active', 'Unneeded'), health: 'Healthy', message: detail, otherwise: 'In force' },
  {
    // Somebody has to renew or to delete it.
    when: is('status.state', 'Expired'),
    health: 'Suspended',
    flux: 'current',
    message: detail,
    otherwise: 'Expired: it counts for nothing',
  },
  { when: is('status.state', 'Ignored'), health: 'Degraded', message: detail, otherwise: 'It counts for nothing' },
  { health: 'Progressing', message: detail, otherwise: 'Pending' },
];

const APPROVAL: Rules = [
  { when: is('status.counted', true), health: 'Healthy', message: detail, otherwise: 'It counts' },
  { when: is('status.counted', false), health: 'Degraded', message: detail, otherwise: 'It does not count' },
  { health: 'Progressing', message: detail, otherwise: 'Waiting for the operator to look at it' },
];

/** The health of every kind of ours: what Argo CD's Lua, Flux's expressions and the documentation are made from. */
export const HEALTH: Readonly<Record<string, Rules>> = {
  LLM: READY_OR_NOT,
  Agent: READY_OR_NOT,
  Tool: READY_OR_NOT,
  MCPServer: READY_OR_NOT,
  ContactChannel: READY_OR_NOT,
  Task: TASK,
  TaskRun: TASK_RUN,
  TaskRunToolCall: TOOL_CALL,
  AgentRevision: RECORD,
  ContextPage: RECORD,
  TaskLedger: RECORD,
  ClusterAgentPolicy: POLICY,
  AgentPolicy: POLICY,
  AgentPolicyException: EXCEPTION,
  Approval: APPROVAL,
};
