import assert from 'node:assert/strict';
import { KINDS } from '../../api/index.ts';
import { applyRbac, rbacObjects } from '../../cli/rbac.ts';
import type { KubeClient } from '../../kube/index.ts';
import { openTestCluster, type TestCluster } from '../support/cluster.ts';

const GROUP = 'kubechain.humanlayer.dev';
const OPERATOR = 'system:serviceaccount:kubechain-system:kubechain-operator';
const WEBHOOK = 'system:serviceaccount:kubechain-system:kubechain-webhook';

describe('manifests/base/rbac', () => {
  const rules = rbacObjects().flatMap(({ kind, metadata, rules = [] }) =>
    rules.map((rule) => ({ role: `${kind} ${metadata.name}`, ...rule })),
  );

  it('grants nothing by wildcard', () => {
    const wild = rules.filter(({ verbs, resources, apiGroups }) =>
      [...verbs, ...resources, ...apiGroups].includes('*'),
    );
    assert.deepEqual(wild, []);
  });

  it('lets nobody list or watch Secrets', () => {
    const secrets = rules.filter(({ resources }) => resources.includes('secrets'));
    assert.ok(secrets.length > 0);
    for (const { role, verbs } of secrets) {
      const more = verbs.filter((verb) => !['get', 'create', 'update'].includes(verb));
      assert.deepEqual(more, [], role);
    }
  });

  it('gives nobody but the operator a status', () => {
    const roles = rules.filter(({ resources }) => resources.some((each) => each.endsWith('/status')));
    assert.deepEqual([...new Set(roles.map(({ role }) => role))], ['ClusterRole kubechain-operator']);
  });

  it('names resources that exist', () => {
    const known = new Set([...KINDS.map(({ plural }) => plural), 'toolapprovals']);
    const named = rules.filter(({ apiGroups }) => apiGroups.includes(GROUP)).flatMap(({ resources }) => resources);
    assert.deepEqual(
      named.map((each) => each.split('/')[0] ?? '').filter((each) => !known.has(each)),
      [],
    );
  });

  describe('on an API server', () => {
    let cluster: TestCluster;
    before(async () => {
      cluster = await openTestCluster();
      await applyRbac(cluster.client, new AbortController().signal);
      // Once more, as at each start.
      await applyRbac(cluster.client, new AbortController().signal);
    });
    after(() => cluster[Symbol.asyncDispose]());

    it('is what operator and webhook need and no more', async () => {
      const may = (user: string, verb: string, resource: string, more: object = {}): Promise<boolean> =>
        allowed(cluster.client, user, { verb, resource, ...more });
      assert.equal(
        await may(OPERATOR, 'patch', 'taskruns', { group: GROUP, subresource: 'status', namespace: 'x' }),
        true,
      );
      assert.equal(await may(OPERATOR, 'get', 'secrets', { namespace: 'x', name: 'openai' }), true);
      assert.equal(await may(OPERATOR, 'list', 'secrets', { namespace: 'x' }), false);
      assert.equal(await may(OPERATOR, 'patch', 'agents', { group: GROUP, namespace: 'x' }), false);
      assert.equal(await may(OPERATOR, 'create', 'approvals', { group: GROUP, namespace: 'x' }), false);
      const lease = { group: 'coordination.k8s.io', namespace: 'kubechain-system' };
      assert.equal(await may(OPERATOR, 'update', 'leases', { ...lease, name: 'kubechain-operator' }), true);
      assert.equal(await may(OPERATOR, 'update', 'leases', { ...lease, name: 'another' }), false);
      const configuration = { group: 'admissionregistration.k8s.io' };
      const configurations = 'validatingwebhookconfigurations';
      assert.equal(await may(WEBHOOK, 'patch', configurations, { ...configuration, name: 'kubechain' }), true);
      assert.equal(await may(WEBHOOK, 'patch', configurations, { ...configuration, name: 'kyverno' }), false);
      assert.equal(
        await may(WEBHOOK, 'get', 'secrets', { namespace: 'kubechain-system', name: 'kubechain-approval-key' }),
        true,
      );
      assert.equal(await may(WEBHOOK, 'get', 'secrets', { namespace: 'kubechain-system', name: 'another' }), false);
      assert.equal(
        await may(WEBHOOK, 'get', 'secrets', { namespace: 'default', name: 'kubechain-approval-key' }),
        false,
      );
    });

    it('becomes part of view, edit and admin', async () => {
      const may = (role: string, verb: string, resource: string): Promise<boolean> =>
        roleGrants(cluster.client, role, verb, resource);
      await untilTrue(() => may('admin', 'approve', 'toolapprovals'));
      assert.deepEqual(
        await Promise.all([
          may('view', 'list', 'taskruns'),
          may('view', 'create', 'tasks'),
          may('edit', 'create', 'tasks'),
          may('edit', 'list', 'taskruns'),
          may('edit', 'create', 'agentpolicies'),
          may('edit', 'approve', 'toolapprovals'),
          may('admin', 'create', 'agentpolicies'),
          may('admin', 'create', 'clusteragentpolicies'),
        ]),
        [true, false, true, true, false, false, true, false],
      );
    });
  });
});

async function allowed(client: KubeClient, user: string, resourceAttributes: object): Promise<boolean> {
  const answer = await client.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes },
  });
  return (answer as { status?: { allowed?: boolean } }).status?.allowed === true;
}

async function roleGrants(client: KubeClient, role: string, verb: string, resource: string): Promise<boolean> {
  const answer = await client.request('GET', `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`);
  const { rules = [] } = answer as { rules?: { apiGroups?: string[]; resources?: string[]; verbs?: string[] }[] };
  return rules.some(
    ({ apiGroups = [], resources = [], verbs = [] }) =>
      apiGroups.includes(GROUP) && resources.includes(resource) && verbs.includes(verb),
  );
}

async function untilTrue(ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await ask()) && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
