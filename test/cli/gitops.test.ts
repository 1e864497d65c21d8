import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parseAllDocuments } from 'yaml';
import { KINDS } from '../../api/index.ts';
import { CliError } from '../../cli/exit.ts';
import { init } from '../../cli/gitops/init.ts';
import type { Io } from '../../cli/io.ts';
import { policyCheck } from '../../cli/policy/check.ts';

describe('kubechain gitops init', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-gitops-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const io = (): Io & { said: { out: string; err: string } } => {
    const said = { out: '', err: '' };
    return {
      out: { write: (text) => (said.out += text) },
      err: { write: (text) => (said.err += text) },
      env: {},
      cwd: folder,
      readInput: async () => '',
      signals: new EventEmitter(),
      programName: 'kubechain',
      said,
    };
  };

  it('writes a repository whose files pass its own policies, with the URL in every Application', async () => {
    const made = io();
    assert.equal(init('agents', { repo: 'git@git.example:acme/agents.git' }, made), 0);
    const set = readFileSync(join(folder, 'agents', 'platform', 'argocd', 'applicationset.yaml'), 'utf8');
    assert.doesNotMatch(set, /github\.com\/acme/);
    assert.match(made.said.err, /kubectl apply -f agents\/application\.yaml/);
    const install = readFileSync(join(folder, 'agents', 'platform', 'kubechain', 'install.yaml'), 'utf8');
    const kinds = parseAllDocuments(install).map((document) => document.toJS()?.kind);
    assert.equal(kinds.filter((kind) => kind === 'CustomResourceDefinition').length, KINDS.length);
    const check = io();
    const checked = await policyCheck(
      ['agents/teams'],
      { policies: ['agents/platform/policies'], output: 'text' },
      check,
    );
    assert.equal(checked, 0, check.said.out);
  });

  it('writes over nothing, and takes no URL that is none', () => {
    const refused = (message: RegExp) => (error: unknown) => error instanceof CliError && message.test(error.message);
    init('twice', {}, io());
    assert.throws(() => init('twice', {}, io()), refused(/twice is not empty/));
    for (const repo of ['', 'agents', 'https://x\nkind: Secret', 'https://x" #', '--upload-pack=sh']) {
      assert.throws(() => init('never', { repo }, io()), refused(/--repo/), repo);
    }
  });
});
