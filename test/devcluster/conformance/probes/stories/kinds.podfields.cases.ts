/** Probes of fields of Pods: what they ask for, and what depends on what. */
import type { Case, Step } from '../../harness.ts';
import { body, container, get, patch, pathOf, podSpec, post, table } from '../../probes.objects.ts';
import { at, casesOf, type Fields, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'pods: ');
const pod = (spec: Fields = {}, meta: Fields = {}, query = ''): Step =>
  post('Pod', { spec: { ...podSpec, ...spec } }, meta, query);
const asked = (resources: Fields, name = 'c'): Fields => ({ name, image: 'nginx', resources });
const spec = pick('spec');
const shown = (step: Step): Step => ({ ...step, view: spec });

export const podFieldStories: readonly Case[] = [
  one(
    'quality of service',
    ...[
      {},
      { containers: [asked({ requests: { cpu: '1' } })] },
      { containers: [asked({ limits: { cpu: '1', memory: '1' } })] },
      {
        containers: [asked({ limits: { cpu: '1', memory: '1' } }), container].map((c, i) => ({ ...c, name: `c${i}` })),
      },
      { containers: [asked({ requests: { cpu: '0', memory: '0' } })] },
      { initContainers: [asked({ limits: { cpu: '1', memory: '1' } }, 'i')] },
      {
        containers: [asked({ requests: { cpu: '1' }, limits: { cpu: '1', memory: '1' } })],
        initContainers: [asked({ limits: { cpu: '1', memory: '1' } }, 'i')],
      },
      { resources: { limits: { cpu: '1', memory: '1Gi' } } },
      { resources: { requests: { cpu: '1' }, limits: { cpu: '2' } }, containers: [asked({ requests: { cpu: '2' } })] },
      { resources: { requests: { 'nvidia.com/gpu': '1' } } },
      { resources: { limits: { cpu: '1' } }, containers: [asked({ limits: { cpu: '2' } })] },
    ].map(
      (fields): Step => ({
        ...pod(fields, {}, '?dryRun=All'),
        view: (found) =>
          at(found, 'kind') === 'Status'
            ? found
            : [at(found, 'status'), at(found, 'spec.containers.*.resources'), at(found, 'spec.resources')],
      }),
    ),
  ),
  one(
    'resources that are wrong',
    ...[
      { requests: { cpu: '2' }, limits: { cpu: '1' } },
      { requests: { cpu: '-1' } },
      { requests: { cpu: 'much' } },
      { requests: { cpu: 0.5, memory: 1024 } },
      { requests: { cpu: '0.0001', memory: '1.5' } },
      { requests: { disk: '1' } },
      { requests: { 'x.io/a': '1.5' } },
      { requests: { 'x.io/a': '1' }, limits: { 'x.io/a': '2' } },
      { requests: { 'x.io/a': '1' } },
      { requests: { 'hugepages-2Mi': '2Mi' } },
      { requests: { 'hugepages-2Mi': '2Mi' }, limits: { 'hugepages-2Mi': '2Mi' } },
      { limits: { 'kubernetes.io/x': '1' } },
      { claims: [{ name: 'gpu' }] },
      { requests: { pods: '1' } },
    ].map(
      (resources): Step => ({
        ...pod({ containers: [asked(resources)] }, {}, '?dryRun=All'),
        view: (found) => (at(found, 'kind') === 'Status' ? found : at(found, 'spec.containers.*.resources')),
      }),
    ),
  ),
  one(
    'priorities',
    quiet({ path: pathOf('PriorityClass'), body: body('PriorityClass', { value: 1000, preemptionPolicy: 'Never' }) }),
    shown(pod({ priorityClassName: 'b-{ns}' })),
    pod({ priorityClassName: 'b-{ns}', priority: 5 }, { name: 'b' }),
    pod({ priorityClassName: 'b-{ns}', preemptionPolicy: 'PreemptLowerPriority' }, { name: 'b' }),
    pod({ priorityClassName: 'nope' }, { name: 'b' }),
    pod({ priority: 5 }, { name: 'b' }),
    shown(pod({ priority: 0 }, { name: 'b' })),
    pod({ priorityClassName: 'system-node-critical' }, { name: 'c' }),
    patch('Pod', { spec: { priority: 3 } }),
    patch('Pod', { spec: { priorityClassName: 'other' } }),
    patch('PriorityClass', { value: 3 }),
    patch('PriorityClass', { preemptionPolicy: 'PreemptLowerPriority' }),
    patch('PriorityClass', { description: 'for tests', globalDefault: false }),
    table({ ...get('PriorityClass') }),
  ),
  one(
    'fields that depend on each other',
    ...[
      { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }] },
      { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80 }] }] },
      { hostUsers: false, hostNetwork: true },
      { hostPID: true, shareProcessNamespace: true },
      { dnsPolicy: 'None' },
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a.b'], options: [{ name: 'ndots', value: '2' }] },
      },
      { dnsPolicy: 'Other' },
      { hostname: 'Bad_', subdomain: 'Bad_' },
      { setHostnameAsFQDN: true, hostname: 'a', hostnameOverride: 'b' },
      { os: { name: 'windows' }, securityContext: { runAsUser: 3 } },
      { os: { name: 'linux' }, securityContext: { windowsOptions: { runAsUserName: 'x' } } },
      { os: { name: 'plan9' } },
      { restartPolicy: 'Never', containers: [{ ...container, restartPolicy: 'Always' }] },
      { restartPolicy: 'Sometimes' },
      { activeDeadlineSeconds: 0, terminationGracePeriodSeconds: -3 },
      { nodeName: 'Bad_', schedulingGates: [{ name: 'x.io/a' }] },
      { nodeName: 'n', schedulingGates: [{ name: 'x.io/a' }] },
      { schedulingGates: [{ name: 'x.io/a' }, { name: 'x.io/a' }] },
      { readinessGates: [{ conditionType: 'x.io/Ready' }, { conditionType: 'bad type' }] },
      { overhead: { cpu: '1' } },
      { runtimeClassName: 'nope' },
      { enableServiceLinks: false, automountServiceAccountToken: false, preemptionPolicy: 'Never' },
    ].map((fields): Step => ({ ...pod(fields, {}, '?dryRun=All'), view: spec })),
  ),
  one(
    'containers that clash',
    ...[
      { containers: [] },
      { containers: null },
      { containers: [container, container] },
      { containers: [container], initContainers: [container] },
      { containers: [{ name: 'c' }] },
      { containers: [{ image: 'x' }] },
      { containers: [{ ...container, imagePullPolicy: 'Maybe' }] },
      {
        containers: [
          { name: 'c', image: 'x:latest' },
          { name: 'd', image: `x@sha256:${'a'.repeat(64)}` },
          { name: 'e', image: 'reg:5000/x' },
        ],
      },
      { containers: [{ name: 'c', image: ' x ' }] },
      { containers: [{ ...container, env: [{ name: '' }, { name: '1A' }, { name: 'a b' }, { name: 'a=b' }] }] },
      {
        containers: [
          { ...container, env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
        ],
      },
      {
        containers: [
          {
            ...container,
            env: [
              { name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } },
              { name: 'B', valueFrom: {} },
            ],
          },
        ],
      },
      {
        containers: [
          {
            ...container,
            volumeMounts: [
              { name: 'nope', mountPath: '/a' },
              { name: 'nope', mountPath: '/a' },
            ],
          },
        ],
      },
      {
        containers: [
          {
            ...container,
            ports: [{ containerPort: 80, name: 'a' }, { containerPort: 80, name: 'a' }, { containerPort: 0 }],
          },
        ],
      },
      {
        containers: [
          { ...container, livenessProbe: {}, readinessProbe: { httpGet: { port: 80 }, exec: { command: ['x'] } } },
        ],
      },
      {
        containers: [
          {
            ...container,
            livenessProbe: { httpGet: { port: 80, scheme: 'FTP', path: '' }, successThreshold: 2, periodSeconds: -1 },
          },
        ],
      },
      {
        containers: [
          {
            ...container,
            startupProbe: { exec: {} },
            lifecycle: { postStart: { httpGet: {} }, preStop: { sleep: { seconds: 100 } } },
          },
        ],
      },
      {
        containers: [
          {
            ...container,
            securityContext: {
              privileged: false,
              allowPrivilegeEscalation: false,
              capabilities: { add: ['SYS_ADMIN'] },
              runAsUser: -1,
              procMount: 'Odd',
            },
          },
        ],
      },
      { initContainers: [{ name: 'i', image: 'x', livenessProbe: { exec: { command: ['x'] } } }] },
      { initContainers: [{ name: 'i', image: 'x', restartPolicy: 'OnFailure' }] },
      { initContainers: [{ name: 'i', image: 'x', lifecycle: { preStop: { exec: { command: ['x'] } } } }] },
    ].map((fields): Step => ({ ...pod(fields, {}, '?dryRun=All'), view: spec })),
  ),
];
