/** Probes of MutatingAdmissionPolicies. */
import type { Case } from '../harness.ts';
import {
  applied,
  condition,
  constraints,
  create,
  jsonPatch,
  map,
  maps,
  mutated,
  mutation,
  one,
  pods,
  policy,
  widget,
  widgets,
} from '../probes.admission.objects.ts';
import { type Fields, merge } from '../steps.ts';

const mutations: Case[] = [
  mutated('labels', mutation([applied('Object{metadata: Object.metadata{labels: {"x": "y"}}}')])),
  mutated('data', mutation([applied('Object{data: {"x": object.data.n}}')])),
  mutated('a patch', mutation([jsonPatch('[JSONPatch{op: "add", path: "/data/x", value: "1"}]')])),
  mutated(
    'a patch of all operations',
    mutation([
      jsonPatch(
        '[JSONPatch{op: "test", path: "/data/n", value: "4"}, JSONPatch{op: "copy", from: "/data/n", path: "/data/m"}, JSONPatch{op: "move", from: "/data/n", path: "/data/o"}, JSONPatch{op: "replace", path: "/data/m", value: "7"}, JSONPatch{op: "remove", path: "/data/o"}]',
      ),
    ]),
  ),
  mutated(
    'a patch whose test fails',
    mutation([
      jsonPatch(
        '[JSONPatch{op: "test", path: "/data/n", value: "5"}, JSONPatch{op: "add", path: "/data/x", value: "1"}]',
      ),
    ]),
  ),
  mutated('a patch of what is missing', mutation([jsonPatch('[JSONPatch{op: "remove", path: "/data/zz"}]')])),
  mutated('a patch with a bad operation', mutation([jsonPatch('[JSONPatch{op: "frob", path: "/data/zz"}]')])),
  mutated('a patch of the wrong type', mutation([jsonPatch('[JSONPatch{op: "replace", path: "/data/n", value: 5}]')])),
  mutated('an error', mutation([applied('Object{data: {"x": object.data.zz}}')])),
  mutated('an error, ignored', mutation([applied('Object{data: {"x": object.data.zz}}')], { failurePolicy: 'Ignore' })),
  mutated('an unknown field', mutation([applied('Object{nope: "x"}')])),
  mutated('another name', mutation([applied('Object{metadata: Object.metadata{name: "b"}}')])),
  mutated(
    'two mutations',
    mutation([
      applied('Object{data: {"x": "1"}}'),
      jsonPatch('[JSONPatch{op: "add", path: "/data/y", value: object.data.x}]'),
    ]),
  ),
  mutated(
    'variables',
    mutation([applied('Object{data: {"x": variables.v}}')], {
      variables: [{ name: 'v', expression: 'object.data.n + "!"' }],
    }),
  ),
  mutated(
    'a condition',
    mutation([applied('Object{data: {"x": "1"}}')], { matchConditions: [condition('c', '!has(object.data.x)')] }),
  ),
  mutated(
    'a condition that fails',
    mutation([applied('Object{data: {"x": "1"}}')], { matchConditions: [condition('c', 'object.data.zz == "1"')] }),
  ),
  mutated('reinvocation', mutation([applied('Object{data: {"x": "1"}}')], { reinvocationPolicy: 'IfNeeded' })),
  mutated('a dry run', mutation([applied('Object{data: {"x": "1"}}')]), {
    steps: [{ ...create, path: `${maps}?dryRun=All` }],
  }),
  mutated('an apply', mutation([applied('Object{data: {"x": "1"}}')]), {
    steps: [
      { method: 'PATCH', path: `${maps}/a?fieldManager=fm`, body: map('a'), type: 'application/apply-patch+yaml' },
    ],
  }),
  mutated('an update', mutation([applied('Object{data: {"u": string(oldObject != null)}}')]), {
    steps: [create, { method: 'PATCH', path: `${maps}/a`, body: { data: { z: '1' } }, type: merge }],
  }),
  mutated(
    'a service account',
    mutation([applied('Object{automountServiceAccountToken: false}')], {
      matchConstraints: {
        ...constraints,
        resourceRules: [
          { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['serviceaccounts'] },
        ],
      },
    }),
    {
      steps: [
        {
          path: '/api/v1/namespaces/{ns}/serviceaccounts',
          body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' } },
        },
      ],
    },
  ),
  mutated(
    'a sidecar',
    mutation([applied('Object{spec: Object.spec{containers: [Object.spec.containers{name: "side", image: "x"}]}}')], {
      matchConstraints: {
        ...constraints,
        resourceRules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      },
    }),
    {
      steps: [
        {
          path: pods,
          body: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'p' },
            spec: { containers: [{ name: 'c', image: 'y' }] },
          },
          view: (body) => (body as { spec?: { containers: unknown } }).spec?.containers ?? body,
        },
      ],
    },
  ),
  mutated(
    'a custom resource',
    mutation([applied('Object{spec: Object.spec{color: "blue"}}')], {
      matchConstraints: {
        ...constraints,
        resourceRules: [
          {
            operations: ['CREATE'],
            apiGroups: ['conformance.example.com'],
            apiVersions: ['v1'],
            resources: ['widgets'],
          },
        ],
      },
    }),
    { steps: [{ path: widgets, body: widget }] },
  ),
  ...(
    [
      ['none', mutation([])],
      ['no type', mutation([{ applyConfiguration: { expression: 'Object{}' } }])],
      ['an unknown type', mutation([{ patchType: 'X', applyConfiguration: { expression: 'Object{}' } }])],
      ['both', mutation([{ ...applied('Object{}'), jsonPatch: { expression: '[]' } }])],
      ['neither', mutation([{ patchType: 'JSONPatch' }])],
      ['an empty expression', mutation([applied(' ')])],
      ['a syntax error', mutation([applied('Object{')])],
      ['a wrong type', mutation([applied('1')])],
      ['a patch of a wrong type', mutation([jsonPatch('Object{}')])],
      ['no reinvocation policy', { mutations: [applied('Object{}')] }],
      ['an unknown reinvocation policy', mutation([applied('Object{}')], { reinvocationPolicy: 'Always' })],
      [
        'delete',
        mutation([applied('Object{}')], {
          matchConstraints: {
            resourceRules: [
              { operations: ['DELETE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
            ],
          },
        }),
      ],
      ['defaults', mutation([applied('Object{}')])],
      ['failure policy', mutation([applied('Object{}')], { failurePolicy: 'x' })],
      ['no constraints', mutation([applied('Object{}')], { matchConstraints: undefined })],
    ] as [string, Fields][]
  ).map(([name, spec]) => {
    const step = policy(spec, '{ns}', 'Mutating');
    return one(`refused mutating policy: ${name}`, { ...step, path: `${step.path}?dryRun=All` });
  }),
];

export const mutationProbes: readonly Case[] = [...mutations];
