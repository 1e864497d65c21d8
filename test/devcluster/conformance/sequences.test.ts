/**
 * Random sequences of writes by several managers, on the real server and on the embedded one: the same answers, and the same
 * objects in the end. Runs where KUBECHAIN_TEST_SERVER=real; SEQUENCES is how many.
 */
import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import fc from 'fast-check';
import { type ApiServer, startApiServer } from '../../../devcluster/index.ts';
import { testsRealServer } from '../../support/server.ts';
import { configMaps, widgets } from './cases/write.cases.ts';
import { prepare } from './cases.ts';
import { type Connection, connect, connectTo, run, type Step } from './harness.ts';

const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
const count = Number(process.env.SEQUENCES ?? 60);

// An empty map of labels makes a new version of a custom resource there, and none here.
const labels = fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { minKeys: 1, maxKeys: 2 });
const managers = fc.constantFrom('one', 'two');
const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 3 });
const tags = fc.uniqueArray(fc.constantFrom('r', 's', 't'), { maxLength: 3 });
const items = fc.uniqueArray(fc.record({ name: fc.constantFrom('p', 'q'), value: fc.constantFrom('1', '2') }), {
  maxLength: 2,
  selector: (item) => item.name,
});
const size = fc.integer({ min: 0, max: 3 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

interface Kind {
  readonly path: string;
  readonly head: { readonly apiVersion: string; readonly kind: string };
  readonly content: fc.Arbitrary<object>;
  readonly strategic: boolean;
}

const variables = fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B'), value: fc.constantFrom('1', '2') }), {
  maxLength: 2,
  selector: (item) => item.name,
});
const kinds: readonly Kind[] = [
  {
    path: configMaps,
    head: { apiVersion: 'v1', kind: 'ConfigMap' },
    content: fc.record({ data: optional(data) }),
    strategic: true,
  },
  {
    path: widgets,
    head: { apiVersion: 'conformance.example.com/v1', kind: 'Widget' },
    content: fc.record({
      spec: fc.record({
        size,
        color: optional(fc.constantFrom('red', 'blue', 'green')),
        tags: optional(tags),
        items: optional(items),
      }),
    }),
    strategic: false,
  },
  {
    path: deployments,
    head: { apiVersion: 'apps/v1', kind: 'Deployment' },
    content: fc
      .record({ replicas: optional(fc.constantFrom(0, 1)), image: fc.constantFrom('i', 'j'), env: optional(variables) })
      .map(({ replicas, image, env }) => ({
        spec: {
          replicas,
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image, env }] } },
        },
      })),
    strategic: true,
  },
];

function operation({ path, head, content, strategic }: Kind): fc.Arbitrary<Step> {
  const own = `${path}/a`;
  const whole = fc
    .record({
      content,
      labels: optional(labels),
      finalizers: fc.constantFrom(undefined, undefined, ['example.com/f'], []),
    })
    .map(({ content: fields, labels: given, finalizers }) => ({
      ...head,
      metadata: { name: 'a', labels: given, finalizers },
      ...fields,
    }));
  const by = (manager: string): string => `fieldManager=${manager}`;
  return fc.oneof(
    fc.tuple(whole, managers).map(([body, manager]) => ({ path: `${path}?${by(manager)}`, body })),
    fc.tuple(whole, managers).map(([body, manager]) => ({ method: 'PUT', path: `${own}?${by(manager)}`, body })),
    fc.tuple(whole, managers, fc.boolean()).map(([body, manager, force]) => ({
      method: 'PATCH',
      path: `${own}?${by(manager)}&force=${force}`,
      body,
      type: 'application/apply-patch+yaml',
    })),
    fc.tuple(whole, managers, fc.boolean()).map(([body, manager, merge]) => ({
      method: 'PATCH',
      path: `${own}?${by(manager)}`,
      body,
      type: merge || !strategic ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json',
    })),
    fc
      .tuple(
        fc.constantFrom('add', 'remove', 'replace', 'test'),
        fc.constantFrom('/metadata/labels', '/metadata/labels/x'),
        labels,
      )
      .map(([op, at, value]) => ({
        method: 'PATCH',
        path: own,
        body: [{ op, path: at, value: at.endsWith('x') ? '3' : value }],
        type: 'application/json-patch+json',
      })),
    fc
      .constantFrom('', '?propagationPolicy=Background', '?dryRun=All')
      .map((query) => ({ method: 'DELETE', path: `${own}${query}` })),
  );
}

/** Entries of managedFields stand in the order of their seconds, which is another on each server. */
function sorted(answers: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answers, (key, value: unknown) =>
      key === 'managedFields' && Array.isArray(value) ? value.map((entry) => JSON.stringify(entry)).sort() : value,
    ),
  );
}

describe('sequences of writes end as on the real API server', () => {
  let server: ApiServer;
  let ours: Connection;
  let real: Connection;
  const agent = new Agent({ keepAlive: true });

  before(async function () {
    if (!testsRealServer) this.skip();
    server = await startApiServer({ inMemory: true });
    ours = connectTo(server.kubeconfig);
    real = connect(process.env.KUBECONFIG ?? '');
    await Promise.all([prepare(ours, agent), prepare(real, agent)]);
  });
  after(async () => {
    agent.destroy();
    await server?.close();
  });

  for (const kind of kinds) {
    it(kind.head.kind, async function () {
      this.timeout(count * 2000);
      const property = fc.asyncProperty(
        fc.array(operation(kind), { minLength: 2, maxLength: 7 }),
        async (operations) => {
          const steps = [...operations, { path: `${kind.path}/a` }];
          const name = `seq-${Math.random().toString(36).slice(2, 9)}`;
          const item = { area: 'sequence', name: kind.head.kind, steps };
          const [theirs, own] = await Promise.all([run(real, agent, item, name), run(ours, agent, item, name)]);
          assert.deepEqual(sorted(own), sorted(theirs));
        },
      );
      const seed = process.env.SEQUENCE_SEED;
      await fc.assert(property, {
        numRuns: count,
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        endOnFailure: false,
      });
    });
  }
});
