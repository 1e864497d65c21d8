/**
 * Mutated requests: whatever is sent, the server answers, with a code that means something, and goes on serving. DEVCLUSTER_FUZZ
 * is how many are sent (10,000 in the full run); with FUZZ_REAL, a kubeconfig, every 500 is asked of a real server too, which
 * must give one as well.
 */
import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import fc from 'fast-check';
import { type ApiServer, startApiServer } from '../../devcluster/index.ts';
import { installCrds } from './conformance/cases/crd.cases.ts';
import { kinds } from './conformance/cases/kinds.objects.ts';
import { type Answer, type Connection, connect, connectTo, type Step, send } from './conformance/harness.ts';

const count = Number(process.env.DEVCLUSTER_FUZZ ?? 400);
const realPath = process.env.FUZZ_REAL;

const nasty: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  9007199254740993n.toString(),
  '',
  'x',
  'A_b',
  '\u0000',
  '__proto__',
  'constructor',
  '../..',
  '$(A)',
  '{{',
  'x'.repeat(300),
  [],
  {},
  [null],
  [[]],
  [{}],
  { a: { b: { c: [] } } },
  { $patch: 'delete' },
  { $retainKeys: ['a'] },
  { $setElementOrder: [] },
];
const odd = fc.constantFrom(...nasty);
const expressions = [
  'self',
  'self.x',
  'self ==',
  'has(self.a)',
  'self.all(x, x)',
  "''.matches('(')",
  '1/0 == 1',
  'self.a.b.c',
];

/** An object with some of its values replaced, dropped or doubled. */
function mutate(
  object: unknown,
  picks: readonly { readonly at: number; readonly how: number; readonly by: unknown }[],
): unknown {
  const copy: unknown = structuredClone(object);
  for (const { at, how, by } of picks) {
    const places: [holder: { [key: string]: unknown }, key: string][] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) {
        places.push([value as { [key: string]: unknown }, key]);
        walk((value as { [key: string]: unknown })[key]);
      }
    };
    walk(copy);
    const place = places[at % Math.max(1, places.length)];
    if (place === undefined) continue;
    const [holder, key] = place;
    if (how === 0) delete holder[key];
    else if (how === 1) holder[`${key}x`] = holder[key];
    else if (how === 2) holder[key] = [holder[key], holder[key]];
    else holder[key] = structuredClone(by);
  }
  return copy;
}

const objects = [
  ...kinds.map((kind) => ({
    kind,
    body: { apiVersion: kind.group, kind: kind.kind, metadata: { name: 'f' }, ...kind.body },
  })),
  ...installCrds.map(({ body }) => ({
    kind: {
      group: 'apiextensions.k8s.io/v1',
      plural: 'customresourcedefinitions',
      kind: 'CustomResourceDefinition',
      namespaced: false,
      body: {},
    },
    body: body as object,
  })),
];
const picks = fc.array(
  fc.record({ at: fc.nat(200), how: fc.nat(5), by: fc.oneof(odd, fc.constantFrom(...expressions)) }),
  { maxLength: 3 },
);
const media = fc.constantFrom(
  'application/json',
  'application/yaml',
  'text/plain',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  '',
);
const patches = fc.constantFrom(
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
);
const words = fc.constantFrom(
  '',
  'a=b',
  'a in (',
  '!',
  'metadata.name=f',
  'x,,y',
  'All',
  'Strict',
  '1',
  '-1',
  '0',
  'true',
  'x',
  '%00',
  'NotOlderThan',
  'Exact',
  'eyJ2IjoxfQ',
);
const parameters = fc.constantFrom(
  'labelSelector',
  'fieldSelector',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'dryRun',
  'fieldValidation',
  'fieldManager',
  'force',
  'propagationPolicy',
  'timeout',
  'pretty',
  'gracePeriodSeconds',
  'includeObject',
);
const accepts = fc.constantFrom(
  undefined,
  'application/json',
  'application/yaml',
  'application/json;as=Table;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  'text/html',
  ';;;',
  'application/vnd.kubernetes.protobuf',
);
const operations = fc.array(
  fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'test', 'move', 'copy', 'nope'),
    path: fc.constantFrom('', '/', '/spec', '/metadata/labels', '/spec/x/0', '/metadata/-', '/~2', 'x'),
    value: odd,
    from: fc.constantFrom('/spec', '/nope', ''),
  }),
  { maxLength: 3 },
);

