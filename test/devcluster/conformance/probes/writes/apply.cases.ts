/** Server-side apply. */
import type { Case } from '../../harness.ts';
import { aMap, map, patched, patchTypes, podSpec, template } from '../../probes.things.ts';
import { applied, create, quiet, read, replace } from '../../steps.ts';
import { aDeployment, deployment, deployments, one, running } from './shared.ts';

export const applyProbes: readonly Case[] = [
  one(
    'apply shared, one gives up',
    applied(aMap, map('a', { x: '1', y: '2' }), 'one'),
    applied(aMap, map('a', { x: '1' }), 'two'),
    applied(aMap, map('a', {}), 'one'),
    applied(aMap, map('a', {}), 'two'),
  ),
  one(
    'apply then replace by PUT',
    applied(aMap, map('a', { x: '1' }), 'one'),
    replace(`${aMap}?fieldManager=put`, map('a', { x: '2', z: '3' })),
    applied(aMap, map('a', { x: '1' }), 'one'),
    applied(aMap, map('a', { x: '1' }), 'one', true),
  ),
  one(
    'apply over strategic edit',
    applied(aDeployment, deployment(), 'one'),
    patched(
      `${aDeployment}?fieldManager=ed`,
      {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'c', image: 'nginx:2' },
                { name: 'd', image: 'busybox' },
              ],
            },
          },
        },
      },
      patchTypes.strategic,
    ),
    applied(aDeployment, deployment(), 'one'),
    applied(aDeployment, running({ name: 'd', image: 'busybox' }, { name: 'c', image: 'nginx:2' }), 'one'),
  ),
  one(
    'apply list of env',
    applied(
      aDeployment,
      running({
        name: 'c',
        image: 'n',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      'one',
    ),
    applied(aDeployment, running({ name: 'c', image: 'n', env: [{ name: 'C', value: '3' }] }), 'two'),
    applied(aDeployment, running({ name: 'c', image: 'n', env: [{ name: 'B', value: '2' }] }), 'one'),
  ),
  one(
    'apply topology constraints',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            ...podSpec,
            topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
            tolerations: [{ key: 'a', operator: 'Exists' }],
            imagePullSecrets: [{ name: 's' }],
            hostAliases: [{ ip: '1.2.3.4', hostnames: ['a'] }],
          },
        },
      }),
      'one',
    ),
  ),
  one(
    'apply volumes',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              {
                name: 'c',
                image: 'n',
                volumeMounts: [{ name: 'v', mountPath: '/v' }],
                ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
              },
            ],
            volumes: [
              { name: 'v', emptyDir: {} },
              { name: 'w', configMap: { name: 'x', items: [{ key: 'k', path: 'p' }] } },
            ],
          },
        },
      }),
      'one',
    ),
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: { containers: [{ name: 'c', image: 'n' }], volumes: [{ name: 'w', secret: { secretName: 'x' } }] },
        },
      }),
      'one',
    ),
  ),
  one(
    'apply to status of a deployment',
    quiet(create(deployments, deployment())),
    applied(
      `${aDeployment}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        status: { replicas: 3, conditions: [{ type: 'Available', status: 'True' }] },
      },
      'st',
    ),
    applied(
      `${aDeployment}/status`,
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, status: { replicas: 3 } },
      'st',
    ),
    applied(
      `${aDeployment}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        spec: { replicas: 5 },
        status: { replicas: 4 },
      },
      'other',
    ),
  ),
  one(
    'apply to scale',
    quiet(create(deployments, deployment())),
    {
      method: 'PATCH',
      path: `${aDeployment}/scale?fieldManager=sc`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{ns}' },
        spec: { replicas: 4 },
      },
      type: patchTypes.apply,
    },
    read(aDeployment),
    {
      method: 'PATCH',
      path: `${aDeployment}/scale?fieldManager=sc&force=true`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{ns}' },
        spec: { replicas: 4 },
      },
      type: patchTypes.apply,
    },
    read(aDeployment),
  ),
];
