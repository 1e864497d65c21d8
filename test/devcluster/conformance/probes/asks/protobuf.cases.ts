/** Protobuf as Go writes it, byte for byte but for times. */
import type { Case, Step } from '../../harness.ts';
import { map, maps, podSpec, selector, template } from '../../probes.things.ts';
import { create, type Fields, inNamespace, ofGroup, quiet } from '../../steps.ts';
import { accepting, deployment, deployments, pod, pods, protobuf, protocol, secrets } from './shared.ts';

const byte = (code: number): string => String.fromCharCode(code);
/** Seconds, in five bytes, and no nanoseconds. */
const time = new RegExp(`${byte(8)}[^${byte(0)}-${byte(127)}]+${byte(6)}${byte(16)}${byte(0)}`, 'g');
const timeless = (body: unknown): unknown => String(body).replace(time, '<time>');
const made = (path: string, body: Fields): Step =>
  create(`${path}?dryRun=All`, body, { headers: { accept: protobuf }, view: timeless });
const jobTemplate = { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } };

export const protobufAsked: readonly Case[] = [
  protocol(
    'protobuf: maps and secrets',
    made(maps, map('a', { z: '1', a: '2' })),
    made(secrets, { metadata: { name: 's' }, stringData: { a: 'b' } }),
  ),
  protocol(
    'protobuf: a pod',
    made(
      pods,
      pod('p', {
        volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
        containers: [
          {
            name: 'c',
            image: 'i',
            livenessProbe: { httpGet: { port: 80 } },
            resources: { limits: { cpu: '1' } },
            env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          },
        ],
      }),
    ),
  ),
  protocol('protobuf: a deployment', made(deployments, deployment())),
  protocol(
    'protobuf: a stateful set and a daemon set',
    made(`${ofGroup('apps/v1')}/statefulsets`, {
      metadata: { name: 's' },
      spec: { serviceName: 'x', selector, template },
    }),
    made(`${ofGroup('apps/v1')}/daemonsets`, { metadata: { name: 'd' }, spec: { selector, template } }),
  ),
  protocol(
    'protobuf: a cron job',
    made(`${ofGroup('batch/v1')}/cronjobs`, { metadata: { name: 'c' }, spec: { schedule: '@daily', jobTemplate } }),
  ),
  protocol(
    'protobuf: an ingress and a policy',
    made(`${ofGroup('networking.k8s.io/v1')}/ingresses`, {
      metadata: { name: 'i' },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    }),
    made(`${ofGroup('networking.k8s.io/v1')}/networkpolicies`, {
      metadata: { name: 'n' },
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 'web' }] }] },
    }),
  ),
  protocol(
    'protobuf: an event and a lease',
    made(`${inNamespace}/events`, {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', namespace: '{ns}' },
      reason: 'R',
    }),
    made(`${ofGroup('coordination.k8s.io/v1')}/leases`, { metadata: { name: 'l' }, spec: { holderIdentity: 'x' } }),
  ),
  protocol(
    'protobuf: a budget and an autoscaler',
    made(`${ofGroup('policy/v1')}/poddisruptionbudgets`, {
      metadata: { name: 'b' },
      spec: { minAvailable: '50%', selector: {} },
    }),
    made(`${ofGroup('autoscaling/v2')}/horizontalpodautoscalers`, {
      metadata: { name: 'h' },
      spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
    }),
  ),
  protocol(
    'protobuf: refusals',
    quiet(create(maps, map())),
    accepting(protobuf, `${maps}/nope`),
    made(maps, map('A')),
    accepting(protobuf, `${maps}?labelSelector=a%20b`),
    { method: 'DELETE', path: `${maps}/a`, headers: { accept: protobuf } },
  ),
];
