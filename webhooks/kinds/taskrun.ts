import { type TaskRun, taskRuns } from '../../api/index.ts';
import { aroundAgent } from '../../policies/surroundings.ts';
import type { KindRules } from '../admission/types.ts';

export const taskRunRules: KindRules = {
  kind: taskRuns,
  writers: 'anyone',
  stamped: true,
  context({ object, namespace }, world) {
    const run = object as unknown as TaskRun;
    const task = world.task(namespace, run.spec.taskRef.name);
    const agentName = run.spec.agentRef?.name ?? task?.spec.agentRef.name;
    const agent = agentName === undefined ? undefined : world.agent(namespace, agentName);
    return { context: { ...aroundAgent(world, namespace, agent), ...(task === undefined ? {} : { task }), run } };
  },
  check({ object, oldObject, user }, { identities }) {
    const run = object as unknown as TaskRun;
    if (oldObject !== undefined || run.spec.taskRunToolCallRef === undefined || identities.isOperator(user.username))
      return {};
    return {
      refusals: [
        {
          rule: 'authority',
          field: 'spec.taskRunToolCallRef',
          message:
            'is set by the operator alone: the run’s answer would become the result of that tool call; fix: leave it out',
        },
      ],
    };
  },
};
