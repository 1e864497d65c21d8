/** Media types asked for and sent. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, patched, selector, tables, template } from '../../probes.things.ts';
import { applied, at, create, inNamespace, pick, quiet, read, replace } from '../../steps.ts';
import { accepting, deployments, type Headers, keys, protobuf, protocol, short } from './shared.ts';

export const mediaAsked: readonly Case[] = [
  protocol(
    'media types asked',
    quiet(create(maps, map())),
    ...[
      '*/*',
      'application/*',
      'text/html',
      'application/json;q=0.1,application/yaml',
      'application/xml',
      'application/xml,*/*;q=0.1',
      'application/json;charset=utf-8',
      'application/json;foo=bar',
      '',
      'application/yaml;as=Table;v=v1;g=meta.k8s.io',
      'application/json;as=Nope;v=v1;g=meta.k8s.io',
      'application/cbor',
      'application/cbor;as=Table;v=v1;g=meta.k8s.io, application/json',
      'application/json-seq',
      'text/yaml',
      'application/x-yaml',
      'json',
    ].map((a) => accepting(a, aMap, { view: short })),
  ),
  protocol(
    'media types asked of errors',
    ...[
      'application/xml',
      'application/yaml',
      'text/plain',
      protobuf,
      'application/cbor',
      'application/json;as=Table;v=v1;g=meta.k8s.io',
      'application/cbor,application/json',
    ].map((a) => accepting(a, `${maps}/nope`, { view: short })),
  ),
  protocol(
    'media types sent',
    ...[
      '',
      'text/plain',
      'application/xml',
      'application/json; charset=utf-8',
      'application/json;charset=utf-16',
      'application/cbor',
      protobuf,
      'application/octet-stream',
      'multipart/form-data',
      'json',
      'application/JSON',
      'application/yaml; charset=utf-8',
      'text/yaml',
      'application/x-yaml',
    ].map((type) => ({
      path: `${maps}?dryRun=All`,
      body: map(),
      headers: { 'content-type': type },
      view: (b: unknown) => at(b, 'message') ?? at(b, 'kind'),
    })),
  ),
  protocol(
    'patch types',
    quiet(create(maps, map())),
    ...[
      'application/json',
      'text/plain',
      'application/merge-patch+json; charset=utf-8',
      'application/apply-patch+cbor',
      'application/strategic-merge-patch+json',
      'application/json-patch+json',
      'application/apply-patch+json',
      'application/merge-patch+yaml',
      '',
    ].map((type) => ({
      method: 'PATCH',
      path: `${aMap}?fieldManager=x`,
      body: { metadata: { labels: { a: 'b' } } },
      headers: { 'content-type': type },
      view: (b: unknown) => (at(b, 'kind') === 'Status' ? b : at(b, 'kind')),
    })),
  ),
  protocol(
    'cbor',
    quiet(create(maps, map())),
    accepting('application/cbor', aMap, { view: short }),
    accepting('application/cbor', maps, { view: short }),
    { path: maps, type: 'application/cbor', base64: true, body: 'oWRraW5kaUNvbmZpZ01hcA==' },
    {
      path: '/apis/conformance.example.com/v1/namespaces/{ns}/widgets',
      headers: { accept: 'application/cbor' },
      view: short,
    },
    { path: `${maps}?watch=1`, headers: { accept: 'application/cbor-seq' }, view: short },
  ),
  protocol(
    'protobuf of what has none',
    accepting(protobuf, '/apis/conformance.example.com/v1/namespaces/{ns}/widgets'),
    accepting(`${protobuf},application/json`, '/apis/conformance.example.com/v1/namespaces/{ns}/widgets'),
    accepting(protobuf, '/version', { view: keys }),
    accepting(protobuf, '/healthz'),
    accepting(protobuf, '/openapi/v3', { view: (b) => typeof b }),
    accepting(protobuf, '/nope'),
  ),
  protocol(
    'protobuf answers',
    quiet(create(`${maps}`, map('a', {}, { labels: { x: 'y' } }))),
    ...[aMap, `${maps}/nope`, `${maps}?labelSelector=x`, `${maps}?labelSelector=bad%20x`].map((p) =>
      accepting(protobuf, p, { view: (b) => String(b).slice(0, 20) }),
    ),
    accepting(`${protobuf};as=Table;v=v1;g=meta.k8s.io`, `${maps}?labelSelector=x`, {
      view: (b) => String(b).slice(0, 20),
    }),
    accepting(`${protobuf};as=PartialObjectMetadata;v=v1;g=meta.k8s.io`, aMap, { view: (b) => String(b).slice(0, 20) }),
  ),
  protocol(
    'gzip',
    quiet(create(maps, map('a', { k: 'x'.repeat(200000) }))),
    { ...read(aMap, { headers: { 'accept-encoding': 'gzip' } }), view: () => 0 },
    { ...read(aMap, { headers: { 'accept-encoding': 'gzip, deflate' } }), view: () => 0 },
    { ...read(aMap, { headers: { 'accept-encoding': 'identity' } }), view: () => 0 },
    { ...read(`${maps}/nope`, { headers: { 'accept-encoding': 'gzip' } }) },
    { ...read('/openapi/v2', { headers: { 'accept-encoding': 'gzip' } }), view: () => 0 },
    { ...read('/apis', { headers: { 'accept-encoding': 'gzip' } }), view: () => 0 },
    { ...read('/metrics', { headers: { 'accept-encoding': 'gzip' } }), view: () => 0 },
  ),
  protocol(
    'table forms of a kind without columns',
    quiet(
      create(`${inNamespace}/limitranges`, {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l' },
        spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] },
      }),
    ),
    read(`${inNamespace}/limitranges`, { headers: tables }),
    read('/apis/node.k8s.io/v1/runtimeclasses', { headers: tables }),
    read('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', { headers: tables }),
    read('/apis/resource.k8s.io/v1/deviceclasses', { headers: tables }),
  ),
  protocol(
    'errors in other forms',
    ...(
      [
        { accept: 'application/yaml' },
        { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' },
        { accept: 'text/html' },
        { 'user-agent': 'curl/8' },
      ] as Headers[]
    ).flatMap((headers) => [
      read(`${maps}/nope`, { headers }),
      create(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'A' } }, { headers }),
    ]),
    read(`${maps}/nope?pretty=true`),
  ),
  protocol(
    'scales in other forms',
    quiet(
      create(deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { replicas: 1, selector, template },
      }),
    ),
    read(`${deployments}/d/scale`, { headers: tables }),
    read(`${deployments}/d/scale`, {
      headers: { accept: 'application/yaml' },
      view: (b) =>
        String(b)
          .split('\n')
          .filter((l) => !/uid|resourceV|creationT|name/.test(l)),
    }),
    replace(`${deployments}/d/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'd', namespace: '{ns}' },
      spec: { replicas: -1 },
    }),
    replace(`${deployments}/d/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'e' },
      spec: { replicas: 1 },
    }),
    replace(`${deployments}/d/scale`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } }),
    patched(`${deployments}/d/scale`, { spec: { replicas: 3 } }, 'application/merge-patch+json'),
    {
      ...applied(
        `${deployments}/d/scale`,
        { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 4 } },
        'sc',
      ),
      view: pick('spec', 'metadata.managedFields', 'message'),
    },
  ),
  protocol(
    'tables of what is refused',
    { method: 'POST', path: maps, body: map('A'), headers: tables },
    create(maps, map('ok'), { headers: tables }),
    { method: 'DELETE', path: `${maps}/ok`, headers: tables },
    { method: 'PATCH', path: `${maps}/ok`, body: {}, type: 'application/merge-patch+json', headers: tables },
  ),
  protocol(
    'the same with metadata alone',
    create(maps, map('ok'), { headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' } }),
    {
      ...patched(`${maps}/ok`, { data: { z: '1' } }),
      headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' },
    },
    {
      method: 'DELETE',
      path: `${maps}/ok`,
      headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' },
    },
    {
      method: 'DELETE',
      path: maps,
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
      view: (b) => at(b, 'kind'),
    },
  ),
];
