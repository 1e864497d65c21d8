/** What is refused, in words. */
import type { Case } from '../../harness.ts';
import { merge } from '../../steps.ts';
import { as, maps, one } from './shared.ts';

// Refusals by verb and path
const w = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';

export const refused: Case[] = (
  [
    ['GET', maps],
    ['GET', `${maps}/a`],
    ['GET', '/api/v1/configmaps'],
    ['GET', `${maps}?watch=1`],
    ['GET', `${maps}?fieldSelector=metadata.name%3Da`],
    ['GET', `${maps}?limit=1&labelSelector=a%3Db`],
    ['POST', maps],
    ['PUT', `${maps}/a`],
    ['PATCH', `${maps}/a`],
    ['DELETE', `${maps}/a`],
    ['DELETE', maps],
    ['HEAD', `${maps}/a`],
    ['OPTIONS', maps],
    ['TRACE', maps],
    ['GET', '/api/v1/namespaces'],
    ['GET', '/api/v1/namespaces/{ns}'],
    ['DELETE', '/api/v1/namespaces/{ns}'],
    ['PUT', '/api/v1/namespaces/{ns}/finalize'],
    ['GET', '/api/v1/nodes/n/status'],
    ['GET', '/api/v1/namespaces/{ns}/pods/p/log'],
    ['POST', '/api/v1/namespaces/{ns}/pods/p/exec'],
    ['GET', '/api/v1/namespaces/{ns}/pods/p/exec'],
    ['POST', '/api/v1/namespaces/{ns}/pods/p/eviction'],
    ['POST', '/api/v1/namespaces/{ns}/pods/p/binding'],
    ['GET', '/api/v1/namespaces/{ns}/services/http:s:80/proxy/x/y'],
    ['GET', '/api/v1/nodes/n/proxy/metrics'],
    ['GET', w],
    ['GET', `${w}/a`],
    ['PATCH', `${w}/a/status`],
    ['GET', `${w}/a/scale`],
    ['POST', w],
    ['GET', '/apis/conformance.example.com/v1/gadgets'],
    ['GET', '/apis/conformance.example.com/v1/gadgets/x'],
    ['GET', '/apis/nope.example.com/v1/nopes/x'],
    ['GET', '/apis/nope.example.com/v1/namespaces/{ns}/nopes/x/y'],
    ['GET', '/metrics'],
    ['POST', '/healthz'],
    ['GET', '/logs/x'],
    ['GET', '/'],
    ['GET', '/apis/apps/v1'],
    ['POST', '/apis/apps/v1'],
    ['GET', '/debug/pprof/'],
    ['GET', '/api/v1/watch/configmaps'],
    ['GET', '/api/v1/watch/namespaces/{ns}/configmaps/a'],
    ['POST', '/apis/authentication.k8s.io/v1/tokenreviews'],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews'],
    ['POST', '/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews'],
    ['POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests'],
    ['PUT', '/apis/certificates.k8s.io/v1/certificatesigningrequests/x/approval'],
  ] as [string, string][]
).map(([method, path]) =>
  one(`forbidden: ${method} ${path}`, {
    method,
    path,
    headers: as('nobody'),
    ...(['POST', 'PUT', 'PATCH'].includes(method) ? { body: {}, ...(method === 'PATCH' ? { type: merge } : {}) } : {}),
    view: (body) => (path === '/apis/apps/v1' && method === 'GET' ? typeof body : body),
  }),
);
