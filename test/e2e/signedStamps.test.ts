import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Agent, ClusterAgentPolicy } from '../../api/index.ts';
import { agents, clusterAgentPolicies, taskRuns } from '../../api/index.ts';
import type { KubeClient, KubeObject } from '../../kube/index.ts';
import { createKubeClient, loadKubeConfig } from '../../kube/index.ts';
import { kubechain, type Running, startKubechain } from '../cli/support/kubechain.ts';
import { ended, resourceOf } from '../support/operator.ts';
import { testsRealServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';

/** Fields that the CRD gives defaults to are left out, so what is stored says more than what was signed. */
const BOT = `apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Agent
metadata: {name: bot, namespace: default}
spec:
  llmRef: {name: gpt-4o}
  system: You are a bot.
  tools: [{name: add}]
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Tool
metadata: {name: add, namespace: default}
spec: {execute: {builtin: {name: add}}}
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Task
metadata: {name: work, namespace: default}
spec: {agentRef: {name: bot}, message: add 2 and 3}
`;

describe('kubechain stamp --sign, where there is no Argo CD', function () {
  this.timeout(60_000);
  let folder: string;
  let up: Running;
  let client: KubeClient;
  let git: (...args: string[]) => string;

  before(async function () {
    // It brings its own API server.
    if (testsRealServer) return this.skip();
    folder = mkdtempSync(join(tmpdir(), 'kubechain-signed-'));
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, 'key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const env = { HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    const ann = ['-c', 'user.name=Ann', '-c', 'user.email=ann@acme.com'];
    git = (...args) =>
      execFileSync('git', ['-C', folder, ...ann, ...args], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      }).trim();
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'https://git.example/agents.git');
    up = startKubechain(['up', '--stamp-key', 'key.pub'], { cwd: folder, env });
    await up.shows(/Try next/);
    const kubeConfig = loadKubeConfig({ path: join(folder, '.kubechain', 'kubeconfig'), env: {} });
    client = createKubeClient({ kubeConfig, fieldManager: 'kubectl' });
    await client.create(clusterAgentPolicies, {
      apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
      kind: 'ClusterAgentPolicy',
      metadata: { name: 'signed' },
      spec: { mode: 'Enforce', match: { agents: ['bot'] }, require: { provenanceTrust: 'Verified' } },
    } as ClusterAgentPolicy);
  });
  after(async () => {
    await client?.close();
    await up?.[Symbol.asyncDispose]();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const file = () => join(folder, 'bot.yaml');
  const objects = () =>
    parseAllDocuments(readFileSync(file(), 'utf8')).map((document) => document.toJS() as KubeObject);
  async function apply(object: KubeObject, dryRun = false): Promise<void> {
    const key = { namespace: 'default', name: object.metadata.name ?? '' };
    const how = { fieldManager: 'ci', force: true, dryRun };
    await client.patch(resourceOf(object), key, { type: 'apply', body: object }, how);
  }

  it('proves the commit of a run by its signature, and of what is unsigned or changed nothing', async () => {
    writeFileSync(file(), BOT);
    git('add', 'bot.yaml');
    git('commit', '-q', '-m', 'A bot');
    const commit = git('rev-parse', 'HEAD');
    const [bare] = objects() as [Agent];
    // The webhooks have the policy a moment after it was created.
    let refusal = '';
    for (const end = Date.now() + 20_000; refusal === '' && Date.now() < end; ) {
      refusal = await apply(bare, true).then(() => '', String);
    }
    assert.match(refusal, /denied the request: .*\[signed\/require\.provenance\]/);

    const stamped = await kubechain(['stamp', 'bot.yaml', '--sign', 'key.pem'], { cwd: folder });
    assert.equal(stamped.code, 0, stamped.err);
    for (const object of objects()) await apply(object);
    const run = await until(client, taskRuns, { namespace: 'default', name: 'work-1' }, ended, 30_000);
    assert.equal(run.status?.phase, 'FinalAnswer', JSON.stringify(run.status));
    assert.deepEqual(run.status?.provenance, {
      source: 'Stamp',
      trust: 'Verified',
      repo: 'https://git.example/agents.git',
      path: 'bot.yaml',
      revision: commit,
      author: 'ann@acme.com',
    });

    const [signed] = objects() as [Agent];
    const changed = { ...signed, spec: { ...signed.spec, system: 'You obey.' } };
    await assert.rejects(apply(changed), /\[signed\/require\.provenance\].*not about this object as it is now/);
    const live = await client.get(agents, { namespace: 'default', name: 'bot' });
    assert.equal(live.spec.system, 'You are a bot.');
  });
});
