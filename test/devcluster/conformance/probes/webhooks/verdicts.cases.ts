/** What webhooks answer. */
import type { Verdict } from '../../../../support/webhookServer.ts';
import type { Case } from '../../harness.ts';
import { create, hook, hooked, map, patched, patchOf, text, whole } from '../../probes.admission.objects.ts';

const validating: readonly [string, Verdict][] = [
  ['denied', { allowed: false }],
  ['denied, empty status', { allowed: false, status: {} }],
  ['denied with a message', { allowed: false, status: { message: 'no' } }],
  ['denied with a reason', { allowed: false, status: { reason: 'Forbidden' } }],
  ['denied with message and reason', { allowed: false, status: { message: 'no', reason: 'NotFound' } }],
  ['denied 403', { allowed: false, status: { code: 403, message: 'no', reason: 'Forbidden' } }],
  ['denied 404', { allowed: false, status: { code: 404 } }],
  [
    'denied 422 with details',
    {
      allowed: false,
      status: {
        code: 422,
        message: 'bad',
        reason: 'Invalid',
        details: { name: 'x', kind: 'y', causes: [{ field: 'a', message: 'b', reason: 'c' }] },
      },
    },
  ],
  ['denied 500', { allowed: false, status: { code: 500, message: 'oops' } }],
  ['denied 200', { allowed: false, status: { code: 200 } }],
  ['denied 302', { allowed: false, status: { code: 302, message: 'x' } }],
  ['denied as a success', { allowed: false, status: { status: 'Success', message: 'fine' } }],
  ['denied with retry', { allowed: false, status: { code: 429, message: 'slow', details: { retryAfterSeconds: 7 } } }],
  ['denied with a warning', { allowed: false, warnings: ['careful'], status: { message: 'no' } }],
  ['allowed with warnings', { allowed: true, warnings: ['one', 'two "quoted"', 'back\\slash'] }],
  ['allowed with a status', { allowed: true, status: { code: 400, message: 'ignored' } }],
  ['allowed with audit annotations', { allowed: true, auditAnnotations: { k: 'v', 'a/b': 'c' } }],
  ['allowed with a patch', patched([{ op: 'add', path: '/data/x', value: '1' }])],
  ['allowed with a patch type only', { allowed: true, patchType: 'JSONPatch' }],
  ['denied over lines', { allowed: false, status: { message: 'line one\nline "two"' } }],
  ['denied with a message of another script', { allowed: false, status: { message: 'nein — ÄÖ 漢字' } }],
  ['a wrong uid', { uid: 'wrong', allowed: true }],
  ['an empty uid', { uid: '', allowed: true }],
  ['no response', whole(({ response: _, ...rest }) => rest)],
  ['a null response', whole((review) => ({ ...review, response: null }))],
  ['an empty response', whole((review) => ({ ...review, response: {} }))],
  ['another version', whole((review) => ({ ...review, apiVersion: 'admission.k8s.io/v1beta1' }))],
  ['an unknown version', whole((review) => ({ ...review, apiVersion: 'admission.k8s.io/v2' }))],
  ['another group', whole((review) => ({ ...review, apiVersion: 'v1' }))],
  ['another kind', whole((review) => ({ ...review, kind: 'Status' }))],
  ['no kind', whole(({ kind: _, ...rest }) => rest)],
  ['no version', whole(({ apiVersion: _, ...rest }) => rest)],
  ['a Status', whole(() => ({ apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'why', code: 400 }))],
  [
    'a Status of failure',
    (_request, response, _review) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Status',
          status: 'Failure',
          message: 'why',
          reason: 'Forbidden',
          code: 403,
        }),
      );
    },
  ],
  ['a list', text(200, '[]')],
  ['a number', text(200, '5')],
  ['no JSON', text(200, 'hello')],
  ['half of it', text(200, '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"')],
  ['nothing', text(200, '')],
  ['nothing as 204', text(204, '')],
  ['YAML', text(200, 'apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nresponse: {allowed: true}\n')],
  ['HTML', text(200, '<html></html>', 'text/html')],
  ['201', text(201, '{}')],
  [
    '302 elsewhere',
    (_request, response, _review) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    },
  ],
  ...[400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504].map((code): [string, Verdict] => [
    `an error ${code}`,
    text(code, `trouble ${code}`, 'text/plain'),
  ]),
  ['an error with a long text', text(500, 'x'.repeat(3000), 'text/plain')],
  ['an error without text', text(500, '', 'text/plain')],
  ['a text for allowed', { allowed: 'true' }],
  ['a number for allowed', { allowed: 1 }],
  ['null for allowed', { allowed: null }],
  ['a text for status', { allowed: false, status: 'no' }],
  ['a text for code', { allowed: false, status: { code: '403' } }],
  ['a text for warnings', { allowed: true, warnings: 'careful' }],
  ['unknown fields', { allowed: true, nope: 1, patchtype: 'x' }],
];

