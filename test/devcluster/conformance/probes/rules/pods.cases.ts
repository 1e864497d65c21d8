/** Pods. */
import type { Case } from '../../harness.ts';
import { patched, patchTypes, podSpec, tables } from '../../probes.things.ts';
import { create, type Fields, quiet, read } from '../../steps.ts';
import { about, one, pods } from './shared.ts';

const pod = (spec: Fields = {}, name = 'a', meta: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...meta },
  spec: { ...podSpec, ...spec },
});

const tried = (o: Fields) => about(create(`${pods}?dryRun=All`, o));

export const podRules: readonly Case[] = [
  one(
    'pod: what may change',
    quiet(create(pods, pod({ terminationGracePeriodSeconds: 5, activeDeadlineSeconds: 100 }))),
    about(patched(`${pods}/a`, { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } }, patchTypes.strategic)),
    about(patched(`${pods}/a`, { spec: { activeDeadlineSeconds: 50 } })),
    about(patched(`${pods}/a`, { spec: { activeDeadlineSeconds: 200 } })),
    about(patched(`${pods}/a`, { spec: { nodeName: 'x' } })),
    about(patched(`${pods}/a`, { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }, patchTypes.strategic)),
    about(
      patched(
        `${pods}/a`,
        { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: 'b' }] }] } },
        patchTypes.strategic,
      ),
    ),
    about(patched(`${pods}/a`, { spec: { restartPolicy: 'Never' } })),
    about(patched(`${pods}/a`, { spec: { containers: [{ name: 'c', image: ' ' }] } }, patchTypes.strategic)),
    about(patched(`${pods}/a`, { spec: { schedulingGates: [{ name: 'x' }] } })),
    about(patched(`${pods}/a`, { spec: { hostNetwork: true } })),
  ),
  one(
    'pod: status',
    quiet(create(pods, pod())),
    about(
      patched(`${pods}/a/status`, {
        status: {
          phase: 'Running',
          podIP: '10.1.2.3',
          podIPs: [{ ip: '10.1.2.3' }],
          hostIP: '1.1.1.1',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [
            { name: 'c', image: 'n', imageID: '', ready: true, restartCount: 3, state: { running: {} } },
          ],
        },
      }),
    ),
    about(
      patched(`${pods}/a/status`, {
        status: {
          containerStatuses: [
            {
              name: 'c',
              image: 'n',
              imageID: '',
              ready: false,
              restartCount: 4,
              state: { terminated: { exitCode: 3, reason: 'Error' } },
            },
          ],
        },
      }),
    ),
    about(patched(`${pods}/a/status`, { status: { podIP: 'x', podIPs: [{ ip: 'y' }] } })),
    about(patched(`${pods}/a/status`, { status: { conditions: [{ type: 'Ready', status: 'Perhaps' }] } })),
    about(patched(`${pods}/a/status`, { status: { nominatedNodeName: 'Bad Node' } })),
    read(`${pods}/a`, { headers: tables }),
  ),
  one(
    'pod: refused',
    ...[
      { containers: [] },
      { containers: [{ name: 'C', image: '' }] },
      {
        containers: [
          { name: 'c', image: 'n' },
          { name: 'c', image: 'n' },
        ],
      },
      { initContainers: [{ name: 'c', image: 'n' }] },
      { containers: [{ name: 'c', image: 'n', imagePullPolicy: 'Sometimes' }] },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            ports: [
              { containerPort: 0 },
              { containerPort: 80, hostPort: 70000 },
              { name: 'toolongportname1', containerPort: 1 },
              { name: 'x', containerPort: 1 },
              { name: 'x', containerPort: 2 },
            ],
          },
        ],
      },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            env: [
              { name: '' },
              { name: '1=' },
              { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'x' } } },
              { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.nope' } } },
              { name: 'C', valueFrom: {} },
            ],
          },
        ],
      },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            volumeMounts: [
              { name: 'zz', mountPath: '' },
              { name: 'zz', mountPath: '/a:b', subPath: '../x' },
            ],
          },
        ],
      },
      {
        containers: [{ name: 'c', image: 'n', resources: { requests: { cpu: '2' }, limits: { cpu: '1', foo: '1' } } }],
      },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            livenessProbe: {},
            readinessProbe: { httpGet: { port: 'nope nope' }, tcpSocket: { port: 1 } },
          },
        ],
      },
      { containers: [{ name: 'c', image: 'n', lifecycle: { preStop: { sleep: { seconds: -1 } }, postStart: {} } }] },
      { volumes: [{ name: 'v' }, { name: 'v', emptyDir: {}, hostPath: { path: '/' } }] },
      {
        volumes: [
          { name: 'a_b', configMap: {} },
          { name: 'b', secret: { items: [{ key: '', path: '../x' }] } },
        ],
      },
      { restartPolicy: 'Sometimes', dnsPolicy: 'Nope' },
      { dnsPolicy: 'None' },
      { hostAliases: [{ ip: 'x', hostnames: ['A_'] }] },
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'X' }] },
      {
        tolerations: [{ key: '', operator: 'Equal' }, { key: 'a', operator: 'Exists', value: 'b' }, { effect: 'Zap' }],
      },
      { securityContext: { runAsUser: -1, sysctls: [{ name: 'A!', value: 'x' }], fsGroup: -2 } },
      { subdomain: 'A_', hostname: 'b.c' },
      { terminationGracePeriodSeconds: -1 },
      { overhead: { cpu: '1' } },
      { preemptionPolicy: 'Always' },
      { readinessGates: [{ conditionType: 'a b' }] },
      { nodeSelector: { 'a b': 'c' }, nodeName: 'A B' },
      { serviceAccountName: 'A B' },
      { ephemeralContainers: [{ name: 'e', image: 'n' }] },
      { shareProcessNamespace: true, hostPID: true },
      { os: { name: 'windows' }, securityContext: { runAsUser: 1 } },
    ].map((s: Fields) => tried(pod(s))),
  ),
];
