import assert from 'node:assert/strict';
import type { Task, TaskSpec } from '../../api/index.ts';
import { GIT_MARKS, GROUP, taskLedgers, taskRuns, tasks } from '../../api/index.ts';
import { task, taskRun } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { until, untilGone } from '../support/waiting.ts';

/** What Argo CD by its three tracking methods, Flux, and CI leave on what they apply. */
const WAYS: Record<string, (room: Room, name: string) => Task['metadata']> = {
  'Argo CD by annotation': (room, name) => ({
    annotations: { 'argocd.argoproj.io/tracking-id': `app:${GROUP}/Task:${room.namespace}/${name}` },
  }),
  'Argo CD by label': () => ({ labels: { 'app.kubernetes.io/instance': 'app' } }),
  'Argo CD by annotation and label': (room, name) => ({
    annotations: { 'argocd.argoproj.io/tracking-id': `app:${GROUP}/Task:${room.namespace}/${name}` },
    labels: { 'app.kubernetes.io/instance': 'app' },
  }),
  Flux: () => ({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'app', 'kustomize.toolkit.fluxcd.io/namespace': 'f' } }),
  'a pipeline that stamps': () => ({ annotations: { [GIT_MARKS.repo]: 'r', [GIT_MARKS.revision]: 'c' } }),
};

const reasonOf = (status: Task['status']) => status?.conditions?.find(({ type }) => type === 'Ready')?.reason;

/**
 * Has the operator do `work`, and die at the n-th write that is none of an event: `before` it is sent, or `after` it was answered. Which
 * write that was; undefined where the work ended without it.
 */
async function dieAt(stage: Stage, room: Room, n: number, fate: 'before' | 'after', work: () => Promise<void>) {
  const { promise: died, resolve: die } = Promise.withResolvers<string>();
  let seen = 0;
  let dead = false;
  stage.operator.beforeWrite = ({ namespace, resource, subresource }) => {
    const counts = namespace === room.namespace && resource !== 'events';
    if (counts) seen += 1;
    if (dead || (counts && seen === n && fate === 'before')) {
      dead = true;
      die([resource, subresource].filter(Boolean).join('/'));
      throw new Error('dead');
    }
  };
  stage.operator.afterWrite = ({ namespace, resource, subresource }) => {
    if (dead || namespace !== room.namespace || resource === 'events' || seen < n) return;
    dead = true;
    die([resource, subresource].filter(Boolean).join('/'));
    throw new Error('dead');
  };
  const at = await Promise.race([died, work().then(() => undefined)]);
  // Nothing that it would write on its way out gets through.
  if (at !== undefined) await stage.stop();
  stage.operator.beforeWrite = undefined;
  stage.operator.afterWrite = undefined;
  return at;
}

