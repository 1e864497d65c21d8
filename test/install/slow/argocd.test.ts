import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../cli/support/kubechain.ts';
import { fetchDefinitions, installDefinitions } from '../support/definitions.ts';
import { type InstallStage, openInstallStage } from '../support/stage.ts';

const ARGOCD = {
  module: 'github.com/argoproj/argo-cd/v3@v3.5.7',
  files: ['application', 'applicationset', 'appproject'].map((kind) => `manifests/crds/${kind}-crd.yaml`),
};
const FILES = [
  ...['application', 'applicationset', 'platform', 'project'].map((name) => join('argocd', `${name}.yaml`)),
  join('examples', 'gitops', 'application.yaml'),
  ...['applicationset', 'platform', 'project'].map((name) =>
    join('examples', 'gitops', 'platform', 'argocd', `${name}.yaml`),
  ),
];

/** Applications, projects and the ApplicationSet, against the real CRDs of Argo CD, by strict validation. */
describe('what is for Argo CD', function () {
  this.timeout(180_000);
  let stage: InstallStage;
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-argocd-'));
  const definitions: string[] = [];

  before(async function () {
    const found = await fetchDefinitions([ARGOCD], folder);
    if ('reason' in found) {
      process.stderr.write(`    ${found.reason}\n`);
      this.skip();
    }
    definitions.push(...found);
    stage = await openInstallStage();
    await installDefinitions(stage, definitions);
    await stage.run('kubectl create namespace argocd');
  });
  after(async () => {
    if (stage !== undefined) {
      await stage.shell('kubectl delete namespace argocd');
      for (const file of definitions) await stage.shell(`kubectl delete --ignore-not-found -f ${file}`);
      await stage[Symbol.asyncDispose]();
    }
    rmSync(folder, { recursive: true });
  });

  for (const file of FILES) {
    it(`fits its CRDs: ${file}`, async () => {
      await stage.run(`kubectl apply --dry-run=server --validate=strict -f ${join(ROOT, file)}`);
    });
  }

  it('would not, were a field misspelt or of the wrong shape', async () => {
    const odd = (from: string, to: string) =>
      stage.shell(
        `sed 's/${from}/${to}/' ${join(ROOT, 'argocd', 'platform.yaml')} | kubectl apply --dry-run=server --validate=strict -f -`,
      );
    assert.match((await odd('syncOptions:', 'syncoptions:')).err, /unknown field "spec\.syncPolicy\.syncoptions"/);
    assert.match((await odd('limit: 3', 'limit: three')).err, /spec\.syncPolicy\.retry\.limit/);
  });
});
