/** Pod Security: what a namespace's labels enforce and warn of. */
import type { Case, Step } from '../harness.ts';
import { type Fields, merge } from '../steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'podsecurity', name, steps });
const pods = '/api/v1/namespaces/{ns}/pods';
const label = (labels: Fields, quiet = true): Step => ({
  method: 'PATCH',
  path: '/api/v1/namespaces/{ns}',
  body: {
    metadata: {
      labels: Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
      ),
    },
  },
  type: merge,
  quiet,
});
const pod = (spec: Fields = {}, container: Fields = {}, name = 'a', metadata: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
});
const dry = (body: Fields): Step => ({ path: `${pods}?dryRun=All`, body });
/** Labels of a namespace take the real server a moment to see: until a Pod that is against all levels is refused, or warned of. */
const seen = (level: 'enforce' | 'warn'): Step => ({
  ...dry(pod({ hostPID: true })),
  until: ({ code, warnings }) => (level === 'enforce' ? code === 403 : warnings.length > 0),
  quiet: true,
});
const secure = (context: Fields): Fields => ({ securityContext: context });
const good = secure({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
const goodPod = secure({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
const two: Fields = {
  containers: [
    { name: 'c', image: 'x' },
    { name: 'd', image: 'x', ...good },
  ],
};

const subjects: readonly [string, Fields][] = [
  ['plain', pod()],
  ['host network', pod({ hostNetwork: true })],
  ['all host namespaces', pod({ hostNetwork: true, hostPID: true, hostIPC: true })],
  ['capabilities', pod({}, secure({ capabilities: { add: ['NET_ADMIN', 'CHOWN', 'SYS_ADMIN'] } }))],
  ['capabilities and drop', pod({}, secure({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }))],
  [
    'host path',
    pod({
      volumes: [
        { name: 'v', hostPath: { path: '/x' } },
        { name: 'w', hostPath: { path: '/y' } },
      ],
    }),
  ],
  [
    'other volumes',
    pod({
      volumes: [
        { name: 'v', nfs: { server: 's', path: '/x' } },
        { name: 'e', emptyDir: {} },
      ],
    }),
  ],
  [
    'host ports',
    pod(
      {},
      {
        ports: [
          { containerPort: 80, hostPort: 80 },
          { containerPort: 81, hostPort: 81 },
        ],
      },
    ),
  ],
  ['probe hosts', pod({}, { livenessProbe: { httpGet: { port: 80, host: 'evil.example.com' } } })],
  [
    'selinux',
    pod(
      secure({ seLinuxOptions: { type: 'spc_t', user: 'u', role: 'r' } }),
      secure({ seLinuxOptions: { level: 's0' } }),
    ),
  ],
  [
    'seccomp',
    pod(secure({ seccompProfile: { type: 'Unconfined' } }), secure({ seccompProfile: { type: 'Unconfined' } })),
  ],
  ['app armor', pod({}, secure({ appArmorProfile: { type: 'Unconfined' } }))],
  [
    'sysctls',
    pod(
      secure({
        sysctls: [
          { name: 'kernel.msgmax', value: '1' },
          { name: 'net.ipv4.tcp_syncookies', value: '1' },
        ],
      }),
    ),
  ],
  ['root', pod(secure({ runAsUser: 0, runAsNonRoot: false }), good)],
  ['root container', pod(goodPod, secure({ runAsUser: 0, runAsNonRoot: false }))],
  ['fine', pod(goodPod, good)],
  ['two containers', pod(two)],
  [
    'init containers',
    pod({ initContainers: [{ name: 'i', image: 'x', ...secure({ allowPrivilegeEscalation: true }) }] }),
  ],
  ['windows', pod({ os: { name: 'windows' } })],
  [
    'many',
    pod(
      { hostNetwork: true, volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
      { ...secure({ allowPrivilegeEscalation: true }), ports: [{ containerPort: 1, hostPort: 1 }] },
    ),
  ],
];

const template = (spec: Fields): Fields => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
});
const selector = { matchLabels: { app: 'x' } };
const makers: readonly [string, string, string, Fields][] = [
  ['/apis/apps/v1', 'deployments', 'Deployment', { selector, replicas: 0, template: template({ hostNetwork: true }) }],
  ['/apis/apps/v1', 'statefulsets', 'StatefulSet', { selector, replicas: 0, serviceName: 's', template: template({}) }],
  ['/apis/apps/v1', 'daemonsets', 'DaemonSet', { selector, template: template({}) }],
  ['/apis/batch/v1', 'jobs', 'Job', { suspend: true, template: template({ restartPolicy: 'Never' }) }],
  [
    '/apis/batch/v1',
    'cronjobs',
    'CronJob',
    { schedule: '* * * * *', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
  ],
];

const restricted = label({ enforce: 'restricted' });
const dryLabel: Step = { ...restricted, path: `${restricted.path}?dryRun=All` };

export const podSecurityCases: readonly Case[] = [
  ...(['baseline', 'restricted'] as const).flatMap((level) =>
    subjects.map(([name, body]) =>
      one(`enforce ${level}: ${name}`, label({ enforce: level }), seen('enforce'), dry(body)),
    ),
  ),
  ...subjects
    .slice(0, 6)
    .map(([name, body]) => one(`warn restricted: ${name}`, label({ warn: 'restricted' }), seen('warn'), dry(body))),
  one(
    'enforce baseline, warn restricted',
    label({ enforce: 'baseline', warn: 'restricted' }),
    seen('enforce'),
    dry(pod()),
    dry(pod({ hostPID: true })),
  ),
  one('a version', label({ enforce: 'restricted', 'enforce-version': 'v1.30' }), seen('enforce'), dry(pod())),
  one('audit alone', label({ audit: 'restricted' }), dry(pod({ hostNetwork: true }))),
  one('privileged', label({ enforce: 'privileged', warn: 'privileged' }), dry(pod({ hostNetwork: true }))),
  ...makers.map(([group, plural, kind, spec]) =>
    one(`templates: ${plural}`, label({ enforce: 'restricted', warn: 'restricted' }), {
      path: `${group}/namespaces/{ns}/${plural}?dryRun=All`,
      body: { apiVersion: group.slice(6), kind, metadata: { name: 'a' }, spec },
      // Labels take the real server a moment to see.
      until: (answer) => answer.warnings.length > 0,
    }),
  ),
  one('templates where only enforce is set', label({ enforce: 'restricted' }), seen('enforce'), {
    path: '/apis/apps/v1/namespaces/{ns}/deployments?dryRun=All',
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: makers[0]?.[3] },
  }),
  one(
    'existing pods',
    { path: pods, body: pod(), quiet: true },
    { path: pods, body: pod({}, {}, 'b'), quiet: true },
    { path: pods, body: pod({ hostNetwork: true }, {}, 'd'), quiet: true },
    // Pods, too.
    { ...dryLabel, until: ({ warnings }) => warnings.some((warning) => warning.includes('"d: ')) },
    label({ enforce: 'restricted' }, false),
    label({ enforce: 'baseline' }, false),
    label({ enforce: null }, false),
  ),
  one(
    'labels that are wrong',
    label({ enforce: 'nope', 'warn-version': 'v2.0' }, false),
    label({ warn: 'baseline', 'warn-version': 'v1.99' }, false),
    label({ audit: '' }, false),
  ),
  one(
    'updates of pods',
    { path: pods, body: pod(), quiet: true },
    label({ enforce: 'restricted' }),
    seen('enforce'),
    { method: 'PATCH', path: `${pods}/a`, body: { metadata: { labels: { a: 'b' } } }, type: merge },
    { method: 'PATCH', path: `${pods}/a`, body: { spec: { activeDeadlineSeconds: 50 } }, type: merge },
    {
      method: 'PATCH',
      path: `${pods}/a`,
      body: { spec: { containers: [{ name: 'c', image: 'other' }] } },
      type: 'application/strategic-merge-patch+json',
    },
    {
      method: 'PATCH',
      path: `${pods}/a/ephemeralcontainers`,
      body: { spec: { ephemeralContainers: [{ name: 'e', image: 'x' }] } },
      type: merge,
    },
  ),
];
