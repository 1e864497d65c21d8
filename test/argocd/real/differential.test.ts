import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parseAllDocuments, stringify } from 'yaml';
import { actionScripts } from '../../../argocd/actions.ts';
import { configMaps } from '../../../argocd/configMaps.ts';
import { runActionLua } from '../../../argocd/lua/customizations.ts';
import { actionTests, discoveryTests, healthTests } from '../fixtures.ts';
import { argocd, argocdFolder, inParallel } from '../realArgocd.ts';

/** The same scripts and the same objects through Argo CD's own interpreter. */
describe('Argo CD itself', function () {
  this.timeout(120_000);
  let folder = '';
  let work: string;
  before(function () {
    const found = argocdFolder();
    if (found === undefined) {
      process.stderr.write('skipped: no Argo CD (../shared/realargo/realargo build makes one)\n');
      return this.skip();
    }
    folder = found;
    work = mkdtempSync(join(tmpdir(), 'kubechain-argocd-'));
    const [cm] = configMaps({ namespace: 'argocd', links: [] });
    writeFileSync(join(work, 'cm.yaml'), stringify(cm, { lineWidth: 0 }));
    return undefined;
  });
  after(() => {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  });
  const overrides = (...args: string[]) =>
    argocd(folder, ['admin', 'settings', 'resource-overrides', ...args, '--argocd-cm-path', join(work, 'cm.yaml')]);

  it('sees the health that the fixtures say', async () => {
    await inParallel(healthTests(), 10, async ({ path, status, message }) => {
      const { stdout } = await overrides('health', path);
      assert.equal(stdout, `STATUS: ${status}\nMESSAGE: ${message}\n`, path);
    });
  });

  it('offers the actions that the fixtures say', async () => {
    await inParallel(discoveryTests(), 10, async ({ path, result }) => {
      const { stdout } = await overrides('list-actions', path);
      const offered = stdout
        .split('\n')
        .slice(1)
        .filter(Boolean)
        .map((line) => line.trim().split(/\s+/))
        .sort();
      assert.deepEqual(offered, result.map(({ name, disabled }) => [name, String(disabled)]).sort(), path);
    });
  });

  it('makes of an object what our interpreter makes of it', async () => {
    await inParallel(actionTests(), 10, async ({ kind, action, path, object, parameters, error }) => {
      const params = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
      const ran = overrides('run-action', path, action, ...params);
      if (error !== undefined) {
        await assert.rejects(ran, new RegExp(error));
        return;
      }
      const { stdout } = await ran;
      const [impact] = runActionLua(actionScripts(kind)?.actions.get(action) ?? '', object, parameters);
      if (impact?.operation === 'create') {
        const text = stdout.slice(stdout.indexOf('\n') + 1);
        assert.deepEqual(parseAllDocuments(text)[0]?.toJS(), impact.resource, path);
      } else {
        // It prints a diff: the lines that are new are the change.
        const added = stdout.split('\n').filter((line) => line.startsWith('>') || line.startsWith('<'));
        assert.ok(added.length > 0, `${path}: ${stdout}`);
      }
    });
  });

  it('finds nothing wrong with the settings', async () => {
    const { stdout, stderr } = await argocd(folder, [
      ...['admin', 'settings', 'validate', '--argocd-cm-path', join(work, 'cm.yaml')],
      ...['--group', 'resource-overrides', '--group', 'general'],
    ]);
    assert.match(stdout, /✅ resource-overrides/, stderr);
    assert.doesNotMatch(stdout, /❌/);
  });
});
