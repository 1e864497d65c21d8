import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { parseAllDocuments } from 'yaml';
import type { ClusterAgentPolicy } from '../../api/index.ts';
import { checkPolicy } from '../../policies/engine/index.ts';
import { kubectlPath } from '../support/kubectl.ts';

const LIBRARY = join(import.meta.dirname, '../../policies/library');
const names = readdirSync(LIBRARY).filter((name) => existsSync(join(LIBRARY, name, 'policy.yaml')));

describe('policies/library, built by kustomize', function () {
  this.timeout(60_000);
  let kubectl: string;
  let folder: string;
  before(async () => {
    kubectl = await kubectlPath();
    folder = mkdtempSync(join(tmpdir(), 'kubechain-library-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function build(path: string): Promise<ClusterAgentPolicy[]> {
    const { stdout } = await promisify(execFile)(kubectl, ['kustomize', path]);
    return parseAllDocuments(stdout).map((document) => document.toJS() as ClusterAgentPolicy);
  }

  async function buildOf(components: readonly string[]): Promise<ClusterAgentPolicy[]> {
    const paths = components.map((name) => relative(folder, join(LIBRARY, name)));
    const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', components: paths };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return build(folder);
  }

  it('all components go together, in the mode of the last one', async () => {
    for (const [more, mode] of [
      [[], 'Audit'],
      [['warn'], 'Warn'],
      [['enforce'], 'Enforce'],
    ] as const) {
      const built = await buildOf([...names, ...more]);
      assert.deepEqual(built.map(({ metadata }) => metadata.name).sort(), names.toSorted());
      for (const policy of built) {
        assert.equal(policy.spec.mode, mode);
        assert.deepEqual(checkPolicy(policy), []);
      }
    }
  });

  it('the example adapts them', async () => {
    const built = new Map((await build(join(LIBRARY, 'example'))).map((policy) => [policy.metadata.name, policy.spec]));
    assert.equal(built.get('least-privilege-tools')?.mode, 'Enforce');
    assert.ok(built.get('least-privilege-tools')?.tools?.allow?.includes('github/get_*'));
    assert.equal(built.get('run-limits')?.mode, 'Warn');
    assert.equal(built.get('run-limits')?.limits?.maxTurns, 50);
  });
});
