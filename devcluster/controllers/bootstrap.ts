/** What a new cluster holds: system namespaces, the `kubernetes` service, roles, priority classes, flow control. */
import { readFileSync } from 'node:fs';
import { type RegistryContext, timestamp } from '../registry/call.ts';
import { equalJson, isObject } from '../registry/copy.ts';
import { create } from '../registry/create.ts';
import { decodeObject } from '../registry/decode.ts';
import { modify, systemCall } from '../registry/internal.ts';
import { patch } from '../registry/patch.ts';
import { storageName } from '../registry/resources.ts';
import { StatusError } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import { builtinServices } from './localservices.ts';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Creates what is missing. */
export async function bootstrap(context: RegistryContext, caPem: string): Promise<void> {
  await Promise.all(
    namespaces.map((name) => ensure(context, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  const file = new URL('../builtin/generated/bootstrap.json', import.meta.url);
  const objects = JSON.parse(readFileSync(file, 'utf8')) as KubeObject[];
  const since = context.now().toISOString().slice(0, 10);
  await Promise.all([
    ...objects.map((object) => ensure(context, object, managers[object.kind])),
    ...builtinServices(context).map((object) => ensure(context, object)),
    ensure(context, systemMap('extension-apiserver-authentication', { 'client-ca-file': caPem })),
    ensure(context, systemMap('kube-apiserver-legacy-service-account-token-tracking', { since })),
    serviceRange(context),
  ]);
}

const flowManager = 'api-priority-and-fairness-config-producer-v1';
const managers: { readonly [kind: string]: string } = {
  FlowSchema: flowManager,
  PriorityLevelConfiguration: flowManager,
};

function systemMap(name: string, data: { readonly [key: string]: string }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data } as KubeObject;
}

/** The range that Services get their addresses from. */
async function serviceRange(context: RegistryContext): Promise<void> {
  const definition = context.resources.find('networking.k8s.io', 'v1', 'servicecidrs');
  if (definition === undefined || context.store.latest(storageName(definition), 'kubernetes') !== undefined) return;
  const range = () => ({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } });
  await ensure(context, { ...range(), spec: { cidrs: ['10.0.0.0/24'] } } as KubeObject);
  const condition = {
    type: 'Ready',
    status: 'True',
    lastTransitionTime: timestamp(context.now()),
    message: 'Kubernetes default Service CIDR is ready',
  };
  const call = systemCall(definition, '', 'kubernetes', {
    subresource: 'status',
    manager: 'kubernetes-service-cidr-controller',
  });
  await patch(context, call, 'apply', JSON.stringify({ ...range(), status: { conditions: [condition] } }), true);
}

/** The Service by which programs in a cluster find their API server; its port is the one that is listened on. */
export async function ensureKubernetesService(context: RegistryContext, port: number): Promise<void> {
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }];
  await ensure(context, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      clusterIP: '10.0.0.1',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      type: 'ClusterIP',
      ports,
    },
  });
  const services = context.resources.find('', 'v1', 'services');
  if (services === undefined) return;
  await modify(context, systemCall(services, 'default', 'kubernetes'), (object) => {
    const spec = isObject(object.spec) ? object.spec : {};
    if (equalJson(spec.ports, ports)) return false;
    object.spec = { ...spec, ports };
    return true;
  });
}

/** Creates an object unless it is there. */
export async function ensure(context: RegistryContext, object: KubeObject, manager?: string): Promise<void> {
  const definition = context.resources.findKind(object.apiVersion, object.kind);
  if (definition === undefined) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
  const { namespace, name = '' } = object.metadata;
  // An attempt would be counted by quotas.
  if (context.store.latest(storageName(definition), namespace === undefined ? name : `${namespace}/${name}`)) return;
  const by = manager === undefined ? {} : { manager };
  const call = systemCall(definition, namespace ?? '', name, by);
  try {
    decodeObject(call, object);
    await create(context, call, object);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 409) throw error;
  }
}