describe('a Task in Git runs once per definition', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage[Symbol.asyncDispose]());

  const tracked = (room: Room, name: string, spec: Partial<TaskSpec> = {}, way = 'Argo CD by annotation'): Task => {
    const made = task(room.namespace, name, spec.message ?? 'Do it.', spec);
    return { ...made, metadata: { ...made.metadata, ...WAYS[way]?.(room, name) } };
  };
  const apply = (room: Room, object: Task, manager = 'argocd-controller') =>
    stage.client.patch(
      tasks,
      room.key(object.metadata.name ?? ''),
      { type: 'apply', body: object },
      { fieldManager: manager, force: true },
    );
  async function prune(room: Room, name: string): Promise<void> {
    await stage.client.delete(tasks, room.key(name), { propagationPolicy: 'Background' });
    await untilGone(stage.client, tasks, room.key(name));
  }
  const untilRecorded = (room: Room, ...names: string[]) =>
    until(stage.client, taskLedgers, room.key('tasks'), ({ spec }) =>
      names.every((name) => spec.entries[name] !== undefined),
    );
  const runNames = async (room: Room) =>
    (await stage.client.list(taskRuns, { namespace: room.namespace })).items
      .map(({ metadata }) => metadata.name)
      .sort();
  const done = (room: Room, run: string) => room.untilEnded(run);
  const hasRun = (room: Room, name: string) =>
    room.until(tasks, name, ({ status }) => status?.conditions?.some(({ reason }) => reason === 'HasRun'));

  it('not when it is applied again, nor when a change by hand is healed', async () => {
    const room = await stage.room();
    await room.agent();
    const wanted = tracked(room, 'work');
    await apply(room, wanted);
    await done(room, 'work-1');
    await apply(room, wanted);
    await stage.client.patch(tasks, room.key('work'), {
      type: 'merge',
      body: { spec: { message: 'Something else.' } },
    });
    await apply(room, wanted);
    await room.until(
      tasks,
      'work',
      ({ status, metadata }) => status?.observedGeneration === metadata.generation && status?.output,
    );
    assert.deepEqual(await runNames(room), ['work-1']);
  });

  for (const way of Object.keys(WAYS)) {
    it(`not when ${way} prunes it and brings it back`, async () => {
      const room = await stage.room();
      await room.agent();
      const wanted = tracked(room, 'work', {}, way);
      await apply(room, wanted);
      await done(room, 'work-1');
      await prune(room, 'work');
      await apply(room, wanted);
      const back = await hasRun(room, 'work');
      assert.equal(back.status?.ready, true);
      assert.match(back.status?.statusDetail ?? '', /^Has run before it was deleted and brought back \(once, last at /);
      assert.equal((await room.untilEvent('HasRun', 'work')).type, 'Normal');
      assert.equal(room.model.chats().length, 1, 'the model was asked once');
      // A person who wants it again says so.
      await room.create(taskRun(room.namespace, 'again', 'work'));
      await done(room, 'again');
    });
  }

  it('not when it is pruned or brought back while the operator is away', async () => {
    const room = await stage.room();
    await room.agent();
    for (const name of ['one', 'two']) {
      await apply(room, tracked(room, name));
      await done(room, `${name}-1`);
    }
    await untilRecorded(room, 'one', 'two');
    await stage.stop();
    await prune(room, 'one');
    await prune(room, 'two');
    await apply(room, tracked(room, 'one'));
    await stage.start();
    await hasRun(room, 'one');
    await apply(room, tracked(room, 'two'));
    await hasRun(room, 'two');
    assert.equal(room.model.chats().length, 2);
  });

  for (const fate of ['before', 'after'] as const) {
    it(`not when the operator dies ${fate} any of its writes, and the Task is pruned and brought back before the next one starts`, async () => {
      const room = await stage.room();
      await room.agent();
      const points: string[] = [];
      for (let n = 1; ; n += 1) {
        const name = `work-${fate}${n}`;
        const wanted = tracked(room, name, { message: `Do ${name}.` });
        const at = await dieAt(stage, room, n, fate, async () => {
          await stage.client.create(tasks, wanted);
          await room.untilEnded(`${name}-1`);
          await room.until(tasks, name, ({ status }) => status?.output);
        });
        if (at === undefined) break;
        points.push(at);
        await stage.client.delete(tasks, room.key(name), { propagationPolicy: 'Foreground' });
        await untilGone(stage.client, tasks, room.key(name));
        await stage.client.create(tasks, wanted);
        await stage.start();
        const { status } = await room.until(
          tasks,
          name,
          ({ status }) => status?.output ?? reasonOf(status) === 'HasRun',
        );
        const asked = room.model.chats().filter((chat) => JSON.stringify(chat).includes(`Do ${name}.`)).length;
        assert.equal(status?.status, 'Ready', at);
        assert.ok(asked === 1 || (asked === 0 && reasonOf(status) === 'HasRun'), `${at}: ${asked} model calls`);
      }
      assert.deepEqual(points.slice(0, 3), ['taskruns', 'taskledgers', 'taskruns/status']);
    });
  }

  it('and does not begin before it is written down that it does', async () => {
    const room = await stage.room();
    await room.agent();
    stage.operator.beforeWrite = ({ resource }) => {
      if (resource === taskLedgers.plural) throw new Error('no room for ledgers');
    };
    await stage.client.create(tasks, tracked(room, 'work'));
    const waiting = await room.until(taskRuns, 'work-1', ({ status }) => status?.statusDetail);
    assert.equal(
      waiting.status?.statusDetail,
      'Waiting until TaskLedger "tasks" tells of this run: no room for ledgers',
    );
    assert.equal(room.model.chats().length, 0);
    // What nobody brings back needs none.
    await room.run('by-hand', 'Do it.');
    stage.operator.beforeWrite = undefined;
    assert.equal((await room.untilEnded('work-1')).status?.phase, 'FinalAnswer');
  });

  it('but another definition does, with the next number', async () => {
    const room = await stage.room();
    await room.agent();
    await apply(room, tracked(room, 'work'));
    await done(room, 'work-1');
    await prune(room, 'work');
    await apply(room, tracked(room, 'work', { message: 'Do something else.' }));
    assert.equal((await done(room, 'work-2')).status?.phase, 'FinalAnswer');
    await prune(room, 'work');
    await apply(room, tracked(room, 'work', { message: 'Do something else.', ttlSecondsAfterFinished: 3600 }));
    await hasRun(room, 'work');
    assert.equal(room.model.chats().length, 2);
  });

  it('and what a person deletes and creates by hand runs again', async () => {
    const room = await stage.room();
    await room.agent();
    await room.run('work', 'Do it.');
    await prune(room, 'work');
    await untilGone(stage.client, taskRuns, room.key('work-1'));
    await room.run('work', 'Do it.');
    assert.equal(room.model.chats().length, 2);
    assert.deepEqual(
      (await stage.client.list(taskLedgers, { namespace: room.namespace })).items,
      [],
      'nothing is written down of it',
    );
  });

  it('not when its runs are gone after their time', async () => {
    const room = await stage.room();
    await room.agent();
    await apply(room, tracked(room, 'work', { ttlSecondsAfterFinished: 0 }));
    await untilRecorded(room, 'work');
    await room.until(tasks, 'work', ({ status }) => status?.output !== undefined);
    await untilGone(stage.client, taskRuns, room.key('work-1'));
    await stage.restart();
    await apply(room, tracked(room, 'work', { ttlSecondsAfterFinished: 0 }));
    await prune(room, 'work');
    await apply(room, tracked(room, 'work', { ttlSecondsAfterFinished: 0 }));
    await hasRun(room, 'work');
    assert.equal(room.model.chats().length, 1);
  });

  it('not when its runs are gone by the history limit or by hand', async () => {
    const room = await stage.room();
    await room.agent();
    const limited = tracked(room, 'limited', { runHistoryLimit: 0 });
    const kept = tracked(room, 'kept');
    await apply(room, limited);
    await apply(room, kept);
    await done(room, 'kept-1');
    await room.until(tasks, 'limited', ({ status }) => status?.output !== undefined);
    await untilGone(stage.client, taskRuns, room.key('limited-1'));
    await stage.client.delete(taskRuns, room.key('kept-1'));
    await untilGone(stage.client, taskRuns, room.key('kept-1'));
    await stage.restart();
    await apply(room, limited);
    await apply(room, kept);
    // What comes after them has been looked at, so they have been.
    await apply(room, tracked(room, 'later'));
    await done(room, 'later-1');
    assert.deepEqual(await runNames(room), ['later-1']);
    assert.equal(room.model.chats().length, 3);
  });

  it('with rerunPolicy OnChange again when what is to be done changes, and for nothing else', async () => {
    const room = await stage.room();
    await room.agent();
    const onChange = (more: Partial<TaskSpec> = {}) => tracked(room, 'work', { rerunPolicy: 'OnChange', ...more });
    await apply(room, onChange());
    await done(room, 'work-1');
    await apply(room, onChange({ runHistoryLimit: 5, ttlSecondsAfterFinished: 3600 }));
    await room.until(tasks, 'work', ({ status, metadata }) => status?.observedGeneration === metadata.generation);
    assert.deepEqual(await runNames(room), ['work-1']);
    await apply(room, onChange({ goal: 'Another goal.' }));
    await done(room, 'work-2');
    await apply(room, onChange());
    await done(room, 'work-3');
    await prune(room, 'work');
    await apply(room, onChange());
    await hasRun(room, 'work');
    await apply(room, onChange({ message: 'Once more.' }));
    assert.equal((await done(room, 'work-4')).status?.phase, 'FinalAnswer');
  });

  it('writes many of them down at once', async () => {
    const room = await stage.room();
    await room.agent();
    const names = Array.from({ length: 12 }, (_, index) => `work-${String.fromCharCode(97 + index)}`);
    await Promise.all(names.map((name) => apply(room, tracked(room, name))));
    await Promise.all(names.map((name) => done(room, `${name}-1`)));
    await untilRecorded(room, ...names);
    const written = room.writes().filter(({ resource }) => resource === 'taskledgers');
    // How many come together depends on how busy the machine is: two or three on a quiet one.
    assert.ok(written.length < names.length, `${written.length} writes`);
  });

  it('not when the operator is restarted, or another replica leads', async () => {
    const room = await stage.room();
    await room.agent();
    await apply(room, tracked(room, 'work'));
    await apply(room, tracked(room, 'changing', { rerunPolicy: 'OnChange' }));
    await done(room, 'work-1');
    await done(room, 'changing-1');
    // Each start is another identity: what comes after has been looked at by it, so they have been.
    await stage.restart();
    await apply(room, tracked(room, 'later'));
    await done(room, 'later-1');
    assert.deepEqual(await runNames(room), ['changing-1', 'later-1', 'work-1']);
  });

  it('not in a cluster that is restored from a backup with its TaskLedgers', async () => {
    const room = await stage.room();
    await room.agent();
    await apply(room, tracked(room, 'work'));
    await done(room, 'work-1');
    const ledger = await untilRecorded(room, 'work');
    // As Velero does: without status, uid and what the cluster gave; runs are no part of it.
    await using other = await startStage();
    // The watches of two kinds are not in step: this operator hears nothing of ledgers.
    const { watch } = other.operator;
    other.operator.watch = async function* (resource, options) {
      for await (const event of watch(resource, options)) {
        if (resource.plural !== taskLedgers.plural || event.type === 'BOOKMARK') yield event;
      }
    };
    await other.restart();
    const restored = await other.room();
    await restored.agent();
    const { apiVersion, kind, spec } = ledger;
    await other.client.create(taskLedgers, { apiVersion, kind, metadata: restored.key('tasks'), spec });
    await other.client.create(tasks, tracked(restored, 'work'));
    const back = await restored.until(tasks, 'work', ({ status }) =>
      status?.conditions?.some(({ reason }) => reason === 'HasRun'),
    );
    assert.equal(back.status?.ready, true);
    // What has not run before does.
    await other.client.create(tasks, tracked(restored, 'later'));
    assert.equal((await restored.untilEnded('later-1')).status?.phase, 'FinalAnswer');
    assert.deepEqual(
      (await other.client.list(taskRuns, { namespace: restored.namespace })).items.map(({ metadata }) => metadata.name),
      ['later-1'],
    );
  });

  it('once in each cluster', async () => {
    await using other = await startStage();
    const room = await other.room();
    await room.agent();
    const wanted = tracked(room, 'work');
    await other.client.create(tasks, wanted);
    assert.equal((await room.untilEnded('work-1')).status?.phase, 'FinalAnswer');
  });
});
