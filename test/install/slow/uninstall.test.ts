import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type InstallStage, MANIFESTS, openInstallStage } from '../support/stage.ts';

const LATEST = join(MANIFESTS, 'release', 'latest.yaml');

/** What docs/install.md says of an installation whose Pods never started. */
describe('an installation that is deleted at once', function () {
  this.timeout(180_000);
  let stage: InstallStage;
  before(async () => {
    stage = await openInstallStage();
  });
  after(() => stage[Symbol.asyncDispose]());

  it('goes without a wait, when one looks at what goes', async () => {
    for (let round = 0; round < 2; round += 1) {
      await stage.run(`kubectl apply -f ${LATEST}`);
      assert.equal(await stage.lookAtAll(), '');
      const deleted = await stage.shell(`timeout 60 kubectl delete -f ${LATEST}`);
      assert.equal(deleted.code, 0, `${deleted.out}${deleted.err}`);
      assert.deepEqual(await stage.left(), []);
    }
  });

  // On a server whose finalizer of CRDs may wait for its next resync.
  it('goes without that too, at the latest when its CRDs are touched', async () => {
    await stage.run(`kubectl apply -f ${LATEST}`);
    const deleted = await stage.shell(`timeout 15 kubectl delete -f ${LATEST}`);
    if (deleted.code !== 0) {
      const conditions = `{.items[*].status.conditions[?(@.type=="Terminating")].message}`;
      assert.match(await stage.run(`kubectl get crd -o jsonpath='${conditions}'`), /storage is \(re\)initializing|^$/);
      await stage.run('kubectl annotate crd -l app.kubernetes.io/part-of=kubechain --overwrite go=on');
      await stage.run(`timeout 30 kubectl delete --ignore-not-found -f ${LATEST}`);
    }
    assert.deepEqual(await stage.left(), []);
  });
});
