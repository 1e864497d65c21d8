import { conditions, OBSERVED_GENERATION, UNSEEN } from './common.ts';
import { defineKind } from './kind.ts';
import { JUDGED_KINDS } from './policymatch.ts';
import type { TypeOf } from './schema.ts';
import { int, list, long, object, oneOf, str, time } from './schema.ts';

const spec = object(
  'Which findings are taken away, of which objects, why and until when. Names are exact: there are no patterns.',
  {
    policies: list(
      'The policies and their rules.',
      object(
        'A policy.',
        {
          kind: oneOf('Its kind. An AgentPolicy is one of this namespace.', ['ClusterAgentPolicy', 'AgentPolicy']),
          name: str('Its name.', { minLength: 1, maxLength: 253 }),
          rules: list(
            'Its rules, as messages name them between the slash and the bracket: `tools.deny`, `no-friday`.',
            str('A rule.', { minLength: 1, maxLength: 253 }),
            { minItems: 1, maxItems: 64, 'x-kubernetes-list-type': 'set' },
          ),
        },
        {},
      ),
      { minItems: 1, maxItems: 32 },
    ),
    objects: list(
      'The objects. What is excepted for an Agent is excepted for what is done by it: its Tasks, runs and tool calls.',
      object(
        'An object of this namespace.',
        { kind: oneOf('Its kind.', JUDGED_KINDS), name: str('Its name.', { minLength: 1, maxLength: 253 }) },
        {},
      ),
      { minItems: 1, maxItems: 64 },
    ),
    reason: str('Why, and who agreed: for whoever reads this next year.', { minLength: 1, maxLength: 4096 }),
    expiresAt: time('From this instant on the exception counts for nothing.'),
  },
  {
    tools: list(
      'Of findings about tools, only those about these: exact names such as `github/delete_repo`.',
      str('A tool.', { minLength: 3, maxLength: 512 }),
      { minItems: 1, maxItems: 64, 'x-kubernetes-list-type': 'set' },
    ),
  },
);

const status = object(
  'What the controller found.',
  {},
  {
    observedGeneration: long(OBSERVED_GENERATION, { minimum: -1 }),
    conditions,
    state: oneOf(
      'Active, Expired, or Ignored: a policy of it allows no exceptions, or not for that long. Unneeded: nothing was found that it takes away.',
      ['Active', 'Expired', 'Ignored', 'Unneeded'],
    ),
    statusDetail: str('The state in a sentence.'),
    findings: int('How many findings of the last background scan it takes away.', { minimum: 0 }),
    lastNeededTime: time('When it was last seen to take a finding away.'),
  },
);

export const agentPolicyExceptions = defineKind({
  kind: 'AgentPolicyException',
  plural: 'agentpolicyexceptions',
  shortNames: ['apex'],
  description: 'Takes findings of policies away, for named objects and for a time.',
  spec,
  status,
  initialStatus: UNSEEN,
  columns: [
    { name: 'State', path: '.status.state' },
    { name: 'Expires', path: '.spec.expiresAt' },
    { name: 'Findings', path: '.status.findings', type: 'integer' },
    { name: 'Reason', path: '.spec.reason', wide: true },
    { name: 'Detail', path: '.status.statusDetail', wide: true },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});

export type AgentPolicyExceptionSpec = TypeOf<typeof spec>;
export type AgentPolicyExceptionStatus = TypeOf<typeof status>;
export type AgentPolicyException = NonNullable<typeof agentPolicyExceptions.object>;
