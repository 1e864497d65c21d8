import { LABELS, type Task, tasks } from '../../api/index.ts';
import { expectationProblems } from '../../policies/expectations/index.ts';
import { aroundAgent } from '../../policies/surroundings.ts';
import { toolCallOwners } from '../admission/changes.ts';
import type { KindRules, Refusal } from '../admission/types.ts';

export const taskRules: KindRules = {
  kind: tasks,
  writers: 'anyone',
  stamped: true,
  definition: true,
  context({ object, namespace }, world) {
    const task = object as unknown as Task;
    const agent = world.agent(namespace, task.spec.agentRef.name);
    return { context: { ...aroundAgent(world, namespace, agent), task } };
  },
  check({ object, oldObject, user }, { identities }) {
    const refusals = expectationRefusals(object as unknown as Task);
    if (identities.isOperator(user.username)) return { refusals };
    refusals.push(...delegationRefusals(object.metadata ?? {}, toolCallOwners(object), oldObject?.metadata ?? {}));
    return { refusals };
  },
};

/** Expectations that no answer could be judged by. */
export function expectationRefusals({ spec }: Partial<Task>): Refusal[] {
  return expectationProblems(spec?.expect ?? []).map(({ index, problem }) => ({
    rule: 'schema',
    field: `spec.expect[${index}].cel`,
    message: `${problem}; fix: write a condition over \`output\`, such as output.contains("42")`,
    code: 422,
  }));
}

/** The answer of such a Task becomes the result of a tool call: nobody else may slip one in. */
function delegationRefusals(
  metadata: { readonly labels?: Readonly<Record<string, string>> },
  owners: readonly string[],
  before: { readonly labels?: Readonly<Record<string, string>> },
): Refusal[] {
  const refusals: Refusal[] = [];
  if (owners.length > 0) {
    refusals.push({
      rule: 'authority',
      field: 'metadata.ownerReferences',
      message: 'name a TaskRunToolCall: only the operator delegates; fix: leave that owner out',
    });
  }
  if (metadata.labels?.[LABELS.parentToolCall] !== before.labels?.[LABELS.parentToolCall]) {
    refusals.push({
      rule: 'authority',
      field: `metadata.labels["${LABELS.parentToolCall}"]`,
      message: 'is set by the operator alone, where an agent delegates; fix: leave the label as it is',
    });
  }
  return refusals;
}
