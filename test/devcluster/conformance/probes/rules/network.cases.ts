/** Network policies, budgets, claims and volumes. */
import type { Case } from '../../harness.ts';
import { patched, selector } from '../../probes.things.ts';
import { create, type Fields, pick, quiet, remove, seen } from '../../steps.ts';
import { about, budgets, claims, networkPolicies, object, one } from './shared.ts';

export const networkAndStorageRules: readonly Case[] = [
  one(
    'network policy',
    ...[
      { podSelector: {} },
      { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [] },
      {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/16'] } }] }],
      },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.1/8' }, podSelector: {} }] }] },
      {
        podSelector: {},
        ingress: [
          {
            ports: [
              { port: 80, endPort: 70 },
              { port: 'name', endPort: 80 },
              { endPort: 5 },
              { protocol: 'ICMP' },
              { port: 0 },
            ],
          },
        ],
      },
      { podSelector: {}, policyTypes: ['Both'] },
      { podSelector: { matchLabels: { 'a b': 'c' } } },
      { podSelector: {}, ingress: [{ from: [{}] }] },
    ].map((s: Fields) => ({
      ...create(`${networkPolicies}?dryRun=All`, object('networking.k8s.io/v1', 'NetworkPolicy', s)),
      view: pick('spec'),
    })),
  ),
  one(
    'pdb',
    ...[
      { minAvailable: 1, maxUnavailable: 1, selector: selector },
      { minAvailable: '50%', selector: selector },
      { maxUnavailable: '150%', selector: selector },
      { minAvailable: -1 },
      { minAvailable: 'x' },
      {},
      { selector: {} },
      { minAvailable: 1, unhealthyPodEvictionPolicy: 'Maybe', selector: selector },
    ].map((s: Fields) => ({
      ...create(`${budgets}?dryRun=All`, object('policy/v1', 'PodDisruptionBudget', s)),
      view: pick('spec'),
    })),
    quiet(create(budgets, object('policy/v1', 'PodDisruptionBudget', { minAvailable: 1, selector: selector }))),
    about(patched(`${budgets}/a`, { spec: { minAvailable: 2 } })),
    about(patched(`${budgets}/a`, { spec: { selector: { matchLabels: { app: 'z' } } } })),
    about(
      patched(`${budgets}/a/status`, {
        status: { currentHealthy: -1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed: 0 },
      }),
    ),
  ),
  one(
    'claims',
    about(
      create(
        claims,
        object('v1', 'PersistentVolumeClaim', {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        }),
      ),
    ),
    about(patched(`${claims}/a`, { spec: { resources: { requests: { storage: '2Gi' } } } })),
    about(patched(`${claims}/a`, { spec: { accessModes: ['ReadWriteMany'] } })),
    about(patched(`${claims}/a`, { spec: { storageClassName: 'x' } })),
    about(patched(`${claims}/a`, { spec: { volumeName: 'pv1' } })),
    about(patched(`${claims}/a`, { spec: { volumeName: 'pv2' } })),
    about(patched(`${claims}/a/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } })),
    about(patched(`${claims}/a`, { spec: { resources: { requests: { storage: '512Mi' } } } })),
    about(patched(`${claims}/a`, { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } })),
    about(create(claims, object('v1', 'PersistentVolumeClaim', { accessModes: [], resources: {} }, 'b'))),
    about(
      create(
        claims,
        object(
          'v1',
          'PersistentVolumeClaim',
          {
            accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'],
            resources: { requests: { storage: '0' } },
            volumeMode: 'Tape',
            dataSource: { kind: 'Pod', name: 'x' },
          },
          'b',
        ),
      ),
    ),
    seen(remove(`${claims}/a`), 'metadata.finalizers'),
  ),
  one(
    'volumes',
    about(
      create(
        '/api/v1/persistentvolumes',
        object(
          'v1',
          'PersistentVolume',
          { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
          'v-{ns}',
        ),
      ),
    ),
    about(patched('/api/v1/persistentvolumes/v-{ns}', { spec: { hostPath: { path: '/y' } } })),
    about(
      patched('/api/v1/persistentvolumes/v-{ns}', {
        spec: { persistentVolumeReclaimPolicy: 'Delete', capacity: { storage: '2Gi' } },
      }),
    ),
    about(
      patched('/api/v1/persistentvolumes/v-{ns}', {
        spec: {
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
          },
        },
      }),
    ),
    about(patched('/api/v1/persistentvolumes/v-{ns}/status', { status: { phase: 'Available' } })),
    about(
      create(
        '/api/v1/persistentvolumes',
        object(
          'v1',
          'PersistentVolume',
          { capacity: { cpu: '1' }, accessModes: ['X'], hostPath: { path: '../x' }, nfs: { server: '', path: 'x' } },
          'w-{ns}',
        ),
      ),
    ),
    about(
      create(
        '/api/v1/persistentvolumes',
        object(
          'v1',
          'PersistentVolume',
          { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/x' } },
          'w-{ns}',
        ),
      ),
    ),
  ),
];
