import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { agents, mcpServers } from '../../api/index.ts';
import { networkPolicies, pods } from '../../controller/pods/types.ts';
import { isAlreadyExists } from '../../kube/index.ts';
import { APPROVAL_KEY_FIELD, APPROVAL_KEY_SECRET } from '../../policies/approvals/index.ts';
import type { Kubelet } from '../support/kubelet.ts';
import { startKubelet, whyNotConfined } from '../support/kubelet.ts';
import { mcpServer, namespaces, secret, secrets } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { untilGone } from '../support/waiting.ts';

// Where the kubelet of these tests mounts the checkout.
const HOSTILE = '/opt/kubechain/test/mcp/servers/hostile.ts';
const NODE = '/usr/local/bin/node';
/** The real garbage collector looks for kinds that are new each thirty seconds, and lets what failed wait before that. */
const COLLECTED_MS = 90_000;
const RUNNER = 'registry.example/runner:v1';

describe('MCP servers as Pods', function () {
  this.timeout(120_000);
  const system = `kc-system-${randomBytes(4).toString('hex')}`;
  let stage: Stage;
  before(async () => {
    stage = await startStage({
      systemNamespace: system,
      mcpServers: { runsAs: 'Pod', runnerImage: RUNNER },
    });
    await stage.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: system } });
  });
  after(async () => {
    await stage?.client.delete(namespaces, { name: system });
    await stage?.[Symbol.asyncDispose]();
  });

  const server = (room: Room, mode: string, more: object = {}) =>
    mcpServer(room.namespace, 'tools', { transport: 'stdio', command: NODE, args: [HOSTILE, mode], ...more });
  const giveKey = async (): Promise<void> => {
    const data = { [APPROVAL_KEY_FIELD]: randomBytes(32).toString('latin1') };
    await stage.client.create(secrets, secret(system, APPROVAL_KEY_SECRET, data)).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
  };
  const detailOf = (room: Room, pattern: RegExp) =>
    room.until(mcpServers, 'tools', ({ status }) => pattern.test(status?.statusDetail ?? ''));

  it('wait for the key that tokens come from, then for their Pod, and say so', async () => {
    const room = await stage.room();
    await room.create(server(room, 'good'));
    await detailOf(room, /^Waiting for the key that the webhook creates/);
    await giveKey();
    const waiting = await detailOf(room, /^Waiting for Pod "tools-mcp"/);
    assert.equal(waiting.status?.runsAs, 'Pod');
    assert.equal(waiting.status?.podName, 'tools-mcp');
    const key = room.key('tools-mcp');
    const status = (body: object) =>
      stage.client.patch(pods, key, { type: 'merge', body: { status: body } }, { subresource: 'status' });
    await status({
      containerStatuses: [
        { name: 'server', state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } } },
      ],
    });
    const failed = await detailOf(room, /^Waiting for Pod "tools-mcp": ImagePullBackOff: Back-off pulling/);
    assert.equal(failed.status?.status, 'Error');
    await stage.client.delete(mcpServers, room.key('tools'));
    await untilGone(stage.client, pods, key, COLLECTED_MS);
    await untilGone(stage.client, networkPolicies, key, COLLECTED_MS);
  });

  it('are made again when their Pod or NetworkPolicy is deleted, or their spec changes', async () => {
    const room = await stage.room();
    await room.create(server(room, 'good'));
    const first = await room.until(pods, 'tools-mcp', () => true);
    await stage.client.delete(pods, room.key('tools-mcp'));
    const second = await room.until(pods, 'tools-mcp', ({ metadata }) => metadata.uid !== first.metadata.uid);
    const policy = await room.until(networkPolicies, 'tools-mcp', () => true);
    assert.deepEqual((policy.spec as { egress?: unknown[] }).egress ?? [], []);
    await stage.client.delete(networkPolicies, room.key('tools-mcp'));
    await room.until(networkPolicies, 'tools-mcp', ({ metadata }) => metadata.uid !== policy.metadata.uid);
    const spec = { args: [HOSTILE, 'progress'], egress: [{ cidr: '10.0.0.0/8', ports: [{ port: 443 }] }] };
    await stage.client.patch(mcpServers, room.key('tools'), { type: 'merge', body: { spec } });
    const third = await room.until(
      pods,
      'tools-mcp',
      ({ metadata }) => metadata.uid !== second.metadata.uid && metadata.deletionTimestamp === undefined,
    );
    assert.equal(third.spec?.containers[0]?.command.at(-1), 'progress');
    await room.until(networkPolicies, 'tools-mcp', (each) => JSON.stringify(each.spec).includes('10.0.0.0/8'));
    // One that is reached elsewhere needs none.
    await stage.client.patch(mcpServers, room.key('tools'), {
      type: 'merge',
      body: { spec: { transport: 'http', url: 'http://127.0.0.1:1/', command: null, args: null, egress: null } },
    });
    await untilGone(stage.client, pods, room.key('tools-mcp'));
    const elsewhere = await room.until(mcpServers, 'tools', ({ status }) => status?.runsAs === undefined);
    assert.equal(elsewhere.status?.podName, undefined);
  });

  it('do not take somebody else’s Pod for theirs', async () => {
    const room = await stage.room();
    await stage.client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...room.key('tools-mcp') },
      spec: { containers: [{ name: 'x', image: 'x', command: ['x'] }] },
    });
    await room.create(server(room, 'good'));
    await detailOf(room, /^Pod "tools-mcp" is there already and is not this server's/);
  });

  describe('on a node', () => {
    const nodes: Kubelet[] = [];
    before(async function () {
      const why = whyNotConfined();
      if (why !== undefined) {
        process.stderr.write(`skipped: ${why}\n`);
        this.skip();
      }
      await giveKey();
    });
    afterEach(async () => {
      for (const node of nodes.splice(0)) await node[Symbol.asyncDispose]();
    });

    const node = async (room: Room): Promise<Kubelet> => {
      const kubelet = await startKubelet(stage.client, room.namespace);
      nodes.push(kubelet);
      return kubelet;
    };
    const script = {
      rules: [{ when: { turn: 1 }, toolCalls: [{ name: 'tools__echo', arguments: {} }] }, { text: 'done' }],
    };

    it('serve an agent’s run, as nobody, with their Secrets, which come back to nobody', async () => {
      const room = await stage.room({ script });
      await node(room);
      await room.create(
        secret(room.namespace, 'keys', { token: 'hunter2-hunter2' }),
        server(room, 'environment', {
          env: [
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
            { name: 'PLAIN', value: 'costs $5 and $(HOME)' },
          ],
        }),
      );
      await room.agent({ mcpServers: [{ name: 'tools' }] });
      const run = await room.run('go', 'go');
      assert.equal(run.status?.phase, 'FinalAnswer');
      const answer = run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
      assert.match(answer, /costs \$5 and \$\(HOME\)/);
      assert.doesNotMatch(answer, /hunter2/);
      assert.match(answer, /"TOKEN"/);
      const pod = await stage.client.get(pods, room.key('tools-mcp'));
      assert.doesNotMatch(JSON.stringify(pod), /hunter2/);
    });

    it('run any image’s program, with the bridge brought along', async () => {
      const room = await stage.room({ script });
      const kubelet = await node(room);
      await room.create(server(room, 'good', { image: 'registry.example/other:v2' }));
      const ready = await room.until(mcpServers, 'tools', ({ status }) => status?.ready);
      assert.equal(ready.status?.statusDetail, 'Connected successfully with 1 tools');
      const pod = await stage.client.get(pods, room.key('tools-mcp'));
      assert.equal(pod.spec?.containers[0]?.image, 'registry.example/other:v2');
      assert.equal(pod.spec?.containers[0]?.command[0], '/kubechain/lib/ld.so');
      assert.match(kubelet.log('tools-mcp'), /bridge: started/);
    });

    it('go to the hosts that are named, through a proxy in a Pod of its own', async () => {
      const room = await stage.room({ script });
      await node(room);
      const { port } = new URL(room.model.url);
      const egressHosts = [{ host: 'localhost', ports: [Number(port)], private: true }, { host: '*.example.com' }];
      await room.create(server(room, 'environment', { egressHosts }));
      await room.agent({ mcpServers: [{ name: 'tools' }] });
      const run = await room.run('go', 'go');
      const answer = run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
      const proxy = await stage.client.get(pods, room.key('tools-egress'));
      const url = `http://${proxy.status?.podIP}:8080`;
      assert.ok(answer.includes(`"HTTPS_PROXY":"${url}"`), answer);
      const through = async (target: string): Promise<number | undefined> => {
        const asked = request(url, { path: target });
        asked.end();
        const [answered] = (await once(asked, 'response')) as [IncomingMessage];
        answered.resume();
        return answered.statusCode;
      };
      assert.notEqual(await through(`http://localhost:${port}/v1/models`), 403);
      assert.equal(await through('http://localhost:1/'), 403);
      // The server's Pod may go to the proxy, and nowhere else; the proxy anywhere but to metadata, on these ports.
      const policy = await stage.client.get(networkPolicies, room.key('tools-mcp'));
      const { egress } = policy.spec as { egress: { to: object[] }[] };
      const labels = { 'kubechain.humanlayer.dev/mcp-egress': 'tools' };
      assert.deepEqual(
        egress.map(({ to }) => to),
        [[{ podSelector: { matchLabels: labels } }]],
      );
      assert.equal(proxy.metadata.labels?.['kubechain.humanlayer.dev/mcp-egress'], 'tools');
      const own = await stage.client.get(networkPolicies, room.key('tools-egress'));
      assert.match(JSON.stringify(own.spec), /"except":\["169\.254\.0\.0\/16"\]/);
      await stage.client.patch(mcpServers, room.key('tools'), { type: 'merge', body: { spec: { egressHosts: null } } });
      await untilGone(stage.client, pods, room.key('tools-egress'));
    });

    it('are connected again after a change, with what they offer then', async () => {
      const room = await stage.room({ script });
      await node(room);
      await room.create(server(room, 'good'));
      await room.agent({ mcpServers: [{ name: 'tools' }] });
      await stage.client.patch(mcpServers, room.key('tools'), {
        type: 'merge',
        body: { spec: { args: [HOSTILE, 'pages'] } },
      });
      await room.until(agents, 'assistant', ({ status }) => status?.validMCPServers?.[0]?.tools?.[0] === 't0');
    });
  });
});
