import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Platform } from './platform.ts';
import { platform } from './platform.ts';

describe('the end of examples/gitops', function () {
  this.timeout(600_000);
  this.bail(true);
  let on: Platform;
  before(async function () {
    const opened = platform();
    if (opened === undefined) return this.skip();
    on = await opened;
    return undefined;
  });

  it('prunes a team that leaves, and ends without a trace', async () => {
    rmSync(join(on.repository, 'teams', 'support'), { recursive: true });
    await on.stage.commit(on.repository, 'agents');
    await on.stage.kubectl([
      '-n',
      'argocd',
      'annotate',
      'applicationset',
      'agent-teams',
      'argocd.argoproj.io/application-set-refresh=true',
    ]);
    await on.stage.eventually('no Applications of the team', async () => (await on.app('support-dev')) === undefined);
    // What its Tasks have run is remembered, in case that they come back: a TaskLedger is not of Git.
    const kinds = 'agents,llms,tools,mcpservers,contactchannels,tasks,taskruns,taskruntoolcalls,agentrevisions';
    await on.stage.eventually('nothing of the team', async () => {
      const left = await on.stage.kubectl(['-n', 'agents-support-dev', 'get', kinds, '-o', 'name']);
      return left === '';
    });

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
    const crds = await on.stage.kubectl(['get', 'crd', '-l', 'app.kubernetes.io/part-of=kubechain', '-o', 'name']);
    if (crds.trim() !== '')
      await on.stage.kubectl(['delete', 'crd', '-l', 'app.kubernetes.io/part-of=kubechain', '--timeout=60s']);
    const rest = await on.stage.kubectl([
      ...['get', 'clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations'],
      ...['-l', 'app.kubernetes.io/part-of=kubechain', '-o', 'name'],
    ]);
    assert.equal(rest, '');
  });
});
