import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { taskRuns } from '../../api/index.ts';
import { type Running, startKubechain } from '../cli/support/kubechain.ts';
import { openTestCluster, type TestCluster } from '../support/cluster.ts';
import { type ModelServer, startModelServer } from '../support/modelServer.ts';
import { namespaces, task } from '../support/objects.ts';
import { createRoom, ended, type Room } from '../support/operator.ts';
import { untilAmong } from '../support/waiting.ts';

const RUNS = 6;
/** Short, so that the test is, and long enough for a machine that does other things too. */
const TIMES = [
  ['--leader-elect-lease-duration', '6s'],
  ['--leader-elect-renew-deadline', '4s'],
  ['--leader-elect-retry-period', '500ms'],
].flat();

describe('kubechain operator', function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  let model: ModelServer;
  let room: Room;

  before(async () => {
    cluster = await openTestCluster();
    model = await startModelServer();
    const namespace = `kc-operator-${randomBytes(3).toString('hex')}`;
    await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    room = createRoom(namespace, cluster.client, { writes: [] }, model);
  });
  after(async () => {
    await cluster.client.delete(namespaces, { name: room.namespace }).catch(() => undefined);
    await model[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const startOperator = async (...more: string[]): Promise<Running & { health: string; metrics: string }> => {
    const running = startKubechain([
      ...['operator', '--kubeconfig', cluster.kubeConfig.source, '--namespace', room.namespace],
      ...['--lease-namespace', room.namespace, '--health-port', '0', '--metrics-port', '0', '--log-format', 'json'],
      ...TIMES,
      ...more,
    ]);
    const [, health = '', metrics = ''] = await running.shows(/"health":"([^"]+)","metrics":"([^"]+)"/, 'err');
    return { ...running, health, metrics };
  };
  const get = async (url: string): Promise<string> => {
    const answer = await fetch(url);
    return `${answer.status} ${await answer.text()}`;
  };

  it('hands over to the other one when the leader is killed: no run is lost, none is advanced twice', async () => {
    await using leader = await startOperator();
    await leader.shows(/controllers start/, 'err');
    await using standby = await startOperator();
    await standby.shows(/waiting for the lease/, 'err');
    assert.equal(await get(`${standby.health}/readyz`), '200 ok\n', 'who stands by is ready');
    assert.match(await get(`${leader.metrics}/metrics`), /leader_election_master_status\{[^}]*\} 1/);
    assert.match(await get(`${standby.metrics}/metrics`), /leader_election_master_status\{[^}]*\} 0/);

    await room.agent();
    model.hold();
    const names = Array.from({ length: RUNS }, (_, i) => `task-${i}`);
    await room.create(...names.map((name) => task(room.namespace, name, `Question ${name}`)));
    await model.untilHeld(RUNS);
    leader.child.kill('SIGKILL');
    await leader.ended;
    await model.untilNoneHeld();
    model.release();

    const runs = await untilAmong(
      cluster.client,
      taskRuns,
      { namespace: room.namespace },
      (all) => (all.length === RUNS && all.every(ended) ? all : undefined),
      { timeoutMs: 60_000, what: 'all runs to end' },
    );
    await standby.shows(/controllers start/, 'err');
    for (const { metadata, status } of runs) {
      assert.equal(status?.phase, 'FinalAnswer', `${metadata.name}: ${status?.error}`);
      assert.equal(status?.turns, 1, `${metadata.name}`);
      assert.deepEqual(
        status?.contextWindow?.map(({ role }) => role),
        ['system', 'user', 'assistant'],
        `${metadata.name}`,
      );
    }
    // The requests of the one that was killed were never answered: the model answered each question once.
    const asked = model.chats().map(({ messages }) => messages.at(-1)?.content);
    assert.deepEqual(
      asked.toSorted(),
      names.map((name) => `Question ${name}`),
    );
    // The operator's cache may be behind what the test has seen.
    const counted = async () =>
      /^kubechain_taskruns\{phase="FinalAnswer"\} (.*)$/m.exec(await get(`${standby.metrics}/metrics`))?.[1];
    const deadline = Date.now() + 10_000;
    while ((await counted()) !== `${RUNS}` && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await counted(), `${RUNS}`);

    standby.child.kill('SIGTERM');
    const { code, err } = await standby.ended;
    assert.equal(code, 0, err);
    assert.match(err, /the lease is released/);
  });

  it('leads at once after the one before has ended in order', async () => {
    await using first = await startOperator();
    await first.shows(/controllers start/, 'err');
    await using second = await startOperator();
    await second.shows(/waiting for the lease/, 'err');
    first.child.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
    await second.shows(/controllers start/, 'err');
  });

  it('ends with a message where its port is taken', async () => {
    await using first = await startOperator('--no-leader-elect');
    const { port } = new URL(first.health);
    const second = startKubechain(['operator', '--kubeconfig', cluster.kubeConfig.source, '--health-port', port]);
    const { code, err } = await second.ended;
    assert.equal(code, 1);
    assert.match(err, new RegExp(`--health-port ${port}: port ${port} is taken`));
  });
});
