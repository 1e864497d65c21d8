import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Platform } from './platform.ts';
import { leftIn, platform } from './platform.ts';

describe('the end of examples/gitops', function () {
  this.timeout(600_000);
  let on: Platform;
  before(async function () {
    on = await platform(this);
  });

  it('prunes a team that leaves', async () => {
    rmSync(join(on.repository, 'teams', 'support'), { recursive: true });
    await on.stage.commit(on.repository, 'agents');
    const refresh = 'argocd.argoproj.io/application-set-refresh=true';
    await on.stage.kubectl(['-n', 'argocd', 'annotate', 'applicationset', 'agent-teams', refresh]);
    await on.stage.eventually('no Applications of the team', async () => (await on.app('support-dev')) === undefined);
    await on.stage.eventually('nothing of the team', async () => (await leftIn(on.stage, 'agents-support-dev')) === '');
  });

  it('takes with an Application all that it brought, runs included', async () => {
    await on.closeLabs();
  });

  it('ends without a trace', async () => {
    await on.stage.kubectl(['-n', 'argocd', 'delete', 'app', 'agents', '--wait=false']);
    // The policies and the CRDs want it confirmed: docs/gitops.md, "The end".
    for (const name of ['agent-policies', 'kubechain']) {
      await on.stage.eventually(`${name} on its way`, async () => {
        const found = await on.app(name);
        if (found === undefined) return true;
        await on.stage.argocd('app', 'confirm-deletion', name).catch(() => undefined);
        return (await on.app(name)) === undefined;
      });
    }
    await on.stage.eventually(
      'no Applications',
      async () => (await on.stage.kubectl(['-n', 'argocd', 'get', 'app', '-o', 'name'])) === '',
    );
    const crds = ['crd', '-l', 'app.kubernetes.io/part-of=kubechain'];
    if ((await on.stage.kubectl(['get', ...crds, '-o', 'name'])) !== '') {
      await on.stage.kubectl(['delete', ...crds, '--timeout=60s']);
    }
    const kinds = (await on.stage.kubectl(['api-resources', '--verbs=list', '-o', 'name'])).trim().split('\n');
    const seen = kinds.filter((kind) => !/^(events|leases)\b|kubechain/.test(kind)).join(',');
    const columns = 'custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name';
    const all = await on.stage.kubectl(['get', seen, '-A', '--no-headers', '-o', columns]);
    const traces = all
      .split('\n')
      .map((line) => line.trim().replaceAll(/\s+/g, ' '))
      .filter((line) => line.includes('kubechain'));
    // Argo CD makes the namespace and never takes it away; what every namespace has goes with it.
    const ofNamespace = ['Namespace <none> kubechain-system', 'ConfigMap kubechain-system kube-root-ca.crt'];
    ofNamespace.push('ServiceAccount kubechain-system default');
    assert.deepEqual(
      traces.filter((line) => !ofNamespace.includes(line)),
      [],
    );
    assert.deepEqual(
      kinds.filter((kind) => kind.includes('kubechain')),
      [],
    );
  });
});
