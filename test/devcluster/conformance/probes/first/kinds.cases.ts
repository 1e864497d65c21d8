/** Kinds: what is refused of each, in words, and what may change. */
import type { Case } from '../../harness.ts';
import { casesOf, create, type Fields, quiet, read } from '../../steps.ts';
import { apps, batch, cm, dep, merge, ns, object, patchOf, strat, table } from './shared.ts';

const one = casesOf('probes-kinds', 'first: ');
const pod = (...containers: Fields[]): Fields => object('v1', 'Pod', 'p', { spec: { containers } });

export const kindsFirst: readonly Case[] = [
  one(
    'deployment with all defaults',
    create(`${apps}/deployments`, dep()),
    read(`${apps}/deployments/web`, { headers: table }),
    read(`${apps}/deployments/web/scale`),
  ),
  one('deployment selector mismatch', create(`${apps}/deployments`, dep({ selector: { matchLabels: { app: 'y' } } }))),
  one('deployment negative replicas', create(`${apps}/deployments`, dep({ replicas: -1 }))),
  one(
    'deployment selector is immutable',
    quiet(create(`${apps}/deployments`, dep())),
    patchOf(`${apps}/deployments/web`, merge, { spec: { selector: { matchLabels: { b: 'c' } } } }),
  ),
  one(
    'deployment recreate with rollingUpdate',
    create(`${apps}/deployments`, dep({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } })),
  ),
  one(
    'deployment both zero',
    create(`${apps}/deployments`, dep({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } })),
  ),
  one(
    'deployment bad percent',
    create(`${apps}/deployments`, dep({ strategy: { rollingUpdate: { maxSurge: '150x', maxUnavailable: '200%' } } })),
  ),
  one(
    'deployment image patched strategically',
    quiet(create(`${apps}/deployments`, dep())),
    patchOf(`${apps}/deployments/web`, strat, {
      spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } },
    }),
  ),
  one(
    'deployment restarted',
    quiet(create(`${apps}/deployments`, dep())),
    patchOf(`${apps}/deployments/web`, strat, {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'x' } } } },
    }),
  ),
  one(
    'deployment status ignored by main',
    quiet(create(`${apps}/deployments`, dep())),
    patchOf(`${apps}/deployments/web`, merge, { status: { replicas: 5 } }),
  ),
  one(
    'deployment status negative',
    quiet(create(`${apps}/deployments`, dep())),
    patchOf(`${apps}/deployments/web/status`, merge, {
      status: { replicas: 1, readyReplicas: 3, availableReplicas: -1 },
    }),
  ),
  one('pod without containers', create(`${ns}/pods`, object('v1', 'Pod', 'p', { spec: {} }))),
  one(
    'pod duplicate names and ports',
    create(
      `${ns}/pods`,
      pod(
        { name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] },
        { name: 'a', image: 'y', ports: [{ containerPort: 70000, protocol: 'FOO' }] },
      ),
    ),
  ),
  one(
    'pod limits below requests',
    create(
      `${ns}/pods`,
      pod({ name: 'a', image: 'x', resources: { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '1' } } }),
    ),
  ),
  one(
    'pod unknown volume',
    create(
      `${ns}/pods`,
      pod({
        name: 'a',
        image: 'x',
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/a' },
        ],
      }),
    ),
  ),
  one(
    'pod probes',
    create(
      `${ns}/pods`,
      pod({
        name: 'a',
        image: 'x',
        livenessProbe: { httpGet: { path: '', port: 'http' }, tcpSocket: { port: 1 } },
        readinessProbe: { exec: { command: [] }, periodSeconds: -1 },
        startupProbe: {},
      }),
    ),
  ),
  one(
    'pod env',
    create(
      `${ns}/pods`,
      pod({
        name: 'a',
        image: 'x',
        env: [
          { name: '1a=', value: 'x' },
          { name: 'B', value: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } },
          { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'a b' } } },
        ],
        envFrom: [{ prefix: '=', configMapRef: { name: 'A' } }],
      }),
    ),
  ),
  one(
    'service without ports',
    create(`${ns}/services`, object('v1', 'Service', 's', { spec: { selector: { a: 'b' } } })),
  ),
  one(
    'service two ports unnamed',
    create(`${ns}/services`, object('v1', 'Service', 's', { spec: { ports: [{ port: 80 }, { port: 81 }] } })),
  ),
  one(
    'service bad name and type',
    create(
      `${ns}/services`,
      object('v1', 'Service', '1s', {
        spec: { type: 'Foo', sessionAffinity: 'X', ports: [{ port: 0, targetPort: 'UPPER_CASE' }] },
      }),
    ),
  ),
  one(
    'service external name',
    create(`${ns}/services`, object('v1', 'Service', 's', { spec: { type: 'ExternalName', externalName: 'a..b' } })),
  ),
  one(
    'ingress',
    create(
      '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
      object('networking.k8s.io/v1', 'Ingress', 'i', {
        spec: {
          ingressClassName: 'nginx',
          tls: [{ hosts: ['a.example.com'], secretName: 's' }],
          rules: [
            {
              host: 'a.example.com',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
              },
            },
          ],
        },
      }),
    ),
    read('/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses', { headers: table }),
  ),
  one(
    'ingress broken',
    create(
      '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
      object('networking.k8s.io/v1', 'Ingress', 'i', {
        spec: {
          rules: [
            {
              host: '*.*.com',
              http: {
                paths: [
                  {
                    path: 'x',
                    pathType: 'Exact',
                    backend: { service: { name: 's', port: { number: 80, name: 'x' } } },
                  },
                  { pathType: 'Foo', backend: {} },
                ],
              },
            },
          ],
        },
      }),
    ),
  ),
  one(
    'job immutable template',
    quiet(
      create(
        `${batch}/jobs`,
        object('batch/v1', 'Job', 'j', {
          spec: {
            suspend: true,
            template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } },
          },
        }),
      ),
    ),
    patchOf(`${batch}/jobs/j`, merge, { spec: { completions: 3 } }),
  ),
  one(
    'job with Always',
    create(
      `${batch}/jobs`,
      object('batch/v1', 'Job', 'j', {
        spec: { parallelism: -1, backoffLimit: -2, template: { spec: { containers: [{ name: 'c', image: 'x' }] } } },
      }),
    ),
  ),
  one(
    'cronjob',
    create(
      `${batch}/cronjobs`,
      object('batch/v1', 'CronJob', 'c', {
        spec: {
          schedule: '*/5 * * * *',
          suspend: true,
          jobTemplate: {
            spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'x' }] } } },
          },
        },
      }),
    ),
    read(`${batch}/cronjobs/c`, { headers: table }),
  ),
  one(
    'cronjob broken',
    create(
      `${batch}/cronjobs`,
      object('batch/v1', 'CronJob', 'c', {
        spec: {
          schedule: 'TZ=UTC 61 * * * *',
          timeZone: 'Nope/Zone',
          concurrencyPolicy: 'X',
          startingDeadlineSeconds: -1,
          jobTemplate: {
            spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'x' }] } } },
          },
        },
      }),
    ),
  ),
  one(
    'statefulset',
    create(`${apps}/statefulsets`, {
      ...dep({
        serviceName: 's',
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      }),
      kind: 'StatefulSet',
    }),
    patchOf(`${apps}/statefulsets/web`, merge, { spec: { serviceName: 't' } }),
  ),
  one(
    'daemonset',
    create(`${apps}/daemonsets`, { ...dep(), kind: 'DaemonSet' }),
    read(`${apps}/daemonsets/web`, { headers: table }),
  ),
  one(
    'pvc shrink',
    quiet(
      create(
        `${ns}/persistentvolumeclaims`,
        object('v1', 'PersistentVolumeClaim', 'c', {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
        }),
      ),
    ),
    patchOf(`${ns}/persistentvolumeclaims/c`, merge, { spec: { resources: { requests: { storage: '1Gi' } } } }),
    patchOf(`${ns}/persistentvolumeclaims/c`, merge, { spec: { accessModes: ['ReadOnlyMany'] } }),
  ),
  one(
    'secret types',
    create(`${ns}/secrets`, object('v1', 'Secret', 's', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } })),
    create(
      `${ns}/secrets`,
      object('v1', 'Secret', 's', { type: 'kubernetes.io/basic-auth', stringData: { username: 'u' } }),
    ),
    patchOf(`${ns}/secrets/s`, merge, { type: 'Opaque' }),
  ),
  one(
    'pdb both',
    create(
      '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets',
      object('policy/v1', 'PodDisruptionBudget', 'p', {
        spec: { minAvailable: 1, maxUnavailable: '50%', selector: {} },
      }),
    ),
    create(
      '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets',
      object('policy/v1', 'PodDisruptionBudget', 'p', {
        spec: { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } },
      }),
    ),
  ),
  one(
    'network policy',
    create(
      '/apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies',
      object('networking.k8s.io/v1', 'NetworkPolicy', 'n', {
        spec: {
          podSelector: {},
          policyTypes: ['Ingress', 'Foo'],
          ingress: [
            {
              from: [{ ipBlock: { cidr: '10.0.0.0/33', except: ['11.0.0.0/8'] }, podSelector: {} }],
              ports: [{ port: 0, endPort: 5 }],
            },
          ],
        },
      }),
    ),
  ),
  one(
    'role binding without role',
    create(
      '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings',
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'r', {
        roleRef: { kind: 'Foo', name: '' },
        subjects: [
          { kind: 'User', name: '' },
          { kind: 'ServiceAccount', name: 'a' },
        ],
      }),
    ),
  ),
  one(
    'lease',
    create(
      '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases',
      object('coordination.k8s.io/v1', 'Lease', 'l', {
        spec: { holderIdentity: 'me', leaseDurationSeconds: 0, renewTime: '2026-01-01T00:00:00Z' },
      }),
    ),
  ),
  one('namespace name', create('/api/v1/namespaces', object('v1', 'Namespace', 'Bad_{ns}', {}))),
  one(
    'configmap key',
    create(`${ns}/configmaps`, cm('a', { 'b c': '1', '..': '2' })),
    create(`${ns}/configmaps`, { ...cm('a'), binaryData: { a: 'eA==' } }),
  ),
  one(
    'event',
    create(`${ns}/events`, object('v1', 'Event', 'e', { involvedObject: { kind: 'Pod', name: 'p' }, reason: 'R' })),
    create(
      `${ns}/events`,
      object('v1', 'Event', 'e', {
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
      }),
    ),
  ),
  one(
    'hpa',
    create(
      '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'h', {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 5,
          maxReplicas: 3,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
        },
      }),
    ),
  ),
  one(
    'quota',
    create(
      `${ns}/resourcequotas`,
      object('v1', 'ResourceQuota', 'q', {
        spec: { hard: { pods: '-1', 'a/b/c': '1', foo: '1', 'requests.cpu': '1.5x' } },
      }),
    ),
  ),
  one(
    'limitrange',
    create(
      `${ns}/limitranges`,
      object('v1', 'LimitRange', 'l', {
        spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' }, default: { cpu: '3' } }] },
      }),
    ),
  ),
  one(
    'priority class',
    create(
      '/apis/scheduling.k8s.io/v1/priorityclasses',
      object('scheduling.k8s.io/v1', 'PriorityClass', 'p-{ns}', { value: 2000000000, globalDefault: false }),
    ),
  ),
  one(
    'service account with secrets',
    create(`${ns}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'a', annotations: { x: 'y' } },
      secrets: [{ name: 's' }],
      imagePullSecrets: [{ name: 't' }],
      automountServiceAccountToken: false,
    }),
  ),
];
