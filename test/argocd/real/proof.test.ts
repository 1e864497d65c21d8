import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parseAllDocuments, stringify } from 'yaml';
import type { Agent, Task, TaskRun, TaskRunToolCall } from '../../../api/index.ts';
import { configMaps } from '../../../argocd/configMaps.ts';
import { init } from '../../../cli/gitops/init.ts';
import type { ModelServer } from '../../support/modelServer.ts';
import { startModelServer } from '../../support/modelServer.ts';
import { openIo } from './io.ts';
import type { ArgoStage } from './stage.ts';
import { freePort, missingParts, openArgoStage } from './stage.ts';

interface Application {
  metadata: { name: string };
  status?: {
    sync?: { status?: string; revision?: string };
    health?: { status?: string };
    operationState?: {
      phase?: string;
      message?: string;
      syncResult?: { resources?: { kind: string; name: string; status?: string; message?: string }[] };
    };
  };
}

const TEAMS = ['billing', 'support'];
const APPS = TEAMS.flatMap((team) => ['dev', 'staging', 'prod'].map((environment) => `${team}-${environment}`));

/** The example repository on a real Argo CD and a real API server, from the first commit to the end. */
describe('examples/gitops on Argo CD', function () {
  this.timeout(600_000);
  this.bail(true);
  let stage: ArgoStage;
  let model: ModelServer;
  let repository: string;

  before(async function () {
    const missing = missingParts();
    if (missing !== undefined) {
      process.stderr.write(`skipped: no Argo CD (${missing})\n`);
      return this.skip();
    }
    stage = await openArgoStage();
    model = await startModelServer();
    return undefined;
  });
  after(async () => {
    await stage?.[Symbol.asyncDispose]();
    await model?.[Symbol.asyncDispose]();
  });

  const app = (name: string) => stage.get<Application>('applications.argoproj.io', name, 'argocd');
  /** Argo CD polls every few minutes; a webhook of the Git server tells it at once, and this does. */
  const refresh = async (...names: string[]) => {
    for (const name of names) {
      await stage.kubectl([
        '-n',
        'argocd',
        'annotate',
        'app',
        name,
        'argocd.argoproj.io/refresh=normal',
        '--overwrite',
      ]);
    }
  };
  const settled = (name: string, health = 'Healthy', seconds = 180) =>
    stage.eventually(
      `${name} Synced and ${health}`,
      async () => {
        const { status } = (await app(name)) ?? {};
        return status?.sync?.status === 'Synced' && status.health?.status === health;
      },
      seconds,
    );
  const commit = async (...names: string[]) => {
    await stage.commit(repository, 'agents');
    await refresh(...names);
  };
  const edit = (path: string, change: (text: string) => string) => {
    const file = join(repository, path);
    const before = readFileSync(file, 'utf8');
    const changed = change(before);
    assert.notEqual(changed, before, `${path} is changed`);
    writeFileSync(file, changed);
  };

  it('comes up by one Application: CRDs, operator, webhook, policies, then the teams', async () => {
    for (const map of configMaps({ namespace: 'argocd', links: [] })) {
      await stage.kubectl(['apply', '--server-side', '--field-manager', 'kubechain', '-f', '-'], stringify(map));
    }
    repository = join(stage.folder, 'agents');
    const url = `file://${stage.folder}/argocd/repos/agents.git`;
    assert.equal(init(repository, { repo: url }, openIo(stage.folder)), 0);
    const webhookPort = await freePort();
    withoutNodes(join(repository, 'platform', 'kubechain', 'install.yaml'), webhookPort);
    for (const team of TEAMS) {
      appendFileSync(join(repository, 'teams', team, 'base', 'llm.yaml'), `    baseUrl: ${model.url}\n`);
    }
    for (const name of APPS) {
      await stage.kubectl(['create', 'namespace', `agents-${name}`]);
      await stage.kubectl([
        '-n',
        `agents-${name}`,
        'create',
        'secret',
        'generic',
        'openai',
        '--from-literal=OPENAI_API_KEY=sk-test',
      ]);
    }
    assert.equal(await stage.commit(repository, 'agents'), url);
    await stage.kubectl(['apply', '-f', join(repository, 'application.yaml')]);
    // Without nodes the two Deployments are processes, as soon as their ServiceAccounts are there.
    await stage.eventually('the ServiceAccounts', () =>
      stage.get('clusterrolebinding', 'kubechain-webhook-certificate'),
    );
    await stage.eventually('the configurations', () => stage.get('validatingwebhookconfiguration', 'kubechain'));
    await stage.kubechain('kubechain-webhook', [
      ...['webhook', '--self-signed', '--cert-host', '127.0.0.1', '--port', String(webhookPort)],
      ...['--namespace', 'kubechain-system'],
    ]);
    await stage.kubechain('kubechain-operator', [
      'operator',
      '--lease-namespace',
      'kubechain-system',
      '--no-leader-elect',
    ]);
    await settled('kubechain');
    await settled('agent-policies');
    for (const name of APPS) await settled(name, name === 'billing-prod' ? 'Suspended' : 'Healthy');
    await settled('agents');
  });

  it('shows runs and their tool calls in the tree, and has run each Task once', async () => {
    const tree = await stage.argocd('app', 'get', 'billing-dev', '-o', 'tree');
    assert.match(tree, /TaskRun\/smoke-test-1\b/);
    assert.match(tree, /TaskRunToolCall\/smoke-test-1-toolcall-01\b/);
    const run = await stage.get<TaskRun>('taskrun', 'smoke-test-1', 'agents-billing-dev');
    assert.equal(run?.status?.phase, 'FinalAnswer');
    assert.match(run?.status?.output ?? '', /42/);
    assert.equal(await stage.get('taskrun', 'smoke-test-2', 'agents-billing-dev'), undefined);
  });

  it('has let an evaluation gate the sync', async () => {
    const run = await stage.get<TaskRun>('taskrun', 'evaluation-of-sync', 'agents-billing-staging');
    assert.equal(run?.status?.phase, 'FinalAnswer');
    const { status } = (await app('billing-staging')) ?? {};
    const hook = status?.operationState?.syncResult?.resources?.find(({ name }) => name === 'evaluation-of-sync');
    assert.equal(hook?.status ?? 'Synced', 'Synced');
  });

  const runAction = (name: string, kind: string, resource: string, action: string) =>
    stage.action(name, { namespace: `agents-${name}`, kind, name: resource }, action);

  it('runs, suspends and resumes a Task, and cancels a run, by actions', async () => {
    const namespace = 'agents-billing-dev';
    await runAction('billing-dev', 'Task', 'smoke-test', 'run-now');
    const manual = await stage.eventually('a run by hand', async () => {
      const list = JSON.parse(await stage.kubectl(['-n', namespace, 'get', 'taskruns', '-o', 'json'])) as {
        items: TaskRun[];
      };
      return list.items.find(
        ({ metadata, status }) => metadata.name?.includes('-manual-') && status?.phase === 'FinalAnswer',
      );
    });
    assert.equal(manual.metadata.ownerReferences?.[0]?.kind, 'Task');
    await runAction('billing-dev', 'Task', 'smoke-test', 'suspend');
    await settled('billing-dev', 'Suspended');
    await runAction('billing-dev', 'Task', 'smoke-test', 'resume');
    await settled('billing-dev');
    model.hold();
    await runAction('billing-dev', 'Task', 'smoke-test', 'run-now');
    const held = await stage.eventually('a run under way', async () => {
      const list = JSON.parse(await stage.kubectl(['-n', namespace, 'get', 'taskruns', '-o', 'json'])) as {
        items: TaskRun[];
      };
      return list.items.find(({ status }) => status?.phase === 'SendContextWindowToLLM');
    });
    const name = held.metadata.name ?? '';
    // The tree knows it a moment later.
    await stage.eventually(
      'the action',
      () => runAction('billing-dev', 'TaskRun', name, 'cancel').then(() => true),
      60,
    );
    await stage.eventually('its end', async () => {
      const run = await stage.get<TaskRun>('taskrun', name, namespace);
      return run?.status?.phase === 'Cancelled';
    });
    model.release();
    // Somebody stopped it, so somebody has to start it.
    await settled('billing-dev', 'Suspended');
    await runAction('billing-dev', 'TaskRun', name, 'retry');
    await settled('billing-dev');
  });

  it('approves a tool call only where a policy takes a ServiceAccount for an approver', async () => {
    const namespace = 'agents-billing-prod';
    const call = 'daily-1-toolcall-01';
    const waits = await stage.get<TaskRunToolCall>('taskruntoolcall', call, namespace);
    assert.equal(waits?.status?.status, 'AwaitingHumanApproval');
    await assert.rejects(
      runAction('billing-prod', 'TaskRunToolCall', call, 'approve'),
      /system:serviceaccount:argocd:argocd-application-controller.* is a service account; a person has to decide/s,
    );
    edit('platform/policies/production.yaml', (text) =>
      text.replace('  limits:', '  approval: {allowServiceAccounts: true, notRequester: false}\n  limits:'),
    );
    await commit('agent-policies');
    await stage.eventually(
      'the policy',
      async () =>
        (await stage.kubectl([
          'get',
          'clusteragentpolicy',
          'production',
          '-o',
          'jsonpath={.spec.approval.allowServiceAccounts}',
        ])) === 'true',
    );
    await stage.eventually(
      'the approval',
      () => runAction('billing-prod', 'TaskRunToolCall', call, 'approve').then(() => true),
      30,
    );
    await stage.eventually('its run’s end', async () => {
      const run = await stage.get<TaskRun>('taskrun', 'daily-1', namespace);
      return run?.status?.phase === 'FinalAnswer' && /144/.test(run.status.output ?? '');
    });
    await settled('billing-prod');
    const ran = await stage.get<TaskRunToolCall>('taskruntoolcall', call, namespace);
    assert.deepEqual(ran?.status?.approval?.approvedBy, ['system:serviceaccount:argocd:argocd-application-controller']);
  });

  it('heals drift', async () => {
    await stage.kubectl([
      ...['-n', 'agents-support-dev', 'patch', 'agent', 'answerer', '--type=merge'],
      ...['-p', '{"spec":{"system":"You do whatever you are told."}}'],
    ]);
    await stage.eventually('the prompt of Git', async () => {
      const agent = await stage.get<Agent>('agent', 'answerer', 'agents-support-dev');
      return agent?.spec.system.startsWith('You answer questions');
    });
    await settled('support-dev');
  });

  it('refuses a bad agent in the sync after a change of policy, says what to do, and takes the fix', async () => {
    edit('platform/policies/baseline.yaml', (text) =>
      text.replace('["*/delete_*"]', '["*/delete_*", "builtin/multiply"]'),
    );
    await commit('agent-policies');
    await stage.eventually('the policy', async () =>
      (await stage.kubectl(['get', 'clusteragentpolicy', 'baseline', '-o', 'jsonpath={.spec.tools.deny}'])).includes(
        'multiply',
      ),
    );
    // The agent that was there before the policy stays as it is; a new one is refused.
    const auditor = join(repository, 'teams', 'billing', 'dev', 'auditor.yaml');
    writeFileSync(
      auditor,
      `apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: Agent\nmetadata:\n  name: auditor\nspec:\n  llmRef: {name: default}\n  system: You audit.\n  tools:\n    - name: add\n    - name: multiply\n`,
    );
    edit('teams/billing/dev/kustomization.yaml', (text) =>
      text.replace('  - smoke-test.yaml', '  - smoke-test.yaml\n  - auditor.yaml'),
    );
    await commit('billing-dev');
    const refused = await stage.eventually('the refusal', async () => {
      const { status } = (await app('billing-dev')) ?? {};
      return status?.operationState?.syncResult?.resources?.find(
        ({ name, message }) => name === 'auditor' && message?.includes('denied the request'),
      );
    });
    assert.match(
      refused.message ?? '',
      /\[baseline\/tools\.deny\].*spec\.tools\[1\]\.name: "\w+\/multiply" is denied.*fix: /s,
    );
    assert.equal(await stage.get('agent', 'auditor', 'agents-billing-dev'), undefined);
    const bookkeeper = await stage.get<Agent>('agent', 'bookkeeper', 'agents-billing-dev');
    assert.equal(bookkeeper?.status?.ready, true);
    writeFileSync(auditor, readFileSync(auditor, 'utf8').replace('    - name: multiply\n', ''));
    await stage.commit(repository, 'agents');
    // A sync that fails is retried with its old commit first.
    await stage.eventually('the fix', async () => {
      await refresh('billing-dev');
      const now = await app('billing-dev');
      return now?.status?.sync?.status === 'Synced' && now.status.operationState?.phase === 'Succeeded';
    });
    assert.ok(await stage.get('agent', 'auditor', 'agents-billing-dev'));
    await settled('billing-dev');
  });

  it('goes back by a revert: the Agent has the revision that it had', async () => {
    const revision = async () =>
      (await stage.get<Agent>('agent', 'estimator', 'agents-support-dev'))?.status?.currentRevision;
    const first = await revision();
    assert.ok(first);
    const change = (text: string) => text.replace('in days', 'in hours');
    edit('teams/support/base/agent.yaml', change);
    await commit('support-dev');
    await stage.eventually('another revision', async () => (await revision()) !== first);
    edit('teams/support/base/agent.yaml', (text) => text.replace('in hours', 'in days'));
    await commit('support-dev');
    await stage.eventually('the first revision', async () => (await revision()) === first);
    await settled('support-dev');
    const task = await stage.get<Task>('task', 'smoke-test', 'agents-support-dev');
    assert.equal(task?.status?.runs, 1, 'a Task runs once, however often it is synced');
  });

  it('prunes a team that leaves, and ends without a trace', async () => {
    rmSync(join(repository, 'teams', 'support'), { recursive: true });
    await stage.commit(repository, 'agents');
    await stage.kubectl([
      '-n',
      'argocd',
      'annotate',
      'applicationset',
      'agent-teams',
      'argocd.argoproj.io/application-set-refresh=true',
    ]);
    await stage.eventually('no Applications of the team', async () => (await app('support-dev')) === undefined);
    // What its Tasks have run is remembered, in case that they come back: a TaskLedger is not of Git.
    const kinds = 'agents,llms,tools,mcpservers,contactchannels,tasks,taskruns,taskruntoolcalls,agentrevisions';
    await stage.eventually('nothing of the team', async () => {
      const left = await stage.kubectl(['-n', 'agents-support-dev', 'get', kinds, '-o', 'name']);
      return left === '';
    });

    await stage.kubectl(['-n', 'argocd', 'delete', 'app', 'agents', '--wait=false']);
    // The policies and the CRDs want it confirmed: docs/gitops.md, "The end".
    for (const name of ['agent-policies', 'kubechain']) {
      await stage.eventually(`${name} on its way`, async () => {
        const found = await app(name);
        if (found === undefined) return true;
        await stage.argocd('app', 'confirm-deletion', name).catch(() => undefined);
        return (await app(name)) === undefined;
      });
    }
    await stage.eventually(
      'no Applications',
      async () => (await stage.kubectl(['-n', 'argocd', 'get', 'app', '-o', 'name'])) === '',
    );
    const crds = await stage.kubectl(['get', 'crd', '-l', 'app.kubernetes.io/part-of=kubechain', '-o', 'name']);
    if (crds.trim() !== '')
      await stage.kubectl(['delete', 'crd', '-l', 'app.kubernetes.io/part-of=kubechain', '--timeout=60s']);
    const rest = await stage.kubectl([
      ...['get', 'clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations'],
      ...['-l', 'app.kubernetes.io/part-of=kubechain', '-o', 'name'],
    ]);
    assert.equal(rest, '');
  });
});

/** The installation where no Pod runs: no Deployments, and the webhooks at a URL instead of a Service. */
function withoutNodes(file: string, port: number): void {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
    const object = document.toJS() as { kind?: string; webhooks?: { clientConfig: Record<string, unknown> }[] } | null;
    if (object === null || object.kind === 'Deployment') return [];
    for (const webhook of object.webhooks ?? []) {
      const { path } = webhook.clientConfig.service as { path: string };
      webhook.clientConfig = { url: `https://127.0.0.1:${port}${path}` };
    }
    return [stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })];
  });
  writeFileSync(file, documents.join('---\n'));
}
