import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Agent, AgentPolicy, AgentSpec, ClusterAgentPolicy, Tool } from '../../api/index.ts';
import { agentPolicies, agents, clusterAgentPolicies, GIT_MARKS, GROUP, STAMPS, taskRuns } from '../../api/index.ts';
import { policyAudit } from '../../cli/policy/audit.ts';
import type { KubeObject, Resource } from '../../kube/index.ts';
import { isAlreadyExists, KubeError } from '../../kube/index.ts';
import { APPROVAL_KEY_FIELD, APPROVAL_KEY_SECRET } from '../../policies/approvals/index.ts';
import { readStampKeys, sealChange, signStamp } from '../../policies/provenance/index.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import type { LogEntry } from '../support/logger.ts';
import { agent, llm, namespaces, secret, secrets, task, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { until, untilServed } from '../support/waiting.ts';

const ARGO = 'system:serviceaccount:argocd:argocd-application-controller';
const COMMIT = '3f2c1a9d00000000000000000000000000000001';
const REPO = 'https://github.com/acme/agents.git';
const KEY = randomBytes(32);
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stampKeys = readStampKeys(publicKey.export({ type: 'spki', format: 'pem' }) as string);
const system = `kc-system-${randomBytes(4).toString('hex')}`;

const FLUX = 'system:serviceaccount:flux-system:kustomize-controller';

const foreign = (
  group: string,
  version: string,
  kind: string,
  plural: string,
): Resource<KubeObject & { status?: object; spec?: object }> => ({ group, version, plural, kind, namespaced: true });
const applications = foreign('argoproj.io', 'v1alpha1', 'Application', 'applications');
const kustomizations = foreign('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations');
const gitRepositories = foreign('source.toolkit.fluxcd.io', 'v1', 'GitRepository', 'gitrepositories');
const definitions: Resource<
  KubeObject & { spec?: object; status?: { conditions?: { type: string; status: string }[] } }
> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

const rbac = (kind: string, plural: string): Resource<KubeObject & Record<string, unknown>> => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
const clusterRoles = rbac('ClusterRole', 'clusterroles');
const clusterRoleBindings = rbac('ClusterRoleBinding', 'clusterrolebindings');

describe('the commit that an agent comes from', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage({ argocdNamespace: system, systemNamespace: system, stampKeys });
    const { client } = stage;
    await client.create(namespaces, { metadata: { name: system } });
    await client.create(secrets, {
      metadata: { namespace: system, name: APPROVAL_KEY_SECRET },
      data: { [APPROVAL_KEY_FIELD]: KEY.toString('base64') },
    });
  });
  after(async () => {
    await stage.client.delete(namespaces, { name: system });
    await stage[Symbol.asyncDispose]();
  });

  async function installKind(resource: Resource): Promise<void> {
    const { group, version, kind, plural } = resource;
    const { client } = stage;
    const name = `${plural}.${group}`;
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    try {
      await client.create(definitions, {
        metadata: { name },
        spec: {
          group,
          names: { kind, plural },
          scope: 'Namespaced',
          versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
        },
      });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    await until(client, definitions, { name }, ({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True'),
    );
    await untilServed(client, resource);
  }

  const listed = (room: Room, name = 'assistant') => [
    { group: GROUP, kind: 'Agent', namespace: room.namespace, name, status: 'Synced' },
  ];
  const application = (name: string, resources: object[], namespace = system) => ({
    metadata: { namespace, name },
    spec: { source: { repoURL: REPO, path: 'teams/one' } },
    status: { sync: { revision: 'later' }, operationState: { syncResult: { revision: COMMIT } }, resources },
  });
  const trackingId = (room: Room, app: string, name = 'assistant') => ({
    'argocd.argoproj.io/tracking-id': `${app}:${GROUP}/Agent:${room.namespace}/${name}`,
  });

  /** An agent as the webhook would have stored it, changed last by `writer`. */
  function written(room: Room, writer: string | undefined, metadata: object, spec: Partial<AgentSpec> = {}): Agent {
    const plain = agent(room.namespace, 'assistant', spec);
    const made = { ...plain, metadata: { ...plain.metadata, ...metadata } } as Agent;
    if (writer === undefined) return made;
    const seal = sealChange(KEY, made, writer, room.namespace) ?? '';
    const stamps = { [STAMPS.changedBy]: writer, [STAMPS.changeSeal]: seal };
    return { ...made, metadata: { ...made.metadata, annotations: { ...made.metadata.annotations, ...stamps } } };
  }
  async function runOf(room: Room, made: Agent, message = 'Do it.') {
    await room.create(
      secret(room.namespace, 'openai', { OPENAI_API_KEY: 'sk-good-key' }),
      llm(room.namespace, 'gpt-4o', room.model.url),
    );
    await room.create(made);
    return room.run('work', message);
  }

  it('is claimed where Argo CD tracks the agent and Applications are no kind of the cluster', async () => {
    const room = await stage.room();
    const run = await runOf(room, written(room, ARGO, { annotations: trackingId(room, 'agents') }));
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.deepEqual(run.status?.provenance, {
      source: 'ArgoCD',
      trust: 'Claimed',
      application: `${system}/agents`,
      detail: `${system}/agents could not be read: Application is no kind of this cluster`,
    });
  });

  it('is nothing where nothing is said of it', async () => {
    const room = await stage.room();
    const made = written(room, 'alice', {
      annotations: { 'argocd.argoproj.io/tracking-id': `a:${GROUP}/Agent:x/other` },
      labels: { 'app.kubernetes.io/instance': 'helm' },
    });
    assert.equal((await runOf(room, made)).status?.provenance, undefined);
  });

  it('is in each log line about a run and its tool calls, those of failures too', async () => {
    const room = await stage.room();
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    const annotations = { [GIT_MARKS.repo]: REPO, [GIT_MARKS.path]: 'a.yaml', [GIT_MARKS.revision]: COMMIT };
    // The write of the first answer, and the first one of the tool call's status, meet a server that is out of order.
    const broken = new Set<string>();
    stage.operator.beforeWrite = ({ resource, subresource, namespace, body }) => {
      if (namespace !== room.namespace || subresource !== 'status' || broken.has(resource)) return;
      const answer = resource === 'taskruns' && JSON.stringify(body).includes('/status/toolCallCount');
      if (!answer && resource !== 'taskruntoolcalls') return;
      broken.add(resource);
      throw new KubeError('Internal', 'out of order');
    };
    try {
      await runOf(room, written(room, undefined, { annotations }, { tools: [{ name: 'add' }] }), 'add 2 and 3');
    } finally {
      stage.operator.beforeWrite = undefined;
    }
    const isAbout = ({ fields }: LogEntry): boolean => JSON.stringify(fields).includes(room.namespace);
    await stage.logger.logged((entry) => isAbout(entry) && entry.message === 'taskrun: ended');
    const about = stage.logger.entries.filter(isAbout);
    assert.deepEqual([...new Set(about.map(({ message }) => message))].sort(), [
      'reconcile failed: again',
      'taskrun: begun',
      'taskrun: ended',
    ]);
    assert.deepEqual([...broken].sort(), ['taskruns', 'taskruntoolcalls']);
    for (const { message, fields } of about) {
      const { repo, path, commit, trust } = fields;
      assert.deepEqual(
        { repo, path, commit, trust },
        { repo: REPO, path: 'a.yaml', commit: COMMIT, trust: 'Claimed' },
        message,
      );
    }
  });

  it('is what the annotations of a stamp say, and verified by its signature', async () => {
    const room = await stage.room();
    const marks = {
      repo: 'https://user:pass@github.com/acme/agents',
      path: 'a.yaml',
      revision: COMMIT,
      author: 'ann@acme.com',
    };
    const annotations = {
      [GIT_MARKS.repo]: marks.repo,
      [GIT_MARKS.path]: marks.path,
      [GIT_MARKS.revision]: marks.revision,
      [GIT_MARKS.author]: marks.author,
    };
    const bare = written(room, undefined, { annotations });
    const signature = signStamp(privateKey, bare, marks);
    const signed = {
      ...bare,
      metadata: { ...bare.metadata, annotations: { ...annotations, [GIT_MARKS.signature]: signature } },
    };
    const run = await runOf(room, signed);
    assert.deepEqual(run.status?.provenance, {
      source: 'Stamp',
      trust: 'Verified',
      repo: 'https://github.com/acme/agents',
      path: 'a.yaml',
      revision: COMMIT,
      author: 'ann@acme.com',
    });
    // Somebody changes the spec and leaves the stamp: it is about another object.
    const { client } = stage;
    await client.patch(agents, room.key('assistant'), { type: 'merge', body: { spec: { system: 'Evil.' } } });
    const later = await room.run('later', 'Do it.');
    assert.equal(later.status?.provenance?.trust, 'Claimed');
    assert.match(later.status?.provenance?.detail ?? '', /not about this object as it is now/);
    assert.equal(run.status?.provenance?.trust, 'Verified', 'what ran stays what it was');
  });

  describe('with Applications', () => {
    before(() => installKind(applications));

    it('is verified where a GitOps identity changed it last and the Application lists it', async () => {
      const room = await stage.room();
      await stage.client.create(applications, application('verified', listed(room)));
      const run = await runOf(room, written(room, ARGO, { annotations: trackingId(room, 'verified') }));
      assert.deepEqual(run.status?.provenance, {
        source: 'ArgoCD',
        trust: 'Verified',
        repo: REPO,
        path: 'teams/one',
        revision: COMMIT,
        application: `${system}/verified`,
      });
      const event = await room.untilEvent('ValidationSucceeded', 'work-1');
      assert.equal(event.message, 'Task validated successfully; agent "assistant" from acme/agents@3f2c1a9 (Verified)');
      await stage.logger.logged(
        ({ fields }) => fields.taskRun === `${room.namespace}/work-1` && fields.commit === COMMIT,
      );
      // The Application goes on to another commit that does not touch the agent.
      await stage.client.patch(
        applications,
        { namespace: system, name: 'verified' },
        { type: 'merge', body: { status: { operationState: { syncResult: { revision: 'f'.repeat(40) } } } } },
      );
      await stage.restart();
      assert.equal((await room.run('later', 'Do it.')).status?.provenance?.revision, COMMIT);
    });

    it('is found by all three ways to track, and for apps in any namespace', async () => {
      const room = await stage.room();
      await stage.client.create(applications, application('elsewhere', listed(room), room.namespace));
      const found = async (metadata: object) => {
        await stage.client.delete(agents, room.key('assistant')).catch(() => undefined);
        await room.create(written(room, ARGO, metadata));
        const seen = await room.until(
          agents,
          'assistant',
          ({ status, metadata: { generation } }) => status?.observedGeneration === generation,
        );
        return [seen.status?.provenance?.trust, seen.status?.provenance?.application];
      };
      const app = `${room.namespace}_elsewhere`;
      const expected = ['Verified', `${room.namespace}/elsewhere`];
      assert.deepEqual(await found({ annotations: trackingId(room, app) }), expected);
      assert.deepEqual(await found({ labels: { 'argocd.argoproj.io/instance': app } }), expected);
      assert.deepEqual(await found({ labels: { 'app.kubernetes.io/instance': app } }), expected);
      assert.deepEqual(
        await found({ annotations: trackingId(room, app), labels: { 'app.kubernetes.io/instance': 'helm' } }),
        expected,
      );
    });

    it('is claimed where anybody else changed it last, whatever they write into it', async () => {
      const room = await stage.room();
      await stage.client.create(applications, application('claimed', listed(room)));
      const run = await runOf(room, written(room, 'mallory', { annotations: trackingId(room, 'claimed') }));
      assert.equal(run.status?.provenance?.trust, 'Claimed');
      assert.match(run.status?.provenance?.detail ?? '', /^"mallory" changed the object last/);
      await stage.client.patch(agents, room.key('assistant'), {
        type: 'merge',
        body: { metadata: { annotations: { [STAMPS.changedBy]: ARGO } } },
      });
      await room.until(agents, 'assistant', ({ status }) => status?.provenance?.detail?.includes('has not sealed'));
      assert.equal((await room.run('later', 'Do it.')).status?.provenance?.trust, 'Claimed');
    });

    it('is waited for while the Application does not list the agent yet', async () => {
      const room = await stage.room();
      await stage.client.create(applications, application('soon', []));
      await room.create(
        secret(room.namespace, 'openai', { OPENAI_API_KEY: 'sk-good-key' }),
        llm(room.namespace, 'gpt-4o', room.model.url),
      );
      await room.create(
        written(room, ARGO, { annotations: trackingId(room, 'soon') }),
        task(room.namespace, 'work', 'Do it.'),
      );
      await room.until(taskRuns, 'work-1', ({ status }) => status?.statusDetail?.startsWith('Waiting for proof'));
      await stage.client.patch(
        applications,
        { namespace: system, name: 'soon' },
        { type: 'merge', body: { status: { resources: listed(room) } } },
      );
      const run = await room.untilEnded('work-1');
      assert.equal(run.status?.provenance?.trust, 'Verified');
    });

    it('costs no write: a run is created, begins and ends', async () => {
      const room = await stage.room();
      await stage.client.create(applications, application('frugal', listed(room)));
      await runOf(room, written(room, ARGO, { annotations: trackingId(room, 'frugal') }));
      const before = room.writes().length;
      await room.run('counted', 'Do it.');
      await room.untilEvent('LLMFinalAnswer', 'counted-1');
      const writes = room.writes().slice(before);
      assert.equal(writes.filter(({ resource }) => resource === 'taskruns').length, 3, 'created, begun, ended');
    });

    it('decides whether a run may ask its model, where a policy requires proof', async () => {
      const room = await stage.room();
      const policy = {
        apiVersion: `${GROUP}/v1alpha1`,
        kind: 'ClusterAgentPolicy',
        metadata: { name: room.namespace },
        spec: {
          mode: 'Enforce',
          match: { namespaces: [room.namespace], kinds: ['Agent'] },
          require: { provenanceTrust: 'Verified' },
        },
      } as ClusterAgentPolicy;
      await stage.client.create(clusterAgentPolicies, policy);
      await stage.client.create(applications, application('policy', listed(room)));
      const run = await runOf(room, written(room, ARGO, { annotations: trackingId(room, 'policy') }));
      assert.equal(run.status?.phase, 'FinalAnswer');
      await until(
        stage.client,
        clusterAgentPolicies,
        { name: room.namespace },
        ({ status }) => status?.summary?.violations === 0,
      );
      await stage.client.patch(agents, room.key('assistant'), { type: 'merge', body: { spec: { system: 'Evil.' } } });
      const denied = await room.run('denied', 'Do it.');
      assert.match(
        denied.status?.error ?? '',
        /^Denied by policy .*require\.provenance: the commit that this comes from is claimed, not verified/,
      );
      await until(
        stage.client,
        clusterAgentPolicies,
        { name: room.namespace },
        ({ status }) => status?.summary?.violations === 1,
      );
      await stage.client.delete(clusterAgentPolicies, { name: room.namespace });
    });
  });

  describe('to who asks from a terminal', () => {
    before(() => installKind(applications));

    /** A Tool as Argo CD applied it and `writer` changed it last. */
    function applied(room: Room, name: string, writer: string, app: string): Tool {
      const plain = tool(room.namespace, name, { execute: { builtin: { name: 'add' } } });
      const id = `${app}:${GROUP}/Tool:${room.namespace}/${name}`;
      const marked = { ...plain.metadata, annotations: { 'argocd.argoproj.io/tracking-id': id } };
      const seal = sealChange(KEY, { ...plain, metadata: marked }, writer, room.namespace) ?? '';
      const annotations = { ...marked.annotations, [STAMPS.changedBy]: writer, [STAMPS.changeSeal]: seal };
      return { ...plain, metadata: { ...marked, annotations } };
    }
    async function audit(room: Room, as?: string) {
      const { io, out, err } = fakeIo();
      const options = { argocdNamespace: system, systemNamespace: system, output: 'json', verbose: false } as const;
      const cluster = { kubeconfig: stage.kubeConfig.source, namespace: room.namespace };
      await policyAudit({ ...options, ...cluster, ...(as === undefined ? {} : { as }) }, io);
      const { findings, notEvaluable } = JSON.parse(out() || err());
      const told = (findings as { object: string; message: string }[]).map(
        ({ object, message }) => `${object.split('/')[1]}: ${message}`,
      );
      return { told: told.sort(), notEvaluable: notEvaluable as { reason: string; objects: number }[] };
    }

    it('is proven by what the operator goes by, as far as they may read that', async () => {
      const room = await stage.room();
      const lists = ['good', 'changed'].map((name) => ({
        group: GROUP,
        kind: 'Tool',
        namespace: room.namespace,
        name,
      }));
      await stage.client.create(applications, application('tools', lists));
      await room.create(
        applied(room, 'good', ARGO, 'tools'),
        applied(room, 'changed', 'mallory', 'tools'),
        applied(room, 'unlisted', ARGO, 'tools'),
        {
          apiVersion: `${GROUP}/v1alpha1`,
          kind: 'AgentPolicy',
          metadata: { namespace: room.namespace, name: 'proven' },
          spec: { mode: 'Audit', require: { provenanceTrust: 'Verified' } },
        } as AgentPolicy,
      );
      const { told, notEvaluable } = await audit(room);
      assert.deepEqual(notEvaluable, []);
      assert.equal(told.length, 2, told.join('\n'));
      assert.match(told[0] ?? '', /^changed: .*claimed, not verified: "mallory" changed the object last/);
      assert.match(told[1] ?? '', /^unlisted: .*claimed, not verified: .*\/tools does not list the object/);
      const { status } = await room.until(agentPolicies, 'proven', ({ status }) => status?.summary?.audited === 2);
      assert.equal(status?.summary?.notEvaluable, 0, 'the operator says the same');

      const reader = `reader-${room.namespace}`;
      await stage.client.create(clusterRoles, {
        metadata: { name: reader },
        rules: [
          { apiGroups: [GROUP], resources: ['*'], verbs: ['list'] },
          { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
        ],
      });
      await stage.client.create(clusterRoleBindings, {
        metadata: { name: reader },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: reader }],
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: reader },
      });
      const seen = await audit(room, reader);
      assert.deepEqual(seen.told, []);
      assert.deepEqual(
        seen.notEvaluable.map(({ reason, objects }) => [reason, objects]),
        [[`how well its commit is proven is not known to who may not get Secret ${system}/${APPROVAL_KEY_SECRET}`, 3]],
      );
      await stage.client.delete(clusterRoleBindings, { name: reader });
      await stage.client.delete(clusterRoles, { name: reader });
    });
  });

  describe('with Flux', () => {
    before(async () => {
      await installKind(kustomizations);
      await installKind(gitRepositories);
    });

    const labels = (kind: 'kustomize' | 'helm', name: string, namespace: string) => ({
      labels: { [`${kind}.toolkit.fluxcd.io/name`]: name, [`${kind}.toolkit.fluxcd.io/namespace`]: namespace },
    });
    /** A Kustomization with what it has applied, and the repository that it applies from. */
    async function reconciled(room: Room, name: string, entries: string[]): Promise<void> {
      const metadata = { namespace: system, name };
      await stage.client.create(gitRepositories, { metadata, spec: { url: REPO } });
      await stage.client.create(kustomizations, {
        metadata,
        spec: { path: './teams/one', sourceRef: { kind: 'GitRepository', name } },
        status: {
          lastAppliedRevision: `main@sha1:${COMMIT}`,
          inventory: { entries: entries.map((entry) => ({ id: `${room.namespace}_${entry}`, v: 'v1alpha1' })) },
        },
      });
    }

    it('is verified where Flux changed it last and the inventory of its Kustomization lists it', async () => {
      const room = await stage.room();
      await reconciled(room, 'agents', [`assistant_${GROUP}_Agent`]);
      const run = await runOf(room, written(room, FLUX, labels('kustomize', 'agents', system)));
      assert.deepEqual(run.status?.provenance, {
        source: 'Flux',
        trust: 'Verified',
        repo: REPO,
        path: './teams/one',
        revision: COMMIT,
        application: `${system}/agents`,
      });
    });

    it('is claimed where anybody else changed it last, and of a HelmRelease', async () => {
      const room = await stage.room();
      await reconciled(room, 'claimed', [`assistant_${GROUP}_Agent`]);
      const run = await runOf(room, written(room, 'mallory', labels('kustomize', 'claimed', system)));
      assert.equal(run.status?.provenance?.trust, 'Claimed');
      assert.equal(run.status?.provenance?.revision, COMMIT);
      assert.match(run.status?.provenance?.detail ?? '', /^"mallory" changed the object last/);

      const helm = await stage.room();
      const released = await runOf(helm, written(helm, FLUX, labels('helm', 'agents', system)));
      assert.equal(released.status?.provenance?.trust, 'Claimed');
      assert.match(released.status?.provenance?.detail ?? '', /a HelmRelease does not tell of a commit/);
    });
  });
});
