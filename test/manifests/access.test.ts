import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AgentPolicy, AgentPolicyException, Approval, ClusterAgentPolicy } from '../../api/index.ts';
import {
  API_VERSION,
  agentPolicies,
  agentPolicyExceptions,
  agents,
  approvals,
  clusterAgentPolicies,
  contactChannels,
  contextPages,
  mcpServers,
  taskLedgers,
  taskRuns,
  taskRunToolCalls,
  tools,
} from '../../api/index.ts';
import { installCrds } from '../../cli/installCrds.ts';
import { createOperation, processIdentity } from '../../cli/operate.ts';
import { ACCOUNTS, applyRbac, rbacObjects, SYSTEM_NAMESPACE } from '../../cli/rbac.ts';
import { accountClient } from '../../cli/up/accounts.ts';
import { startWebhooks } from '../../cli/up/webhooks.ts';
import { startBridge } from '../../controller/index.ts';
import { BRIDGE_PORT } from '../../controller/mcpserver/pod/serverPod.ts';
import { jobs, pods } from '../../controller/pods/types.ts';
import type { AuditEvent } from '../../devcluster/index.ts';
import type { KubeClient, KubeConfig, KubeObject, Resource } from '../../kube/index.ts';
import { createKubeClient, loadKubeConfig, systemClock } from '../../kube/index.ts';
import { argumentsDigest } from '../../policies/approvals/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { startModelServer } from '../support/modelServer.ts';
import type { Event } from '../support/objects.ts';
import { agent, events, mcpServer, namespaces, secret, secrets, task, tool } from '../support/objects.ts';
import type { Room } from '../support/operator.ts';
import { createRoom } from '../support/operator.ts';
import { startTestServer, testsRealServer } from '../support/server.ts';
import { untilAmong, untilGone } from '../support/waiting.ts';

const MCP = fileURLToPath(new URL('../mcp/servers/hostile.ts', import.meta.url));
const users = { operator: userOf(ACCOUNTS.operator), webhook: userOf(ACCOUNTS.webhook) };

/** What is granted and no run in good order needs, and why it is granted all the same. */
const ONLY_AFTER_A_CRASH = new Map([
  ['get agentrevisions', 'somebody else has created it in between, or it is younger than the cache'],
  ['get jobs', 'the Job of a call is there already'],
  ['get tasks', 'the Task of a delegation is there already'],
]);
/** Asked for only where a cluster has these APIs: test/controller/policyBackground.test.ts. */
const ONLY_WITH_THE_API = ['openreports.io', 'wgpolicyk8s.io'];
/** Asked of the authorizer by an admission plugin that neither server of these tests has turned on. */
const ONLY_BY_ADMISSION = [
  'tools/finalizers',
  'tasks/finalizers',
  'taskruns/finalizers',
  'taskruntoolcalls/finalizers',
  'mcpservers/finalizers',
];

function userOf(account: string): string {
  return `system:serviceaccount:${SYSTEM_NAMESPACE}:${account}`;
}

/**
 * Everything that KubeChain does, under the roles of manifests/base/rbac and nothing more. The API server's own records say that
 * it was allowed all that it asked for, and asked for all that it is allowed.
 *
 * On a real cluster KUBECHAIN_AUDIT_LOG names the audit log; its policy has to record reads too (level Metadata).
 */
describe('the roles of operator and webhook', function () {
  this.timeout(120_000);
  const log = process.env.KUBECHAIN_AUDIT_LOG;
  before(function () {
    if (testsRealServer && log === undefined) this.skip();
  });

  it('are all that is needed, and no more', async () => {
    const records: AuditEvent[] = [];
    await using stack = new AsyncDisposableStack();
    const server = await startTestServer({ audit: (event) => void records.push(event) });
    stack.defer(() => server.close());
    const kubeConfig = loadKubeConfig({ path: server.kubeconfigPath, env: {} });
    const client = createKubeClient({ kubeConfig, fieldManager: 'test' });
    stack.defer(() => client.close());
    const begun = Date.now();
    await work(kubeConfig, client, stack);
    await stack.disposeAsync();
    const audited = server.real ? readAuditLog(log ?? '', begun) : records;
    for (const [account, user] of Object.entries(users)) {
      const own = audited.filter((event) => event.user === user);
      assert.ok(own.length > 0, `${account} asked for something`);
      const denied = own.filter(({ allowed }) => !allowed).map(what);
      assert.deepEqual([...new Set(denied)], [], `${account} was refused`);
      assert.deepEqual(unused(account, own), [], `${account} is granted what it never asks for`);
    }
  });
});

const what = ({ verb, group, resource, subresource, name }: AuditEvent): string =>
  `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}.${group} ${name}`;

