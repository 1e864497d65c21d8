/** Media types, headers, bodies. */
import type { Case } from '../../harness.ts';
import { get, pathOf } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { map, one, withQuery } from './shared.ts';

export const protocol: Case[] = [
  one(
    'protocol: paths',
    ...[
      '/api/v1/',
      '/api/v1/nope',
      '/api/v2',
      '/apis/',
      '/apis/nope',
      '/apis/apps',
      '/apis/apps/',
      '/apis/apps/v9',
      '/apis/apps/v1/nope',
      '/api/v1/namespaces/{ns}/',
      '/api/v1/namespaces/{ns}/pods/',
      '/api/v1/namespaces/{ns}/pods/a/',
      '/api/v1/namespaces/{ns}/pods/a/nope',
      '/api/v1//namespaces',
      '//api/v1',
      '/api/v1/namespaces/{ns}/nope/a',
      '/nope',
      '/',
      '/api/v1/namespaces/{ns}/pods/a%2Fb',

      '/api/v1/../v1/nodes',
      '/apis/apps/v1/deployments/a',
      '/api/v1/pods/a',
      '/apis/nope.example.com/v1/x',
      '/version/',
      '/healthz/',
      '/healthz/nope',
      '/livez?verbose',
      '/readyz?exclude=nope',
      '/readyz/ping',
      '/logs',
      '/metrics/slis',
      '/.well-known/openid-configuration',
      '/openid/v1/jwks',
    ].map((path) => ({
      path,
      view: (found: unknown) =>
        typeof found === 'string'
          ? found.slice(0, 60)
          : (found as { kind?: string; message?: string; paths?: unknown }).kind === 'Status'
            ? found
            : Object.keys(found as object).sort(),
    })),
  ),
  one(
    'protocol: methods',
    ...['OPTIONS', 'HEAD', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'POST', 'LINK'].flatMap((method) =>
      [
        '/api',
        '/apis/apps/v1',
        '/version',
        '/healthz',
        '/api/v1/namespaces/{ns}/pods',
        '/api/v1/namespaces/{ns}/pods/zz',
        '/openapi/v2',
        '/metrics/nope',
      ].map((path) => ({
        method,
        path,
        view: (found: unknown) =>
          typeof found === 'string' ? found.slice(0, 40) : (found as { message?: string }).message,
      })),
    ),
  ),
  one(
    'protocol: content types',
    ...[
      'application/yaml',
      'application/json; charset=utf-8',
      'application/JSON',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json;',
      'application',
      'application/vnd.kubernetes.protobuf',
      'application/cbor',
      'application/json, text/plain',
    ].map((type) => ({ ...withQuery(map(), 'dryRun=All'), type })),
  ),
  one(
    'protocol: pretty',
    quiet(map()),
    { ...get('ConfigMap', '?pretty=true'), view: (found) => typeof found },
    { ...get('ConfigMap'), headers: { 'user-agent': 'curl/8' }, view: (found) => typeof found },
  ),
  one(
    'protocol: timeouts',
    ...['1s', '0', 'x', '-1s', '1h', '90'].map((value) => ({ path: `${pathOf('ConfigMap')}/zz?timeout=${value}` })),
    ...['1s', 'x', '40s'].map((value) => withQuery(map(), `dryRun=All&timeout=${value}`)),
  ),
  one(
    'protocol: discovery',
    {
      path: '/apis',
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      view: (found) => Object.keys(found as object),
    },
    {
      path: '/api',
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' },
      view: (found) =>
        (found as { items?: { versions: { resources: unknown[] }[] }[] }).items?.[0]?.versions[0]?.resources.slice(
          0,
          6,
        ),
    },
    { path: '/apis/batch/v1' },
    { path: '/apis/policy' },
    { path: '/apis/autoscaling' },
    {
      path: '/api/v1',
      view: (found) =>
        (found as { resources?: { name: string; verbs: string[] }[] }).resources
          ?.map(({ name, verbs }) => `${name}: ${verbs.join(' ')}`)
          .sort(),
    },
  ),
];