const request: fc.Arbitrary<Step> = fc
  .record({
    object: fc.constantFrom(...objects),
    picks,
    method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'OPTIONS'),
    tail: fc.constantFrom(
      '',
      '',
      '/f',
      '/f',
      '/f',
      '/f/status',
      '/f/scale',
      '/f/nope',
      '//',
      '/f/binding',
      '/f/eviction',
      '/%2e%2e',
    ),
    query: fc.array(fc.tuple(parameters, words), { maxLength: 3 }),
    type: media,
    patch: patches,
    operations,
    accept: accepts,
    cut: fc.option(fc.nat(400), { freq: 8 }),
  })
  .map(({ object, picks: chosen, method, tail, query, type, patch, operations: list, accept, cut }) => {
    const { kind } = object;
    const root = kind.group.includes('/') ? `/apis/${kind.group}` : `/api/${kind.group}`;
    const path = `${root}${kind.namespaced ? '/namespaces/fuzz' : ''}/${kind.plural}${tail}`;
    const search = query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
    const changed = mutate(object.body, chosen);
    let text = JSON.stringify(method === 'PATCH' && patch.includes('json-patch') ? list : changed);
    if (cut !== null) text = text.slice(0, cut);
    const sends =
      method === 'POST' || method === 'PUT' || method === 'PATCH' || (method === 'DELETE' && chosen.length > 2);
    return {
      method,
      path: search === '' ? path : `${path}?${search}`,
      ...(sends ? { body: text, type: method === 'PATCH' ? patch : type } : {}),
      ...(accept === undefined ? {} : { headers: { accept } }),
    };
  });

describe('mutated requests', () => {
  let server: ApiServer;
  let ours: Connection;
  let real: Connection | undefined;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fuzz' } };

  before(async function () {
    this.timeout(60_000);
    server = await startApiServer({ inMemory: true });
    ours = connectTo(server.kubeconfig);
    if (realPath !== undefined) real = connect(realPath);
    for (const connection of real === undefined ? [ours] : [ours, real]) {
      await send(connection, { path: '/api/v1/namespaces', body: namespace }, agent);
      for (const step of installCrds) await send(connection, step, agent);
    }
  });
  after(async () => {
    agent.destroy();
    await server.close();
  });

  /** Sends a request to the real server, with the object there that it meets here. */
  async function askReal(to: Connection, step: Step): Promise<Answer | Error> {
    const path = /^(\/api.*?)\/f(?=[/?]|$)/.exec(step.path);
    const met = path === null ? undefined : await send(ours, { path: path[0] }, agent);
    if (path !== null && met?.code === 200) {
      const { status: _, metadata, ...rest } = met.body as { status?: unknown; metadata: { [key: string]: unknown } };
      const { name, labels, annotations } = metadata;
      await send(to, { path: path[1] ?? '', body: { ...rest, metadata: { name, labels, annotations } } }, agent);
    }
    return send(to, step, agent).catch((error: Error) => error);
  }

  it(`${count} of them: each has its answer, and no 500 of our own making`, async function () {
    this.timeout(Math.max(20_000, count * 60));
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
    const steps = fc.sample(request, { numRuns: count, seed });
    const failures: string[] = [];
    const waiting = [...steps];
    const worker = async (): Promise<void> => {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        const answer: Answer | Error = await send(ours, step, agent).catch((error: Error) => error);
        const shown = `seed ${seed}: ${step.method} ${step.path} ${step.type ?? ''} ${String(step.body ?? '').slice(0, 1500)}`;
        if (answer instanceof Error) failures.push(`${shown}\n  ${answer.message}`);
        else if (answer.code >= 500 && answer.code !== 504) {
          const message = (answer.body as { message?: string } | undefined)?.message ?? JSON.stringify(answer.body);
          const theirs = real === undefined ? undefined : await askReal(real, step);
          const same = theirs instanceof Error || (theirs !== undefined && theirs.code >= 500);
          if (real === undefined ? ownFault.test(message) : !same)
            failures.push(
              `${shown}\n  ${answer.code} ${message}${theirs === undefined || theirs instanceof Error ? '' : ` (real: ${theirs.code} ${JSON.stringify(theirs.body).slice(0, 300)})`}`,
            );
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    assert.deepEqual(failures, []);
    const alive = await send(ours, { path: '/readyz' }, agent);
    assert.equal(alive.code, 200);
  });
});

/** What a message of a program's fault looks like, as opposed to the real server's own words. */
const ownFault =
  /is not a function|is not iterable|undefined|Cannot (?:read|set|convert|access|destructure)|Maximum call stack|Invalid (?:array|string) length|is not defined|BigInt|out of range|Symbol/;
