import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOverlay } from '../support/overlay.ts';
import { fetchDefinitions, installDefinitions } from './support/definitions.ts';
import { type InstallStage, openInstallStage } from './support/stage.ts';

/** Whose CRDs our objects have to fit, from the modules that they are published in. */
const MODULES = [
  {
    module: 'github.com/cert-manager/cert-manager@v1.18.2',
    files: ['deploy/crds/crd-certificates.yaml', 'deploy/crds/crd-issuers.yaml'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['servicemonitors', 'prometheusrules'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  },
];

/** Every component at once, against the real CRDs of cert-manager and of the Prometheus operator. */
describe('manifests with cert-manager and Prometheus', function () {
  this.timeout(180_000);
  let stage: InstallStage;
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-foreign-'));
  const overlay = join(folder, 'all');
  const definitions: string[] = [];

  before(async function () {
    const found = await fetchDefinitions(MODULES, folder);
    if ('reason' in found) {
      process.stderr.write(`    ${found.reason}\n`);
      this.skip();
    }
    definitions.push(...found);
    writeOverlay(folder, 'all', 'ha', ['prometheus', 'argocd-rbac', 'vap']);
    stage = await openInstallStage();
    await installDefinitions(stage, definitions);
  });
  after(async () => {
    if (definitions.length > 0) {
      for (const file of definitions) await stage.shell(`kubectl delete --ignore-not-found -f ${file}`);
      await stage[Symbol.asyncDispose]();
    }
    rmSync(folder, { recursive: true });
  });

  it('are taken as they are, and a second time change nothing', async () => {
    await stage.run(`kubectl apply -k ${overlay}`);
    const again = await stage.run(`kubectl apply -k ${overlay}`);
    // kubectl always has something to patch in a PodDisruptionBudget: its selector is one that patches replace.
    const changed = again
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith(' unchanged') && !line.startsWith('poddisruptionbudget'));
    assert.deepEqual(changed, []);
    const names = await stage.run(
      'kubectl get issuers,certificates,servicemonitors,prometheusrules,poddisruptionbudgets -n kubechain-system -o name',
    );
    assert.deepEqual(names.trim().split('\n').toSorted(), [
      'certificate.cert-manager.io/kubechain-webhook',
      'issuer.cert-manager.io/kubechain-self-signed',
      'poddisruptionbudget.policy/kubechain-operator',
      'poddisruptionbudget.policy/kubechain-webhook',
      'prometheusrule.monitoring.coreos.com/kubechain',
      'servicemonitor.monitoring.coreos.com/kubechain-operator',
      'servicemonitor.monitoring.coreos.com/kubechain-webhook',
    ]);
    // A field that the CRD does not know would be refused: kubectl asks for strict validation.
    const odd = await stage.shell(
      `kubectl kustomize ${overlay} | sed 's/rotationPolicy/rotationpolicy/' | kubectl apply --dry-run=server -f -`,
    );
    assert.match(odd.err, /rotationpolicy/);
  });

  it('go again', async () => {
    await stage.lookAtAll();
    // An overlay of one's own puts its Namespace first: what is in it may be gone before it is named.
    const { code, out, err } = await stage.shell(`timeout 50 kubectl delete --ignore-not-found -k ${overlay}`);
    assert.equal(code, 0, `${out}${err}`);
    assert.deepEqual(await stage.left(), []);
  });
});