/** Grants that no record needed. */
function unused(account: string, own: readonly AuditEvent[]): string[] {
  const roles = rbacObjects().filter(
    ({ kind, metadata }) => (kind === 'ClusterRole' || kind === 'Role') && metadata.name === `kubechain-${account}`,
  );
  return roles.flatMap(({ kind, rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((full) =>
          verbs.flatMap((verb) =>
            resourceNames.flatMap((wanted) => {
              if (ONLY_WITH_THE_API.includes(group)) return [];
              if (ONLY_AFTER_A_CRASH.has(`${verb} ${full}`) || ONLY_BY_ADMISSION.includes(full)) return [];
              const [resource, subresource = ''] = full.split('/');
              const needed = own.some(
                (event) =>
                  event.verb === verb &&
                  event.group === group &&
                  event.resource === resource &&
                  event.subresource === subresource &&
                  (wanted === undefined || event.name === wanted) &&
                  (kind === 'ClusterRole' || event.namespace === SYSTEM_NAMESPACE),
              );
              return needed ? [] : [`${kind}: ${verb} ${full}${wanted === undefined ? '' : ` ${wanted}`}`];
            }),
          ),
        ),
      ),
    ),
  );
}

/** One run of everything: tools, MCP, delegation, approvals, policies, exceptions, pages, clean-up, leader election. */
async function work(kubeConfig: KubeConfig, client: KubeClient, stack: AsyncDisposableStack): Promise<void> {
  const clock = systemClock;
  const logger = createRecordingLogger();
  const { signal } = new AbortController();
  await Promise.all([installCrds(client, clock, signal), applyRbac(client, signal)]);
  // What an earlier start left: then nothing would be created.
  for (const name of ['kubechain-webhook-cert', 'kubechain-approval-key'])
    await client.delete(secrets, { namespace: SYSTEM_NAMESPACE, name }).catch(() => undefined);
  const cluster = { client, kubeConfig, kubeconfig: '', flag: '', embedded: true, close: async () => undefined };
  const webhooks = await startWebhooks(cluster, { clock, logger, signal });
  stack.defer(() => webhooks.close());
  stack.defer(async () => {
    for (const plural of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])
      await client.request('DELETE', `/apis/admissionregistration.k8s.io/v1/${plural}/kubechain`);
  });

  const start = (): (() => Promise<void>) => {
    const account = accountClient(cluster, ACCOUNTS.operator, { clock, logger });
    const lease = {
      namespace: SYSTEM_NAMESPACE,
      name: 'kubechain-operator',
      identity: processIdentity(),
      leaseDurationMs: 3000,
      renewDeadlineMs: 2000,
      retryPeriodMs: 200,
    };
    const operation = createOperation({
      client: account,
      clock,
      logger,
      operator: { externalApiAllow: [], mcpServers: { runsAs: 'Pod', runnerImage: 'runner' } },
      lease,
    });
    const stop = new AbortController();
    const running = operation.run(stop.signal);
    return async () => {
      stop.abort();
      await running;
      await account.close();
    };
  };
  let stop = start();
  stack.defer(() => stop());

  const namespace = `kc-rbac-${randomBytes(4).toString('hex')}`;
  await client.create(namespaces, { metadata: { name: namespace } });
  stack.defer(() => client.delete(namespaces, { name: namespace }));
  const model = stack.use(
    await startModelServer({
      rules: [
        { when: { system: 'I am poet', user: 'wait' }, text: 'slow', latencyMs: 60_000 },
        { when: { system: 'I am poet' }, text: 'Roses are red.' },
        { when: { user: 'delegate', turn: 1 }, toolCalls: [{ name: 'ask-poet', arguments: { message: 'a poem' } }] },
        {
          when: { user: 'for ever', turn: 1 },
          toolCalls: [{ name: 'ask-poet', arguments: { message: `wait ${'x'.repeat(600)}` } }],
        },
        { when: { user: 'contained', turn: 1 }, toolCalls: [{ name: 'report', arguments: {} }] },
        { when: { user: 'echo', turn: 1 }, toolCalls: [{ name: 'tools__echo', arguments: {} }] },
        // Long: its beginning moves into a page, which the operator that comes next has to read.
        {
          when: { user: 'sum', turn: 1 },
          text: 'x'.repeat(70_000),
          toolCalls: [{ name: 'add', arguments: { a: 200, b: 3 } }],
        },
        { text: 'done' },
      ],
    }),
  );
  const room = createRoom(namespace, client, { writes: [] }, model);
  const key = (name: string) => ({ namespace, name });
  const custom = <T extends KubeObject>(kind: string, name: string, spec: object, cluster = false): T =>
    ({ apiVersion: API_VERSION, kind, metadata: { ...(cluster ? {} : { namespace }), name }, spec }) as unknown as T;

  // Policies of both kinds, with parameters, an exception, a channel.
  const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
  await client.create(configMaps, { metadata: key('limits'), data: { largest: '100' } } as KubeObject);
  const policy = custom<ClusterAgentPolicy>(
    'ClusterAgentPolicy',
    namespace,
    {
      match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      params: { configMapRef: { namespace, name: 'limits' } },
      tools: {
        arguments: [{ tools: ['builtin/add'], cel: 'args.a < int(params.largest)', action: 'RequireApproval' }],
      },
      exceptions: { allow: true },
    },
    true,
  );
  await client.create(clusterAgentPolicies, policy);
  stack.defer(() => client.delete(clusterAgentPolicies, { name: namespace }));
  await client.create(
    agentPolicies,
    custom<AgentPolicy>('AgentPolicy', 'house-rules', { limits: { maxTurns: 30 }, exceptions: { allow: true } }),
  );
  await room.until(agentPolicies, 'house-rules', ({ status }) => status?.observedGeneration === 1);
  await client.create(
    agentPolicyExceptions,
    custom<AgentPolicyException>('AgentPolicyException', 'once', {
      policies: [{ kind: 'AgentPolicy', name: 'house-rules', rules: ['limits.maxTurns'] }],
      objects: [{ kind: 'Agent', name: 'somebody' }],
      reason: 'a test',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  );
  await room.create(secret(namespace, 'mail', { key: 'value' }));
  await client.create(
    contactChannels,
    custom('ContactChannel', 'ops', {
      type: 'email',
      apiKeyFrom: { secretKeyRef: { name: 'mail', key: 'key' } },
      email: { address: 'a@b.cd' },
    }),
  );
  await room.until(
    contactChannels,
    'ops',
    ({ status }) => status?.ready !== undefined && status.observedGeneration === 1,
  );

  // Agents, tools, a server.
  await room.create(
    agent(namespace, 'poet', { system: 'I am poet' }),
    tool(namespace, 'add', { execute: { builtin: { name: 'add' } } }),
    tool(namespace, 'report', { execute: { container: { image: 'registry.example/report:v1' } } }),
    tool(namespace, 'ask-poet', { agentRef: { name: 'poet' } }),
    mcpServer(namespace, 'tools', { transport: 'stdio', command: process.execPath, args: [MCP, 'good'] }),
  );
  await serveBridge(client, room, 'tools-mcp', stack);
  await room.agent({
    tools: [{ name: 'add' }, { name: 'ask-poet' }, { name: 'report' }],
    mcpServers: [{ name: 'tools' }],
    revisionHistoryLimit: 1,
  });
  await room.until(agents, 'poet', ({ status }) => status?.ready);
  await room.run('poem', 'delegate');
  await room.run('mcp', 'echo');

  // A container's Job, whose end nobody sees, and which goes with its run.
  await room.create(task(namespace, 'contained', 'contained'));
  await room.until(jobs, 'contained-1-toolcall-01-job', () => true);
  await client.patch(taskRuns, key('contained-1'), { type: 'merge', body: { spec: { cancel: true } } });
  await untilGone(client, jobs, key('contained-1-toolcall-01-job'));

  // A delegated run that is cancelled with the run that waits for it.
  await room.create(task(namespace, 'ever', 'for ever'));
  await untilAmong(client, taskRuns, { namespace }, (runs) =>
    runs.find(({ spec, status }) => spec.taskRunToolCallRef?.name === 'ever-1-toolcall-01' && status?.startTime),
  );

  // A call that waits while the operator is replaced; then it is approved by somebody else than who asked.
  await room.create(task(namespace, 'pay', 'sum'));
  const call = await room.until(
    taskRunToolCalls,
    'pay-1-toolcall-01',
    ({ status }) => status?.status === 'AwaitingHumanApproval',
  );
  assert.ok((await client.list(contextPages, { namespace })).items.length > 0, 'there are pages');

  // The operator is replaced while both wait.
  await stop();
  stop = start();
  await client.patch(taskRuns, key('ever-1'), { type: 'merge', body: { spec: { cancel: true } } });
  await room.untilEnded('ever-1');
  await untilAmong(client, taskRuns, { namespace }, (runs) =>
    runs.find(
      ({ spec, status }) => spec.taskRunToolCallRef?.name === 'ever-1-toolcall-01' && status?.phase === 'Cancelled',
    ),
  );

  const bob = createKubeClient({
    kubeConfig: {
      ...kubeConfig,
      user: { ...kubeConfig.user, impersonateUser: 'bob', impersonateGroups: ['system:masters'] },
    },
    fieldManager: 'test',
  });
  stack.defer(() => bob.close());
  await bob.create(
    approvals,
    custom<Approval>('Approval', 'by-bob', {
      toolCallRef: { name: 'pay-1-toolcall-01' },
      decision: 'Approve',
      argumentsDigest: argumentsDigest(call.spec.arguments),
    }),
  );
  await room.untilEnded('pay-1');
  assert.equal((await client.get(approvals, key('by-bob'))).status?.counted, true);

  // Clean-up: a run past its time, revisions past their number. Repeated events become one.
  const tellsOfAgent = ({ reason, involvedObject }: Event): boolean =>
    reason === 'ValidationSucceeded' && involvedObject.name === 'assistant';
  for (const system of ['one', 'two', 'three']) {
    await client.patch(agents, key('assistant'), { type: 'merge', body: { spec: { system } } });
    await room.until(
      agents,
      'assistant',
      ({ status, metadata }) => status?.ready && status.observedGeneration === metadata.generation,
    );
  }
  for (const name of ['again', 'and-again']) {
    await client.delete(tools, key('add'));
    await room.until(agents, 'assistant', ({ status }) => status?.ready === false);
    await room.create(tool(namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.until(agents, 'assistant', ({ status }) => status?.ready);
    // Each operator's own event has to be there before it is repeated: until then all that comes is written in one.
    await untilAmong(client, events, { namespace }, (all) => all.filter(tellsOfAgent).length > 1);
    await room.run(name, 'hello');
  }
  // Tasks that GitOps would bring back: what they have run is written down, the first and then another.
  for (const name of ['from-git', 'from-git-too']) {
    const synced = task(namespace, name, 'hello');
    synced.metadata.annotations = {
      'argocd.argoproj.io/tracking-id': `app:kubechain.humanlayer.dev/Task:${namespace}/${name}`,
    };
    await room.create(synced);
    await room.untilEnded(`${name}-1`);
    await untilAmong(client, taskLedgers, { namespace }, (ledgers) =>
      ledgers.find(({ spec }) => spec.entries?.[name] !== undefined),
    );
  }
  await room.run('short', 'hello', { ttlSecondsAfterFinished: 1 });
  await untilGone(client, taskRuns, key('short-1'));
  // A server that changes gets another Pod and may go elsewhere.
  const before = await client.get(pods, key('tools-mcp'));
  const changed = { args: [MCP, 'progress'], egress: [{ cidr: '10.0.0.0/8' }] };
  await client.patch(mcpServers, key('tools'), { type: 'merge', body: { spec: changed } });
  await room.until(pods, 'tools-mcp', ({ metadata }) => metadata.uid !== before.metadata.uid);
  // What it has found of an exception the scan in the background says when it comes to it.
  await room.until(agentPolicyExceptions, 'once', ({ status }) => status?.state !== undefined);
}

/** Does what a node would for the Pod of an MCP server, as far as the operator can tell. */
async function serveBridge(
  client: KubeClient,
  room: Room,
  podName: string,
  stack: AsyncDisposableStack,
): Promise<void> {
  const pod = await room.until(pods, podName, () => true);
  const command = pod.spec?.containers[0]?.command ?? [];
  const [program = '', ...args] = command.slice(command.indexOf('--') + 1);
  const tokenSha256 = command.find((word) => word.startsWith('--token-sha256='))?.split('=')[1] ?? '';
  const podIP = `127.99.${process.pid % 250}.1`;
  const spec = { transport: 'stdio', command: program, args } as const;
  const bridge = await startBridge({
    host: podIP,
    port: BRIDGE_PORT,
    tokenSha256,
    spec,
    clock: systemClock,
    logger: createRecordingLogger(),
  });
  stack.defer(() => bridge.drain(0));
  const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }] };
  await client.patch(pods, room.key(podName), { type: 'merge', body: { status } }, { subresource: 'status' });
}

/** Records of the audit log since `begun`, as the embedded server gives them. */
function readAuditLog(path: string, begun: number): AuditEvent[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const {
      user,
      verb,
      objectRef = {},
      annotations = {},
      requestReceivedTimestamp,
    } = JSON.parse(line) as {
      user?: { username?: string };
      verb: string;
      objectRef?: { apiGroup?: string; resource?: string; subresource?: string; namespace?: string; name?: string };
      annotations?: Record<string, string>;
      requestReceivedTimestamp: string;
    };
    if (Date.parse(requestReceivedTimestamp) < begun) return [];
    const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef;
    const allowed = annotations['authorization.k8s.io/decision'] !== 'forbid';
    return [{ user: user?.username ?? '', verb, group: apiGroup, resource, subresource, namespace, name, allowed }];
  });
}
