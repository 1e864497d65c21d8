import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { AgentPolicyException, ClusterAgentPolicy } from '../../api/index.ts';
import { API_VERSION, agentPolicyExceptions, agents, clusterAgentPolicies, GROUP, STAMPS } from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { sleep, systemClock } from '../../kube/index.ts';
import { agent } from '../support/objects.ts';
import { startWebhookStage, untilAllowed, type WebhookStage } from './support/stage.ts';

const rbac = (plural: string, kind: string, namespaced: boolean): Resource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced,
});
const clusterRoles = rbac('clusterroles', 'ClusterRole', false);
const clusterRoleBindings = rbac('clusterrolebindings', 'ClusterRoleBinding', false);

const message = (writing: Promise<unknown>): Promise<string> =>
  writing.then(
    () => 'it was admitted',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('AgentPolicyExceptions, on an API server', function () {
  this.timeout(60_000);
  let stage: WebhookStage;
  let ann: KubeClient;
  let policy: string;
  const undo: (() => Promise<unknown>)[] = [];

  /** Gives a user, who may do nothing else, what an editor may, and maybe more. */
  async function allow(username: string, rules: readonly object[]): Promise<void> {
    const name = `${stage.namespace}-${username}-${undo.length}`;
    await stage.client.create(clusterRoles, { metadata: { name }, rules } as KubeObject);
    undo.push(() => stage.client.delete(clusterRoles, { name }));
    await stage.client.create(clusterRoleBindings, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: username }],
    } as KubeObject);
    undo.push(() => stage.client.delete(clusterRoleBindings, { name }));
  }

  before(async () => {
    stage = await startWebhookStage();
    policy = `${stage.namespace}-exc`;
    ann = await stage.as('ann', { roleless: true });
    await allow('ann', [
      {
        apiGroups: [GROUP],
        resources: ['agents', 'agentpolicyexceptions'],
        verbs: ['get', 'create', 'update', 'patch'],
      },
    ]);
    await stage.client.create(clusterAgentPolicies, {
      apiVersion: API_VERSION,
      kind: 'ClusterAgentPolicy',
      metadata: { name: policy },
      spec: {
        match: { namespaces: [stage.namespace] },
        mcpServers: { deny: ['shell'] },
        exceptions: { allow: true, maxDuration: '1h' },
      },
    } as ClusterAgentPolicy);
    undo.push(() => stage.client.delete(clusterAgentPolicies, { name: policy }));
  });
  after(async () => {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    await stage[Symbol.asyncDispose]();
  });

  const exception = (lastsMs: number, spec: object = {}): AgentPolicyException =>
    ({
      apiVersion: API_VERSION,
      kind: 'AgentPolicyException',
      metadata: { namespace: stage.namespace, name: 'waiver' },
      spec: {
        policies: [{ kind: 'ClusterAgentPolicy', name: policy, rules: ['mcpServers.deny'] }],
        objects: [{ kind: 'Agent', name: 'hacker' }],
        reason: 'agreed with bob',
        expiresAt: new Date(Date.now() + lastsMs).toISOString(),
        ...spec,
      },
    }) as AgentPolicyException;
  const hacker = (name: string) => agent(stage.namespace, name, { mcpServers: [{ name: 'shell' }] });
  const tried = (name: string) => message(ann.create(agents, hacker(name), { dryRun: true }));
  /** What is said once the webhook’s caches have followed. */
  async function until(ask: () => Promise<string>, wanted: RegExp): Promise<void> {
    let said = '';
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(systemClock, 50)) {
      said = await ask();
      if (wanted.test(said)) return;
    }
    assert.match(said, wanted);
  }

  it('need a reason, an end, the policy’s leave for that long, and the verb `except`; then they count until they expire', async () => {
    await until(() => tried('hacker'), /mcpServers\.deny/);
    const create = (object: AgentPolicyException) => message(ann.create(agentPolicyExceptions, object));
    assert.match(await create(exception(60_000, { reason: undefined })), /spec\.reason.*Required/s);
    assert.match(await create(exception(60_000, { expiresAt: undefined })), /spec\.expiresAt.*Required/s);
    assert.match(await create(exception(7_200_000)), /later than .* allows: 1h/);
    assert.match(await create(exception(-1000)), /is past/);
    assert.match(await create(exception(60_000)), /"ann" may not make exceptions from ClusterAgentPolicy/);

    const bob = await stage.as('bob', { roleless: true });
    await allow('bob', [
      { apiGroups: [GROUP], resources: ['agentpolicyexceptions'], verbs: ['create', 'patch'] },
      { apiGroups: [GROUP], resources: ['clusteragentpolicies'], resourceNames: [policy], verbs: ['except'] },
    ]);
    await untilAllowed(bob, { verb: 'except', group: GROUP, resource: 'clusteragentpolicies', name: policy });
    await untilAllowed(bob, {
      verb: 'patch',
      group: GROUP,
      resource: 'agentpolicyexceptions',
      namespace: stage.namespace,
    });
    const made = await bob.create(agentPolicyExceptions, exception(600_000));
    assert.equal(made.metadata.annotations?.[STAMPS.createdBy], 'bob');
    const key = { namespace: stage.namespace, name: 'waiver' };
    const lasting = (lastsMs: number) => ({
      type: 'merge' as const,
      body: { spec: { expiresAt: new Date(Date.now() + lastsMs).toISOString() } },
    });
    assert.match(
      await message(ann.patch(agentPolicyExceptions, key, lasting(1_200_000))),
      /"ann" may not make exceptions/,
    );

    await until(() => tried('hacker'), /it was admitted/);
    assert.match(await tried('other'), /mcpServers\.deny/);
    const { spec } = await bob.patch(agentPolicyExceptions, key, lasting(1_000));
    await sleep(systemClock, Date.parse(spec.expiresAt) - Date.now());
    await until(() => tried('hacker'), /mcpServers\.deny/);
  });
});
