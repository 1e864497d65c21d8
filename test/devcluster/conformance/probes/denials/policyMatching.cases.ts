/** Validating admission policies: what they look at. */
import type { Case, Step } from '../../harness.ts';
import { map, maps, patched, selector, template } from '../../probes.things.ts';
import { create, type Fields, includes, ofGroup, quiet, refused } from '../../steps.ts';
import { denied, one, registration, rule, wait, withPolicy } from './shared.ts';

const tried = (spec: Fields): Step =>
  create(`${registration}/validatingadmissionpolicies?dryRun=All`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p-{ns}' },
    spec,
  });

const mc = { resourceRules: [rule()] };

export const policyMatching: readonly Case[] = [
  withPolicy(
    'vap: matchConditions',
    {
      v: [{ expression: 'false', message: 'never' }],
      more: {
        matchConditions: [
          { name: 'named', expression: "object.metadata.name.startsWith('x')" },
          { name: 'data', expression: "object.data.k == 'v'" },
        ],
      },
    },
    {},
    wait(refused, map('x-wait')),
    create(maps, map('x1')),
    create(maps, map('y1')),
    create(maps, map('x2', { k: 'w' })),
    create(maps, map('x3', { l: 'w' })),
  ),
  withPolicy(
    'vap: params',
    {
      v: [{ expression: 'object.data.n == params.data.n', messageExpression: "'want ' + params.data.n" }],
      more: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
    },
    { paramRef: { name: 'params', namespace: '{ns}', parameterNotFoundAction: 'Deny' } },
    wait(includes('p-')),
    create(maps, map('a', { n: '5' })),
  ),
  withPolicy(
    'vap: excluded rules and resource names',
    {
      mc: {
        resourceRules: [rule({ operations: ['CREATE'] })],
        excludeResourceRules: [{ ...rule({ operations: ['*'] }), resourceNames: ['free'] }],
      },
      v: [{ expression: 'false', message: 'never' }],
    },
    {},
    denied,
    create(maps, map('a')),
    create(maps, map('free')),
  ),
  withPolicy(
    'vap: object selector',
    {
      mc: { resourceRules: [rule({ operations: ['CREATE'] })], objectSelector: { matchLabels: { strict: 'yes' } } },
      v: [{ expression: 'false' }],
    },
    {},
    wait(refused, map('w', {}, { labels: { strict: 'yes' } })),
    create(maps, map('a', {}, { labels: { strict: 'yes' } })),
    create(maps, map('a', {}, { labels: { strict: 'no' } })),
  ),
  withPolicy(
    'vap: deployments and scale',
    {
      mc: {
        resourceRules: [
          rule({
            apiGroups: ['apps'],
            resources: ['deployments', 'deployments/scale'],
            operations: ['CREATE', 'UPDATE'],
          }),
        ],
      },
      v: [{ expression: 'object.spec.replicas <= 3', message: 'at most three' }],
    },
    {},
    {
      path: `${ofGroup('apps/v1')}/deployments?dryRun=All`,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'w' },
        spec: { replicas: 5, selector: selector, template: template },
      },
      until: refused,
      quiet: true,
    },
    create(`${ofGroup('apps/v1')}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { replicas: 5, selector: selector, template: template },
    }),
    quiet(
      create(`${ofGroup('apps/v1')}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { replicas: 2, selector: selector, template: template },
      }),
    ),
    patched(`${ofGroup('apps/v1')}/deployments/d/scale`, { spec: { replicas: 9 } }),
    patched(`${ofGroup('apps/v1')}/deployments/d`, { spec: { replicas: 9 } }),
  ),
  one(
    'vap: refused expressions',
    tried({ matchConstraints: mc, validations: [{ expression: 'object.spec.' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: '1 + 1' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: '' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: 'true', reason: 'Teapot' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: 'true', messageExpression: '1' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: 'variables.x' }] }),
    tried({
      matchConstraints: mc,
      variables: [
        { name: 'a-b', expression: 'true' },
        { name: 'x', expression: 'nope' },
      ],
      validations: [{ expression: 'true' }],
    }),
    tried({ validations: [{ expression: 'true' }] }),
    tried({ matchConstraints: { resourceRules: [] }, validations: [] }),
    tried({
      matchConstraints: mc,
      validations: [{ expression: 'true' }],
      auditAnnotations: [{ key: 'a b', valueExpression: '1' }],
    }),
    tried({ matchConstraints: mc, validations: [{ expression: 'true' }], failurePolicy: 'Maybe' }),
    tried({
      matchConstraints: mc,
      validations: [{ expression: 'true' }],
      matchConditions: [{ name: '', expression: 'x' }],
    }),
    tried({ matchConstraints: mc, validations: [{ expression: 'params.x == 1' }] }),
    tried({ matchConstraints: mc, paramKind: { apiVersion: 'x', kind: '' }, validations: [{ expression: 'true' }] }),
    tried({
      matchConstraints: {
        resourceRules: [
          rule({
            operations: ['CONNECT', 'FLY'],
            scope: 'Galaxy',
            apiGroups: [],
            apiVersions: ['*', 'v1'],
            resources: ['*/*', 'pods'],
          }),
        ],
      },
      validations: [{ expression: 'true' }],
    }),
  ),
];