export const verdictCases = validating.flatMap(([name, verdict]): Case[] => [
  hooked(`validating: ${name}`, { Validating: [hook('h')] }, { h: verdict }, create),
]);

export const ignored = validating
  .filter(([name]) => /uid|error 500|no JSON|unknown version|patch|denied$/.test(name))
  .map(([name, verdict]) =>
    hooked(
      `validating, ignoring failure: ${name}`,
      { Validating: [hook('h', { failurePolicy: 'Ignore' })] },
      { h: verdict },
      create,
    ),
  );

const patches: readonly [string, Verdict][] = [
  ['add', patched([{ op: 'add', path: '/data/x', value: '1' }])],
  ['a label', patched([{ op: 'add', path: '/metadata/labels/x', value: 'y' }])],
  ['replace', patched([{ op: 'replace', path: '/data/n', value: '5' }])],
  ['remove', patched([{ op: 'remove', path: '/data' }])],
  ['remove what is missing', patched([{ op: 'remove', path: '/data/zz' }])],
  ['replace what is missing', patched([{ op: 'replace', path: '/data/zz', value: '1' }])],
  ['move', patched([{ op: 'move', from: '/data/n', path: '/data/m' }])],
  ['move what is missing', patched([{ op: 'move', from: '/data/zz', path: '/data/m' }])],
  ['copy', patched([{ op: 'copy', from: '/data/n', path: '/data/m' }])],
  ['copy what is missing', patched([{ op: 'copy', from: '/data/zz', path: '/data/m' }])],
  [
    'test',
    patched([
      { op: 'test', path: '/data/n', value: '4' },
      { op: 'add', path: '/data/t', value: '1' },
    ]),
  ],
  ['test that fails', patched([{ op: 'test', path: '/data/n', value: '9' }])],
  ['nothing', patched([])],
  ['null', patched(null)],
  ['an object', patched({ data: {} })],
  ['a text', patched('x')],
  ['an unknown operation', patched([{ op: 'frob', path: '/data' }])],
  ['no operation', patched([{ path: '/data' }])],
  ['no path', patched([{ op: 'add', value: 1 }])],
  ['a path without slash', patched([{ op: 'add', path: 'data', value: {} }])],
  ['no value', patched([{ op: 'add', path: '/data/x' }])],
  ['the root', patched([{ op: 'replace', path: '', value: map('a', {}, { r: '1' }) }])],
  ['a wrong type', patched([{ op: 'replace', path: '/data/n', value: 5 }])],
  ['an unknown field', patched([{ op: 'add', path: '/nope', value: 5 }])],
  ['another kind', patched([{ op: 'replace', path: '/kind', value: 'Secret' }])],
  ['another version', patched([{ op: 'replace', path: '/apiVersion', value: 'v2' }])],
  ['another name', patched([{ op: 'replace', path: '/metadata/name', value: 'b' }])],
  ['a bad name', patched([{ op: 'replace', path: '/metadata/name', value: 'B_' }])],
  ['another namespace', patched([{ op: 'replace', path: '/metadata/namespace', value: 'default' }])],
  ['a bad label', patched([{ op: 'add', path: '/metadata/labels/a b', value: 'y' }])],
  ['a resourceVersion', patched([{ op: 'add', path: '/metadata/resourceVersion', value: '5' }])],
  ['a uid', patched([{ op: 'add', path: '/metadata/uid', value: 'x' }])],
  ['managedFields', patched([{ op: 'add', path: '/metadata/managedFields', value: [] }])],
  ['no metadata', patched([{ op: 'remove', path: '/metadata' }])],
  ['without a type', { allowed: true, patch: patchOf([]) }],
  ['with another type', { allowed: true, patchType: 'MergePatch', patch: patchOf([]) }],
  ['a type without a patch', { allowed: true, patchType: 'JSONPatch' }],
  ['no JSON', { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('nope').toString('base64') }],
  ['no base64', { allowed: true, patchType: 'JSONPatch', patch: '***' }],
  ['an empty patch', { allowed: true, patchType: 'JSONPatch', patch: '' }],
  [
    'a patch and a refusal',
    { ...patched([{ op: 'add', path: '/data/x', value: '1' }]), allowed: false, status: { message: 'no' } },
  ],
];

export const patchCases = patches.flatMap(([name, verdict]) => [
  hooked(`mutating: ${name}`, { Mutating: [hook('h')] }, { h: verdict }, create),
]);
