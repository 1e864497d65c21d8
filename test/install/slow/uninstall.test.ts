import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
  it('goes without that too, at the latest by the second half of the line for scripts', async () => {
    const line = /^kubectl delete -f (manifests\S+) --timeout=\S+ \|\| kubectl delete -f \1 --ignore-not-found$/m.exec(
      readFileSync(join(MANIFESTS, '..', 'docs', 'install.md'), 'utf8'),
    )?.[0];
    assert.ok(line, 'docs/install.md has the line');
    for (let round = 0; round < 4; round += 1) {
      await stage.run(`kubectl apply -f ${LATEST}`);
      const deleted = await stage.shell(`cd ${join(MANIFESTS, '..')} && timeout 60 sh -c '${line}'`);
      assert.equal(deleted.code, 0, `${deleted.out}${deleted.err}`);
      assert.deepEqual(await stage.left(), []);
    }
  });
});
