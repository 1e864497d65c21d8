import type { Bare } from './client.ts';

export const NAMESPACE = 'bench';
export const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
export const WIDGETS_CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.bench.example.com';
export const WIDGETS = `/apis/bench.example.com/v1/namespaces/${NAMESPACE}/widgets`;
const APPLY = 'application/apply-patch+yaml';

export const configMap = (name: string, bytes: number): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value: 'x'.repeat(bytes) },
});
export const widget = (name: string, extra: object = {}): object => ({
  apiVersion: 'bench.example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec: { size: 3, colour: 'green', parts: [{ name: 'wheel', count: 4 }] },
  ...extra,
});

async function createNamespace(bare: Bare, name: string): Promise<void> {
  await bare.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

/** Creates the namespace and the custom resource that the measurements use. */
export async function prepare(bare: Bare): Promise<void> {
  await createNamespace(bare, NAMESPACE);
  const part = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, count: { type: 'integer' } },
  };
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', minimum: 1 },
          colour: { type: 'string', enum: ['green', 'red'] },
          parts: {
            type: 'array',
            items: part,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
          },
        },
      },
      status: { type: 'object', properties: { phase: { type: 'string' }, seen: { type: 'integer' } } },
    },
  };
  await bare.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.bench.example.com' },
    spec: {
      group: 'bench.example.com',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
      ],
    },
  });
  const deadline = Date.now() + 30_000;
  for (;;) {
    const served = await bare.send('GET', WIDGETS).then(
      () => true,
      () => false,
    );
    if (served) return;
    if (Date.now() > deadline) throw new Error('the custom resource is not served');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs `count` operations, `clients` at a time; operations a second. */
async function rate(count: number, clients: number, one: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const started = performance.now();
  const lane = async () => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: clients }, lane));
  return (count * 1000) / (performance.now() - started);
}

/** ConfigMaps of 1 KiB created a second. */
export function createsPerSecond(bare: Bare, count: number, clients: number): Promise<number> {
  const prefix = `c${Date.now().toString(36)}`;
  return rate(count, clients, (index) => bare.send('POST', CONFIG_MAPS, configMap(`${prefix}-${index}`, 1024)));
}

/** Status updates (merge patches of a custom resource's status) a second, each client on an object of its own. */
export async function statusUpdatesPerSecond(bare: Bare, count: number, clients: number): Promise<number> {
  const prefix = `s${Date.now().toString(36)}`;
  for (let i = 0; i < clients; i++) await bare.send('POST', WIDGETS, widget(`${prefix}-${i}`));
  return rate(count, clients, (index) =>
    bare.send(
      'PATCH',
      `${WIDGETS}/${prefix}-${index % clients}/status`,
      { status: { phase: `p${index % 7}`, seen: index } },
      'application/merge-patch+json',
    ),
  );
}

/** Median milliseconds of an apply patch that changes one field. */
export async function applyMs(bare: Bare, count: number): Promise<number> {
  const name = `a${Date.now().toString(36)}`;
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const body = widget(name, { spec: { size: i + 1, colour: 'red', parts: [{ name: 'wheel', count: i }] } });
    const started = performance.now();
    await bare.send('PATCH', `${WIDGETS}/${name}?fieldManager=bench`, body, APPLY);
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Fills a namespace up with ConfigMaps; creates it where it is not there. */
export async function fill(bare: Bare, count: number, bytes: number, namespace = NAMESPACE): Promise<void> {
  if (namespace !== NAMESPACE) await createNamespace(bare, namespace);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  await rate(count, 16, (index) => bare.send('POST', path, configMap(`full-${index}`, bytes)));
}

/** Milliseconds of one list of all ConfigMaps of a namespace, median of five; and its bytes. */
export async function listMs(bare: Bare, namespace: string): Promise<{ ms: number; bytes: number }> {
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 5; i++) {
    const started = performance.now();
    bytes = (await bare.send('GET', `/api/v1/namespaces/${namespace}/configmaps`)).length;
    times.push(performance.now() - started);
  }
  return { ms: median(times), bytes };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
