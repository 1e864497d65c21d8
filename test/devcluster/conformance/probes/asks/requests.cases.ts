/** Methods, paths, headers, subresources. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, patched, selector, template } from '../../probes.things.ts';
import { at, create, inNamespace, ofGroup, pick, quiet, read, remove, replace } from '../../steps.ts';
import { by, deployments, keys, pod, pods, protobuf, protocol, short, versioned } from './shared.ts';

export const requestsAsked: readonly Case[] = [
  protocol(
    'paths that are none',
    ...[
      '/nope',
      '/api/nope',
      '/api/',
      '/apis/apps/',
      '/apis/apps/v1/',
      '/api/v1/',
      '/ui',
      '/favicon.ico',
      '/robots.txt',
      '/apis/v1',
      '/api/v1/nope',
      '/api/v1/namespaces/{ns}/',
      '/api/v1/namespaces/',
      '/apis/apps/v1/nope',
      '/apis/apps/v1/namespaces/{ns}/nope/x',
    ].map((p) => read(p, { view: short })),
    ...['/apis/', '/index.html'].map((p) => read(p, { view: keys })),
  ),
  protocol(
    'slashes and escapes',
    ...[
      '//api/v1',
      '/api//v1',
      '/api/v1//namespaces',
      '/api/v1/namespaces//configmaps',
      '/./api',
      '/api/../api/v1',
      '/%61pi',
      '/api/v1/namespaces/%7Bns%7D/configmaps',
      '/api/v1/namespaces/a%2Fb/configmaps',
      '/api/v1/namespaces/{ns}/configmaps/x%00',
      '/api/v1/namespaces/{ns}/configmaps/%zz',
      '/api/v1/namespaces/{ns}/configmaps/a;b=c',
      '/api/v1/namespaces/{ns}/configmaps/a?',
      '/api?x=%zz',
      '/API/v1',
    ].map((p) => read(p, { view: short })),
  ),
  protocol(
    'methods of a collection',
    ...['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'LINK'].map((x) => by(x, maps)),
    ...['POST', 'HEAD', 'OPTIONS', 'TRACE'].map((x) => by(x, aMap)),
  ),
  protocol(
    'query parameters odd',
    quiet(create(maps, map())),
    ...[
      'dryRun=x',
      'dryRun=',
      'dryRun=All&dryRun=All',
      'fieldManager=',
      `fieldManager=${'x'.repeat(129)}`,
      'fieldManager=a%0Ab',
      'foo=bar',
      'fieldValidation=x',
    ].map((q) =>
      create(`${maps}?${q}`, map('q'), {
        view: (b) => (at(b, 'kind') === 'Status' ? b : at(b, 'metadata.managedFields.*.manager')),
      }),
    ),
  ),
  protocol(
    'deprecated kinds warn',
    create(`${inNamespace}/endpoints`, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'e' } }),
    read(`${inNamespace}/endpoints`, { view: pick('kind') }),
    read(`${inNamespace}/endpoints/e`, { view: pick('kind') }),
    read('/api/v1/componentstatuses', { view: pick('kind') }),
    remove(`${inNamespace}/endpoints/e`),
    { path: `${inNamespace}/endpoints?watch=1`, watchFor: 100 },
  ),
  protocol(
    'a watch: headers',
    { path: `${maps}?watch=1&fieldSelector=metadata.name%3Dzz`, watchFor: 100 },
    {
      path: `${maps}?watch=1&fieldSelector=metadata.name%3Dzz`,
      watchFor: 100,
      headers: { accept: 'application/json;stream=watch' },
    },
    { path: `${maps}?watch=1&fieldSelector=metadata.name%3Dzz`, watchFor: 100, headers: { 'accept-encoding': 'gzip' } },
    { path: `${maps}?watch=1`, headers: { accept: 'application/xml' } },
    {
      path: `${maps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dzz`,
      headers: { accept: `${protobuf};stream=watch` },
    },
  ),
  protocol(
    'origin and cors',
    read(aMap, { headers: { origin: 'http://x.io' } }),
    by('OPTIONS', aMap, { headers: { origin: 'http://x.io', 'access-control-request-method': 'GET' } }),
  ),
  protocol('timeouts', ...['1s', '0', '1h', 'abc', '-1s', '', '100000h'].map((t) => read(`${aMap}?timeout=${t}`))),
  protocol(
    'evictions',
    quiet(create(pods, pod('p', {}, { labels: { app: 'x' } }))),
    quiet(
      create(`${ofGroup('policy/v1')}/poddisruptionbudgets`, {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'b' },
        spec: { minAvailable: 1, selector },
      }),
    ),
    create(`${pods}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
    create(`${pods}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'q' } }),
    create(`${pods}/p/eviction`, { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'p' } }),
    create(`${pods}/zz/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'zz' } }),
    create(`${pods}/p/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'p' },
      deleteOptions: { dryRun: ['All'] },
    }),
  ),
  protocol(
    'bindings',
    quiet(create(pods, pod('p'))),
    create(`${pods}/p/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' } }),
    create(`${pods}/p/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Node', name: 'n1' },
    }),
    create(`${pods}/p/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Node', name: 'n2' },
    }),
    { ...read(`${pods}/p`), view: pick('spec.nodeName', 'status.conditions.*.type', 'status.conditions.*.status') },
    create(`${inNamespace}/bindings`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'zz' },
      target: { kind: 'Node', name: 'n2' },
    }),
  ),
  protocol(
    'status of statuses',
    quiet(
      create(deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { paused: true, replicas: 0, selector, template },
      }),
    ),
    patched(`${deployments}/d/status`, { status: { replicas: -1 } }, 'application/merge-patch+json'),
    remove(`${deployments}/d/status`),
    create(`${deployments}/d/status`, {}),
    read(`${maps}/a/status`),
    read('/api/v1/namespaces/{ns}/status', { view: pick('status', 'kind') }),
    read('/api/v1/namespaces/{ns}/finalize'),
    {
      method: 'PUT',
      path: '/api/v1/namespaces/{ns}/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } },
    },
  ),
  protocol(
    'headers of a conflict and a precondition',
    { ...create(maps, map()), quiet: true, ...versioned },
    quiet(patched(aMap, { data: { z: '1' } })),
    replace(aMap, map('a', {}, { resourceVersion: '{rv}' })),
    remove(aMap, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { resourceVersion: '1' } }),
    remove(aMap, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'nope' } }),
    patched(aMap, { metadata: { resourceVersion: '{rv}' } }),
    patched(aMap, { metadata: { resourceVersion: 'abc' } }),
    patched(aMap, { metadata: { uid: 'abc' } }),
    create(maps, map()),
    create(maps, map('e', {}, { resourceVersion: '5' })),
  ),
  protocol(
    'warnings of many kinds',
    create(
      `${pods}?dryRun=All`,
      pod(
        'p',
        {
          containers: [
            {
              name: 'c',
              image: 'n',
              env: [
                { name: 'A', value: '1' },
                { name: 'A', value: '2' },
              ],
              ports: [{ containerPort: 80 }, { containerPort: 80 }],
            },
          ],
          nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
        },
        { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } },
      ),
      { view: pick('kind') },
    ),
    create(
      `${ofGroup('networking.k8s.io/v1')}/ingresses?dryRun=All`,
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'i', annotations: { 'kubernetes.io/ingress.class': 'x' } },
        spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
      },
      { view: pick('kind') },
    ),
    create(
      `${inNamespace}/services?dryRun=All`,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'ExternalName', externalName: 'a.b', externalIPs: ['1.2.3.4'], ports: [{ port: 80 }] },
      },
      { view: pick('kind', 'message') },
    ),
    create(maps, map('m', {}, { finalizers: ['short'] }), { view: pick('kind') }),
  ),
];
