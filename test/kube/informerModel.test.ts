import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createInformer, type KubeClient, KubeError, keyOf, type WatchEvent } from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { createManualClock } from '../support/manualClock.ts';
import { WIDGETS, type Widget, widget } from './scriptedServer.ts';

/** What the server did, in memory: the model, and a client whose watch can be held, cut and expired. */
function createModel() {
  const objects = new Map<string, Widget>();
  const history: { version: number; event: WatchEvent<Widget> }[] = [];
  let version = 10;
  let compacted = 0;
  /** The last event that is forgotten. */
  let lost = 0;
  let born = 0;
  let held = false;
  let wake: (() => void) | undefined;
  /** Errors for the calls to come, first in first out. */
  const faults: KubeError[] = [];
  /** Ends the watch under way with this. */
  let cut: KubeError | 'end' | undefined;

  const poke = (): void => wake?.();
  const record = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Widget): void => {
    history.push({ version, event: { type, object } });
    poke();
  };
  async function* watch(from: number, signal: AbortSignal | undefined): AsyncGenerator<WatchEvent<Widget>> {
    const fault = faults.shift();
    if (fault !== undefined) throw fault;
    if (from < compacted) throw new KubeError('Gone', 'too old');
    let seen = from;
    for (;;) {
      if (signal?.aborted) throw new KubeError('Aborted', 'aborted');
      if (!held && seen < lost) throw new KubeError('Gone', 'too slow a watch');
      const next = held ? undefined : history.find((entry) => entry.version > seen);
      if (next !== undefined) {
        seen = next.version;
        yield structuredClone(next.event);
        continue;
      }
      if (cut !== undefined && !held) {
        const how = cut;
        cut = undefined;
        if (how === 'end') return;
        throw how;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
  const client = {
    async list(_: unknown, options: { limit?: number; continue?: string }) {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      const [at, offset] =
        options.continue === undefined ? [version, 0] : (options.continue.split(':').map(Number) as [number, number]);
      if (at < compacted) throw new KubeError('Gone', 'the continue token expired');
      const all = [...objects.values()].filter((object) => Number(object.metadata.resourceVersion) <= at);
      const end = offset + (options.limit ?? all.length);
      // As the real one: a page is of the version at which the list began only while nothing changed; here that is enough.
      const changed = at !== version;
      if (changed) throw new KubeError('Gone', 'the list changed');
      return structuredClone({
        metadata: { resourceVersion: String(at), ...(end < all.length && { continue: `${at}:${end}` }) },
        items: all.slice(offset, end),
      });
    },
    watch: (_: unknown, options: { resourceVersion?: string; signal?: AbortSignal }) =>
      watch(Number(options.resourceVersion), options.signal),
  };
  return {
    objects,
    client: client as unknown as KubeClient,
    put(name: string): Widget {
      const old = objects.get(name);
      version++;
      const object = widget(name, version, { uid: old?.metadata.uid ?? `uid-${born++}`, spec: { version } });
      objects.set(name, object);
      record(old === undefined ? 'ADDED' : 'MODIFIED', object);
      return object;
    },
    remove(name: string): void {
      const old = objects.get(name);
      if (old === undefined) return;
      version++;
      objects.delete(name);
      record('DELETED', { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } });
    },
    compact(): void {
      version++;
      compacted = version;
      lost = history.at(-1)?.version ?? lost;
      history.length = 0;
      poke();
    },
    cut(how: KubeError | 'end'): void {
      cut = how;
      poke();
    },
    fail(error: KubeError): void {
      faults.push(error);
    },
    hold(on: boolean): void {
      held = on;
      if (!on) poke();
    },
  };
}

describe('an informer, whatever happens', () => {
  it('ends with what the server has, and told its handlers just that, once each and in order', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const code = fc.constantFrom(
      'Gone' as const,
      'Network' as const,
      'Unavailable' as const,
      'TooManyRequests' as const,
    );
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ op: fc.constant('put' as const), name, observe: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), name }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant('recreate' as const), name, observe: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant('cut' as const), code: fc.option(code) }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant('fail' as const), code }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant('compact' as const) }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant('hold' as const), on: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ op: fc.constant('observeLate' as const) }) },
      { weight: 5, arbitrary: fc.record({ op: fc.constant('wait' as const), ms: fc.constantFrom(0, 50, 1000) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, pageSize) => {
          const clock = createManualClock();
          const model = createModel();
          const logger = createRecordingLogger();
          const informer = createInformer<Widget>({ client: model.client, resource: WIDGETS, pageSize, logger, clock });
          /** The server as a handler knows it. */
          const told = new Map<string, Widget>();
          const dead = new Set<string | undefined>();
          informer.on({
            add(object) {
              assert(!told.has(keyOf(object)), 'add of what is there');
              assert(!dead.has(object.metadata.uid), 'what was deleted does not come back');
              told.set(keyOf(object), object);
            },
            update(old, object) {
              assert.equal(told.get(keyOf(object)), old, 'update from what was told last');
              assert.equal(old.metadata.uid, object.metadata.uid, 'update within one life');
              assert(
                Number(object.metadata.resourceVersion) > Number(old.metadata.resourceVersion),
                'never back in time',
              );
              told.set(keyOf(object), object);
            },
            delete(last) {
              assert.equal(told.get(keyOf(last))?.metadata.uid, last.metadata.uid, 'delete of what is there');
              told.delete(keyOf(last));
              dead.add(last.metadata.uid);
            },
          });
          const stop = new AbortController();
          const running = informer.run(stop.signal);
          const written: Widget[] = [];
          try {
            for (const now of steps) {
              switch (now.op) {
                case 'put': {
                  const object = model.put(now.name);
                  written.push(object);
                  if (now.observe) informer.observe(structuredClone(object));
                  break;
                }
                case 'observeLate': {
                  const late = written.shift();
                  if (late !== undefined) informer.observe(structuredClone(late));
                  break;
                }
                case 'remove':
                  model.remove(now.name);
                  break;
                case 'recreate':
                  model.remove(now.name);
                  written.push(model.put(now.name));
                  if (now.observe) informer.observe(structuredClone(written.at(-1) as Widget));
                  break;
                case 'cut':
                  model.cut(now.code === null ? 'end' : new KubeError(now.code, 'cut'));
                  break;
                case 'fail':
                  model.fail(new KubeError(now.code, 'fault'));
                  break;
                case 'compact':
                  model.compact();
                  break;
                case 'hold':
                  model.hold(now.on);
                  break;
                case 'wait':
                  await clock.advance(now.ms);
              }
            }
            model.hold(false);
            for (let round = 0; round < 20; round++) await clock.advance(40_000);
            // What a handler asserts is logged by the informer: here it must fail the property.
            assert.deepEqual(
              logger.entries.filter((entry) => entry.level === 'error'),
              [],
            );
            const state = (objects: Iterable<Widget>) =>
              [...objects]
                .map((object) => [keyOf(object), object.metadata.uid, object.metadata.resourceVersion])
                .sort();
            assert.deepEqual(state(informer.store.list()), state(model.objects.values()));
            assert.deepEqual(state(told.values()), state(model.objects.values()));
          } finally {
            stop.abort();
            await running;
          }
        },
      ),
      { numRuns: Number(process.env.KUBE_RUNS ?? 120) },
    );
  });
});
