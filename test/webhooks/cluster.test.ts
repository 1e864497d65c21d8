import assert from 'node:assert/strict';
import {
  type Agent,
  type Approval,
  agentPolicies,
  agents,
  approvals,
  clusterAgentPolicies,
  contextPages,
  LABELS,
  STAMPS,
  type Task,
  taskRuns,
  taskRunToolCalls,
  tasks,
} from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { argumentsDigest } from '../../policies/approvals/index.ts';
import { agent, task, taskRun } from '../support/objects.ts';
import { until, untilGone } from '../support/waiting.ts';
import { RESTORER, startWebhookStage, type WebhookStage } from './support/stage.ts';

const API = 'kubechain.humanlayer.dev/v1alpha1';
const message = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'it was admitted';
  } catch (error) {
    return String(error);
  }
};

/** Registered by url with the API server of the tests: embedded, or a real one. */
describe('webhooks on an API server', function () {
  this.timeout(60_000);
  let stage: WebhookStage;
  let alice: KubeClient;
  before(async () => {
    stage = await startWebhookStage();
    alice = await stage.as('alice');
  });
  after(() => stage[Symbol.asyncDispose]());

  const object = (kind: string, name: string, spec: object, more: object = {}): KubeObject =>
    ({ apiVersion: API, kind, metadata: { namespace: stage.namespace, name, ...more }, spec }) as KubeObject;
  const create = <T extends KubeObject>(client: KubeClient, resource: Resource<T>, given: KubeObject) =>
    client.create(resource, given as T);

  it('stamp what is created, in a dry run too, and keep the stamp', async () => {
    const given = agent(stage.namespace, 'stamped');
    const dry = await alice.create(agents, given, { dryRun: true });
    assert.equal(dry.metadata.annotations?.[STAMPS.createdBy], 'alice');
    const made = await alice.create(agents, given);
    assert.equal(made.metadata.annotations?.[STAMPS.createdBy], 'alice');
    const bob = await stage.as('bob');
    const replaced = await bob.replace(agents, {
      ...given,
      metadata: { ...given.metadata, resourceVersion: made.metadata.resourceVersion ?? '' },
    });
    assert.equal(replaced.metadata.annotations?.[STAMPS.createdBy], 'alice');
  });

  it('seal who changed a definition last, and nothing but a change of it', async () => {
    const writer = (object: Agent) => object.metadata.annotations?.[STAMPS.changedBy];
    const seal = (object: Agent) => object.metadata.annotations?.[STAMPS.changeSeal];
    const key = { namespace: stage.namespace, name: 'sealed' };
    const bob = await stage.as('bob');
    const made = await alice.create(agents, agent(stage.namespace, 'sealed'));
    assert.equal(writer(made), 'alice');
    const labelled = await bob.patch(agents, key, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    assert.equal(seal(labelled), seal(made));
    const stripped = await bob.patch(agents, key, {
      type: 'merge',
      body: { metadata: { annotations: { [STAMPS.changedBy]: 'bob', [STAMPS.changeSeal]: null } } },
    });
    assert.equal(seal(stripped), seal(made), 'nobody takes it away');
    const tracking = { 'argocd.argoproj.io/tracking-id': `a:kubechain.humanlayer.dev/Agent:${stage.namespace}/sealed` };
    const tracked = await bob.patch(agents, key, { type: 'merge', body: { metadata: { annotations: tracking } } });
    assert.equal(writer(tracked), 'bob');
    const changed = await alice.patch(agents, key, { type: 'merge', body: { spec: { system: 'Another.' } } });
    assert.equal(writer(changed), 'alice');
    const applied = await bob.patch(
      agents,
      key,
      { type: 'apply', body: { ...agent(stage.namespace, 'sealed'), metadata: { ...key, annotations: tracking } } },
      { fieldManager: 'argocd-controller', force: true },
    );
    assert.equal(writer(applied), 'bob');
    const again = await bob.patch(
      agents,
      key,
      { type: 'apply', body: { ...agent(stage.namespace, 'sealed'), metadata: { ...key, annotations: tracking } } },
      { fieldManager: 'argocd-controller', force: true },
    );
    assert.equal(again.metadata.resourceVersion, applied.metadata.resourceVersion, 'applying again changes nothing');
  });

  it('refuse forged stamps and records of the operator', async () => {
    const forged = agent(stage.namespace, 'forged');
    forged.metadata.annotations = { [STAMPS.createdBy]: 'bob' };
    assert.match(
      await message(alice.create(agents, forged)),
      /denied the request: \[kubechain\/stamps\].*"bob" is not who creates/,
    );
    const page = object('ContextPage', 'r-1', { taskRunRef: { name: 'r' }, index: 1, firstMessage: 0, messages: [] });
    assert.match(await message(create(alice, contextPages, page)), /only the operator creates contextpages/);
    const made = await create(stage.operator, contextPages, page);
    assert.equal(made.metadata.name, 'r-1');
  });

  it('leave statuses to the operator', async () => {
    await alice.create(taskRuns, taskRun(stage.namespace, 'r-1', 'r'));
    const key = { namespace: stage.namespace, name: 'r-1' };
    const patch = { type: 'merge' as const, body: { status: { phase: 'FinalAnswer', output: 'forged' } } };
    assert.match(
      await message(alice.patch(taskRuns, key, patch, { subresource: 'status' })),
      /only the operator writes taskruns\/status/,
    );
    const written = await stage.operator.patch(taskRuns, key, patch, { subresource: 'status' });
    assert.equal(written.status?.phase, 'FinalAnswer');
  });

  it('follow policies as they come and go, and let grandfathered objects be mended', async () => {
    const name = `${stage.namespace}-p`;
    const old = await alice.create(agents, agent(stage.namespace, 'old', { mcpServers: [{ name: 'shell' }] }));
    const selector = { 'kubernetes.io/metadata.name': stage.namespace };
    await create(alice, clusterAgentPolicies, {
      ...object('ClusterAgentPolicy', name, {
        match: { namespaceSelector: { matchLabels: selector } },
        mcpServers: { deny: ['shell'] },
      }),
      metadata: { name },
    } as KubeObject);
    try {
      // The webhook hears of the policy through its watch.
      const refused = await eventually(
        () =>
          message(
            alice.create(agents, agent(stage.namespace, 'new', { mcpServers: [{ name: 'shell' }] }), { dryRun: true }),
          ),
        (said) => said !== 'it was admitted',
      );
      assert.match(
        refused,
        new RegExp(`denied the request: \\[${name}/mcpServers\\.deny\\] spec\\.mcpServers\\[0\\]\\.name: `),
      );
      const mended = await alice.patch(
        agents,
        { namespace: stage.namespace, name: 'old' },
        { type: 'merge', body: { spec: { system: 'mended' } } },
      );
      assert.equal(mended.spec.system, 'mended');
      assert.equal(old.spec.system === mended.spec.system, false);
    } finally {
      await stage.client.delete(clusterAgentPolicies, { name });
    }
  });

  it('refuse a policy that cannot work', async () => {
    const broken = object('AgentPolicy', 'broken', { rules: [{ name: 'r', expression: 'object.(' }] });
    assert.match(
      await message(create(alice, agentPolicies, broken)),
      /\[kubechain\/policy\] spec\.rules\[0\]\.expression/,
    );
  });

  it('let RBAC say who approves, sign the decision, and keep it', async () => {
    const { namespace, operator } = stage;
    await alice.create(tasks, task(namespace, 'pay', 'pay'));
    await alice.create(taskRuns, taskRun(namespace, 'pay-1', 'pay'));
    await create(
      operator,
      taskRunToolCalls,
      object('TaskRunToolCall', 'pay-1-toolcall-01', {
        toolCallId: 'x',
        taskRunRef: { name: 'pay-1' },
        toolRef: { name: 'bank__transfer' },
        arguments: '{}',
        tool: { kind: 'MCPServer', name: 'bank', tool: 'transfer' },
      }),
    );
    const key = { namespace, name: 'pay-1-toolcall-01' };
    await operator.patch(
      taskRunToolCalls,
      key,
      { type: 'merge', body: { status: { status: 'AwaitingHumanApproval' } } },
      { subresource: 'status' },
    );
    const decision = (name: string) =>
      object('Approval', name, {
        toolCallRef: { name: key.name },
        decision: 'Approve',
        argumentsDigest: argumentsDigest('{}'),
      });
    assert.match(await message(create(alice, approvals, decision('own'))), /"alice" asked for the run/);
    const clerk = await stage.as('clerk', { roleless: true });
    await allow(stage, 'clerk', ['create', 'get'], 'approvals');
    const without = await eventually(
      () => message(create(clerk, approvals, decision('clerks'))),
      (said) => !said.includes('cannot create'),
    );
    assert.match(without, /"clerk" may not approve calls of bank\/transfer/);
    const bob = await stage.as('bob');
    const made = (await create(bob, approvals, decision('bobs'))) as Approval;
    assert.equal(made.spec.approver?.username, 'bob');
    assert.match(made.metadata.annotations?.[STAMPS.seal] ?? '', /^v1\./);
    await until(stage.client, approvals, { namespace, name: 'bobs' }, () => true);
    const again = await eventually(
      () => message(bob.create(approvals, decision('again') as Approval, { dryRun: true })),
      (said) => said !== 'it was admitted',
    );
    assert.match(again, /"bob" has decided about this call already/);
    const unsealed = { type: 'merge' as const, body: { metadata: { annotations: { [STAMPS.seal]: null } } } };
    assert.match(
      await message(bob.patch(approvals, { namespace, name: 'bobs' }, unsealed)),
      /is not changed after the decision/,
    );
  });

  it('let a backup come back as it was, by the identity that is configured for it and by no other', async () => {
    const { namespace, client } = stage;
    const velero = await stage.as(RESTORER);
    const saved = <T extends KubeObject>(given: T): T => {
      const { uid: _1, resourceVersion: _2, creationTimestamp: _3, managedFields: _4, ...metadata } = given.metadata;
      return { ...given, metadata } as T;
    };
    async function restored<T extends KubeObject>(resource: Resource<T>, name: string): Promise<void> {
      const backup = saved(await client.get(resource, { namespace, name }));
      await client.delete(resource, { namespace, name });
      await untilGone(client, resource, { namespace, name });
      // The webhook may know the old one a moment longer.
      assert.match(await message(alice.create(resource, backup)), /\[kubechain\/(stamps|authority|approvals.*)\]/);
      const made = await velero.create(resource, backup);
      assert.deepEqual(made.metadata.annotations, backup.metadata.annotations, `${resource.kind} ${name}`);
      assert.deepEqual((made as { spec?: unknown }).spec, (backup as { spec?: unknown }).spec);
    }
    const bob = await stage.as('bob');
    await bob.create(agents, agent(namespace, 'bobs'));
    await restored(agents, 'bobs');
    await restored(contextPages, 'r-1');
    await restored(taskRunToolCalls, 'pay-1-toolcall-01');
    await restored(approvals, 'bobs');
    const status = { type: 'merge' as const, body: { status: { phase: 'FinalAnswer', output: 'as it was' } } };
    const run = await velero.patch(taskRuns, { namespace, name: 'pay-1' }, status, { subresource: 'status' });
    assert.equal(run.status?.output, 'as it was');
  });

  it('let nothing unjudged in when they are away, and stop nothing else', async () => {
    const { namespace, client } = stage;
    const kept = await alice.create(agents, {
      ...agent(namespace, 'finalized'),
      metadata: { namespace, name: 'finalized', finalizers: ['example.com/f'] },
    });
    await client.create(tasks, task(namespace, 'pending', 'm') as Task);
    await stage.stop();
    assert.match(
      await message(alice.create(agents, agent(namespace, 'late') as Agent)),
      /failed calling webhook "validate\.kubechain/,
    );
    const relabel = { type: 'merge' as const, body: { metadata: { labels: { [LABELS.agent]: 'x' } } } };
    assert.match(await message(alice.patch(tasks, { namespace, name: 'pending' }, relabel)), /failed calling webhook/);
    // Finalizers, owners, other annotations, the operator’s statuses, deletion.
    const key = { namespace, name: 'finalized' };
    await alice.patch(agents, key, { type: 'merge', body: { metadata: { annotations: { 'example.com/a': 'b' } } } });
    await stage.operator.patch(
      agents,
      key,
      { type: 'merge', body: { status: { ready: true } } },
      { subresource: 'status' },
    );
    await alice.delete(agents, key);
    await alice.patch(agents, key, { type: 'merge', body: { metadata: { finalizers: null } } });
    assert.equal(await message(alice.get(agents, key)).then((said) => /not found/.test(said)), true);
    assert.ok(kept.metadata.uid);
  });
});

async function eventually(ask: () => Promise<string>, enough: (said: string) => boolean): Promise<string> {
  for (const deadline = Date.now() + 15_000; ; ) {
    const said = await ask();
    if (enough(said) || Date.now() > deadline) return said;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Binds a role of these verbs on one of our resources. */
async function allow(
  { client, namespace }: WebhookStage,
  user: string,
  verbs: string[],
  resource: string,
): Promise<void> {
  const rbac = (plural: string, kind: string): Resource => ({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    plural,
    kind,
    namespaced: true,
  });
  const metadata = { namespace, name: user };
  const rules = [{ apiGroups: ['kubechain.humanlayer.dev'], resources: [resource], verbs }];
  await client.create(rbac('roles', 'Role'), { metadata, rules } as KubeObject);
  await client.create(rbac('rolebindings', 'RoleBinding'), {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  } as KubeObject);
}
