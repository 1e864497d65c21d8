/** Single objects, their subresources and proxies. */
import type { Case } from '../../harness.ts';
import { map, objectOf, tables, withDefinition } from '../../probes.things.ts';
import { code, create, inNamespace, ofGroup, pick, quiet, read } from '../../steps.ts';
import { counted, deployment, deployments, pod, pods, reads } from './shared.ts';

export const objectsAsked: readonly Case[] = [
  reads(
    'a pod as kubectl prints',
    quiet(create(pods, pod('p', { nodeName: 'n1', initContainers: [{ name: 'i', image: 'i' }] }))),
    read(`${pods}/p`, { headers: tables }),
    read(`${pods}?includeObject=None`, { headers: tables }),
  ),
  reads(
    'a deployment and its scale read',
    quiet(create(deployments, deployment())),
    read(`${deployments}/d`),
    read(`${deployments}/d/scale`, { view: pick('kind', 'apiVersion', 'metadata.name', 'spec', 'status') }),
    read(`${deployments}/d/status`, { view: pick('kind', 'status') }),
    read(`${deployments}/d`, { headers: tables, view: pick('columnDefinitions', 'rows.*.cells') }),
    read(`${deployments}/d/scale`, { headers: tables }),
    read(`${deployments}/d/status`, { headers: tables, view: pick('kind', 'rows.*.cells') }),
  ),
  reads(
    'an event, both groups',
    quiet(
      create(`${inNamespace}/events`, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
        source: { component: 'c', host: 'h' },
        firstTimestamp: '2020-01-01T00:00:00Z',
        lastTimestamp: '2020-01-01T00:00:00Z',
        count: 3,
      }),
    ),
    read(`${inNamespace}/events/e`),
    read(`${ofGroup('events.k8s.io/v1')}/events/e`),
    read(`${inNamespace}/events`, {
      headers: tables,
      view: pick('columnDefinitions.*.name', 'columnDefinitions.*.priority', 'rows.*.cells'),
    }),
    read(`${ofGroup('events.k8s.io/v1')}/events?fieldSelector=regarding.kind%3DPod`, { view: counted }),
    read(`${ofGroup('events.k8s.io/v1')}/events?fieldSelector=reason%3DR`, { view: counted }),
  ),
  reads(
    'pods: subresources of one that is there',
    quiet(create(pods, pod('p'))),
    read(`${pods}/p/log`),
    read(`${pods}/p/log?container=zz`),
    read(`${pods}/p/log?tailLines=-1`),
    read(`${pods}/p/log?sinceSeconds=0`),
    read(`${pods}/p/log?sinceTime=x`),
    read(`${pods}/p/exec?command=ls`),
    create(`${pods}/p/exec?command=ls&stdout=true`, ''),
    create(`${pods}/p/attach?stdout=true`, ''),
    create(`${pods}/p/portforward?ports=80`, ''),
    read(`${pods}/p/proxy/`),
    read(`${pods}/p/status`, { view: pick('kind', 'status') }),
    read(`${pods}/p/ephemeralcontainers`, { view: pick('kind') }),
    read(`${pods}/p/nope`),
  ),
  reads(
    'pods: subresources of one with a node',
    quiet(create(pods, pod('p', { nodeName: 'nope' }))),
    read(`${pods}/p/log`),
    create(`${pods}/p/exec?command=ls&stdout=true`, ''),
    create(`${pods}/p/exec?stdout=true`, ''),
    create(`${pods}/p/exec?command=ls&stdout=true&container=zz`, ''),
    create(`${pods}/p/attach?stdout=true`, ''),
  ),
  reads(
    'services: proxies',
    quiet(
      create(`${inNamespace}/services`, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: {
          ports: [
            { port: 80, name: 'web' },
            { port: 81, name: 'x' },
          ],
        },
      }),
    ),
    read(`${inNamespace}/services/s/proxy`),
    read(`${inNamespace}/services/s/proxy/`),
    read(`${inNamespace}/services/s:web/proxy/`),
    read(`${inNamespace}/services/s:99/proxy/`),
    read(`${inNamespace}/services/https:s:web/proxy/x`),
    read(`${inNamespace}/services/nope/proxy/`),
    read(`${inNamespace}/services/s/status`, { view: pick('kind') }),
  ),
  reads(
    'nodes',
    quiet(create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: '{ns}' } })),
    read('/api/v1/nodes/{ns}'),
    read('/api/v1/nodes/{ns}', { headers: tables }),
    read('/api/v1/nodes?fieldSelector=spec.unschedulable%3Dfalse,metadata.name%3D{ns}', { view: counted }),
    read('/api/v1/nodes/{ns}/proxy/healthz'),
    read('/api/v1/nodes/{ns}/status', { view: pick('kind', 'status') }),
  ),
  reads(
    'a collection of the wrong scope',
    read('/api/v1/namespaces/{ns}/nodes'),
    read('/api/v1/namespaces/{ns}/namespaces'),
    read('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/clusterroles'),
    read('/apis/apps/v1/deployments/x'),
    create('/apis/apps/v1/deployments', { ...deployment(), metadata: { name: 'x' } }),
    create('/api/v1/configmaps', map('x')),
    read('/apis/conformance.example.com/v1/widgets/x'),
  ),
  reads(
    'an API service of a definition',
    ...withDefinition(
      objectOf({}),
      {},
      { ...read('/apis/apiregistration.k8s.io/v1/apiservices/v1.{ns}.probe.io'), until: code(200) },
    ),
  ),
];
