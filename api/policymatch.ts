import type { TypeOf } from './schema.ts';
import { list, map, object, oneOf, str } from './schema.ts';

/** Kinds whose objects a policy can judge. */
export const JUDGED_KINDS = [
  'Agent',
  'LLM',
  'MCPServer',
  'Tool',
  'ContactChannel',
  'Task',
  'TaskRun',
  'TaskRunToolCall',
] as const;
export type JudgedKind = (typeof JUDGED_KINDS)[number];

const SET = { 'x-kubernetes-list-type': 'set' } as const;

/** A list of patterns: `*` stands for any text, everything else for itself, and the whole must match. */
export const patterns = (description: string, maxItems = 1000) =>
  list(description, str('A pattern; `*` stands for any text.', { minLength: 1, maxLength: 512 }), {
    maxItems,
    ...SET,
  });

/** `metav1.LabelSelector`. */
export const labelSelector = (description: string) =>
  object(
    description,
    {},
    {
      matchLabels: map('Labels that must be there with these values.', str('A value.', { maxLength: 63 }), {
        maxProperties: 64,
      }),
      matchExpressions: list(
        'Requirements that must all hold.',
        object(
          'A requirement.',
          {
            key: str('The label’s name.', { minLength: 1, maxLength: 317 }),
            operator: oneOf('How the value is compared.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
          },
          {
            values: list('Values for In and NotIn.', str('A value.', { maxLength: 63 }), { maxItems: 64 }),
          },
          {
            'x-kubernetes-validations': [
              {
                rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                message: 'In and NotIn need values, Exists and DoesNotExist take none',
              },
            ],
          },
        ),
        { maxItems: 32 },
      ),
    },
  );
export type LabelSelector = TypeOf<ReturnType<typeof labelSelector>>;

const subject = object(
  'Who asks.',
  {
    kind: oneOf('What it is.', ['User', 'Group', 'ServiceAccount']),
    name: str('Its name; `*` stands for any text.', { minLength: 1, maxLength: 512 }),
  },
  { namespace: str('Namespace of the service account.', { minLength: 1, maxLength: 63 }) },
  {
    'x-kubernetes-validations': [
      {
        rule: "(self.kind == 'ServiceAccount') == has(self.namespace)",
        message: 'namespace is required with kind ServiceAccount, and only there',
        fieldPath: '.namespace',
      },
    ],
  },
);
export type PolicySubject = TypeOf<typeof subject>;

/** What `match` and `exclude` are made of. All that is given must hold; of each list, one item. An empty list says nothing. */
export const policyMatch = (description: string) =>
  object(
    description,
    {},
    {
      namespaces: patterns('Names of namespaces (ClusterAgentPolicy only).', 256),
      namespaceSelector: labelSelector('Labels of the namespace (ClusterAgentPolicy only).'),
      objectSelector: labelSelector(
        'Labels of the object; for Tasks, TaskRuns and tool calls, labels of their Agent count as well.',
      ),
      agents: patterns('Names of Agents: the object is one of them, or is done by or for one of them.', 256),
      kinds: list('Kinds of objects.', oneOf('A kind.', JUDGED_KINDS), { maxItems: 16, ...SET }),
      subjects: list(
        'Who asks. Where nobody is known to ask (pull request, background scan), nothing is matched and the policy is reported as not evaluable; nothing is excluded.',
        subject,
        { maxItems: 64 },
      ),
    },
  );
export type PolicyMatch = TypeOf<ReturnType<typeof policyMatch>>;
