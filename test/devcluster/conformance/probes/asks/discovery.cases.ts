/** Discovery, health and OpenAPI. */
import type { Case } from '../../harness.ts';
import { objectOf, withDefinition } from '../../probes.things.ts';
import { at, code, create, type Fields, includes, pick, quiet, read } from '../../steps.ts';
import {
  accepting,
  by,
  keys,
  pathsOf,
  pod,
  pods,
  protocol,
  richSchema,
  schemasOf,
  severalVersions,
  short,
  yaml,
} from './shared.ts';

/** Without what other cases define meanwhile. */
const ofBuiltins = (b: unknown): unknown =>
  (at(b, 'paths') as string[]).filter((p) => !p.split('/')[2]?.includes('.') || p.includes('k8s.io'));

export const discoveryAsked: readonly Case[] = [
  protocol(
    'root paths',
    read('/', { view: ofBuiltins }),
    read('/', { headers: yaml, view: (b) => typeof b === 'string' && b.slice(0, 20) }),
    read('/', { headers: { accept: 'text/html' }, view: ofBuiltins }),
    by('HEAD', '/'),
    { ...by('POST', '/'), view: ofBuiltins },
    { ...by('OPTIONS', '/'), view: ofBuiltins },
  ),
  protocol(
    'version',
    read('/version', { view: keys }),
    read('/version', {
      view: pick(
        'major',
        'minor',
        'platform',
        'emulationMajor',
        'emulationMinor',
        'minCompatibilityMajor',
        'minCompatibilityMinor',
        'compiler',
        'gitVersion',
        'gitTreeState',
      ),
    }),
    read('/version/'),
    by('HEAD', '/version'),
    by('POST', '/version'),
    accepting('application/yaml', '/version', { view: keys }),
    accepting('text/plain', '/version', { view: keys }),
  ),
  protocol(
    'api',
    read('/api', { view: pick('kind', 'versions', 'apiVersion') }),
    read('/apis', {
      view: (b) => (at(b, 'groups.*.name') as string[]).filter((n) => !n.includes('.')).sort(),
    }),
    read('/apis/apps'),
    read('/apis/nope'),
    read('/apis/apps/v2'),
    read('/api/v2'),
  ),
  protocol(
    'aggregated',
    accepting('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', '/api'),
    accepting('application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList', '/api', {
      view: pick('kind', 'apiVersion'),
    }),
    accepting('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', '/apis/apps', {
      view: pick('kind'),
    }),
    accepting('application/yaml;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', '/api', { view: short }),
    accepting('application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList', '/api', { view: short }),
    accepting('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json', '/api/v1', {
      view: pick('kind'),
    }),
  ),
  protocol(
    'aggregated, cached',
    { ...accepting('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', '/api'), quiet: true },
    {
      ...accepting('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', '/api'),
      headers: {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
        'if-none-match': '"x"',
      },
      view: pick('kind'),
    },
    by('HEAD', '/api'),
    by('HEAD', '/apis'),
  ),
  protocol(
    'OpenAPI',
    read('/openapi/v3', {
      view: (b) =>
        Object.keys((at(typeof b === 'string' ? JSON.parse(b) : b, 'paths') ?? {}) as object)
          .filter((p) => !p.split('/')[1]?.includes('.'))
          .sort(),
    }),
    read('/openapi/v3/api/v1', { view: pick('openapi', 'info') }),
    read('/openapi/v3/apis/nope'),
    read('/openapi/v2', { view: pick('swagger', 'info') }),
    by('HEAD', '/openapi/v2'),
    read('/openapi'),
    read('/openapi/v1'),
    read('/swagger.json'),
    read('/swaggerapi'),
  ),
  protocol(
    'OpenAPI of a group',
    read('/openapi/v3/apis/apps/v1', { view: pathsOf }),
    read('/openapi/v3/apis', { view: pathsOf }),
    read('/openapi/v3/version', { view: pathsOf }),
    read('/openapi/v3/api', { view: pathsOf }),
    read('/openapi/v3/apis/batch', { view: pathsOf }),
  ),
  protocol(
    'OpenAPI of a kind',
    read('/openapi/v3/apis/policy/v1', {
      view: (b) => at(b, 'components.schemas') && Object.keys(at(b, 'components.schemas') as object).sort(),
    }),
    read('/openapi/v3/apis/policy/v1', {
      view: (b) => (at(b, 'paths') as Fields)['/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets/{name}'],
    }),
  ),
  protocol(
    'health',
    ...['/healthz', '/livez', '/readyz'].flatMap((p) => [
      read(p),
      read(`${p}/ping`),
      read(`${p}/nope`),
      read(`${p}/log`),
      read(`${p}?exclude=ping`),
      by('HEAD', p),
    ]),
  ),
  protocol(
    'health said at length',
    ...['/healthz', '/livez', '/readyz'].map((p) =>
      read(`${p}?verbose`, {
        view: (b) =>
          String(b)
            .split('\n')
            .map((l) => l.replace(/^\[.\]/, ''))
            .filter((l) => !l.includes('poststarthook')),
      }),
    ),
    read('/readyz?verbose&exclude=etcd', {
      view: (b) =>
        String(b)
          .split('\n')
          .filter((l) => /etcd|warn|exclu|passed/.test(l)),
    }),
    read('/livez?exclude=nope', { view: short }),
    read('/livez?verbose&exclude=nope', { view: (b) => String(b).split('\n').slice(-3) }),
  ),
  protocol(
    'health hooks',
    read('/readyz?verbose', {
      view: (b) =>
        String(b)
          .split('\n')
          .filter((l) => l.includes('poststarthook'))
          .sort(),
    }),
  ),
  protocol(
    'requests of resources',
    read('/api/v1', { view: (b) => at(b, 'resources') }),
    read('/apis/apps/v1'),
    read('/apis/authorization.k8s.io/v1'),
    read('/apis/policy/v1'),
    read('/apis/certificates.k8s.io', { view: short }),
  ),
  protocol(
    'fields of a definition explained',
    ...withDefinition(
      {
        type: 'object',
        description: 'A thing.',
        required: ['spec'],
        properties: {
          spec: {
            type: 'object',
            description: 'What is wanted.',
            properties: { size: { type: 'integer', minimum: 1, default: 3 } },
          },
        },
      },
      {},
      {
        ...read('/openapi/v3/apis/{ns}.probe.io/v1'),
        until: (a) => JSON.stringify(a.body).includes('What is wanted'),
        view: schemasOf(/Thing/),
      },
    ),
  ),
  protocol(
    'documents in other forms',
    ...['/api', '/apis', '/apis/apps', '/apis/apps/v1', '/version', '/'].flatMap((p) => [
      read(`${p}?pretty=true`, { view: (b) => (typeof b === 'string' ? b.slice(0, 50) : at(b, 'kind')) }),
      read(p, {
        headers: { accept: 'application/yaml' },
        view: (b) => (typeof b === 'string' ? b.split('\n').slice(0, 3) : (at(b, 'message') ?? at(b, 'kind'))),
      }),
      read(p, {
        headers: { accept: 'application/xml' },
        view: (b) => (typeof b === 'string' ? b.slice(0, 50) : (at(b, 'message') ?? at(b, 'kind'))),
      }),
    ]),
  ),
  protocol(
    'a rich definition in OpenAPI v3',
    ...withDefinition(
      richSchema,
      {},
      { ...read('/openapi/v3/apis/{ns}.probe.io/v1'), until: includes('probe'), view: schemasOf(/Thing$/) },
    ),
  ),
  protocol(
    'a rich definition in OpenAPI v3: operations',
    ...withDefinition(
      richSchema,
      {
        version: {
          subresources: { status: {}, scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status.a' } },
        },
      },
      {
        ...read('/openapi/v3/apis/{ns}.probe.io/v1'),
        until: includes('/scale'),
        view: (b) =>
          Object.fromEntries(
            Object.entries(at(b, 'paths') as object).map(([k, v]) => [k, Object.keys(v as object).sort()]),
          ),
      },
    ),
  ),
  protocol(
    'discovery of a definition in both forms',
    ...withDefinition(
      objectOf({}),
      { ...severalVersions, names: { categories: ['zz'], shortNames: ['t1', 't2'] } },
      { ...read('/apis/{ns}.probe.io/v1beta1'), until: code(200) },
      {
        ...read('/apis', {
          headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
        }),
        view: (b) => JSON.stringify(b).includes('"zz"'),
        until: (a) => JSON.stringify(a.body).includes('"zz"'),
      },
    ),
  ),
  protocol(
    'methods of subresources',
    quiet(create(pods, pod('p'))),
    ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
      ['binding', 'eviction', 'exec', 'log', 'portforward', 'attach', 'resize'].map((sub) => ({
        method,
        path: `${pods}/p/${sub}`,
        ...(method === 'PATCH' || method === 'PUT'
          ? { body: {}, type: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
          : {}),
        view: (b: unknown) => at(b, 'message') ?? at(b, 'kind') ?? b,
      })),
    ),
  ),
];
