import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { StampCommandOptions } from '../../cli/commands/stamp.ts';
import { stamp } from '../../cli/commands/stamp.ts';
import { marksOf, readStampKeys, stampProblem } from '../../policies/provenance/index.ts';
import { fakeIo } from './support/fakeIo.ts';

const AGENT = `# The bot that bills.
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Agent
metadata:
  name: billing-bot   # never rename
spec:
  llmRef: {name: gpt}
  system: |
    You bill.
`;
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n';

describe('kubechain stamp', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-stamp-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function repository() {
    const root = mkdtempSync(join(folder, 'repo-'));
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-C', root, '-c', 'user.name=Ann', '-c', 'user.email=ann@acme.com', '-c', 'commit.gpgsign=false', ...args],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
          env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
        },
      ).trim();
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'https://user:token@github.com/acme/agents.git');
    return {
      root,
      git,
      write(path: string, text: string) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      },
      read: (path: string) => readFileSync(join(root, path), 'utf8'),
      commit(message: string): string {
        git('add', '-A');
        git('commit', '-q', '-m', message);
        return git('rev-parse', 'HEAD');
      },
      async stamp(paths: string[], options: StampCommandOptions = {}, input = '') {
        const { io, out, err } = fakeIo({ cwd: root, input });
        const code = await stamp(paths, options, io).catch((error: unknown) => String(error));
        return { code, out: out(), err: err() };
      },
    };
  }

  it('writes the last commit that changed the file, and changes nothing else', async () => {
    const repo = repository();
    repo.write('teams/one/agent.yaml', AGENT);
    repo.write('teams/one/config.yaml', CONFIG);
    const commit = repo.commit('agent');
    repo.write('README', 'more');
    repo.commit('something else');
    const { code, err } = await repo.stamp(['teams']);
    assert.equal(code, 0);
    assert.equal(err, `teams/one/agent.yaml: 1 object stamped with ${commit.slice(0, 12)}\n`);
    assert.equal(
      repo.read('teams/one/agent.yaml'),
      AGENT.replace(
        '# never rename\n',
        `# never rename
  annotations:
    kubechain.humanlayer.dev/git-repo: https://github.com/acme/agents.git
    kubechain.humanlayer.dev/git-path: teams/one/agent.yaml
    kubechain.humanlayer.dev/git-revision: ${/^\d+(e\d+)?$/.test(commit) ? `"${commit}"` : commit}
    kubechain.humanlayer.dev/git-author: ann@acme.com
`,
      ),
    );
    assert.equal(repo.read('teams/one/config.yaml'), CONFIG);
  });

  it('does nothing the second time, and stamps that are committed do not change it', async () => {
    const repo = repository();
    repo.write('agent.yaml', AGENT);
    repo.commit('agent');
    await repo.stamp(['.']);
    const stamped = repo.read('agent.yaml');
    assert.deepEqual(await repo.stamp(['.']), { code: 0, out: '', err: '' });
    repo.commit('stamps');
    assert.deepEqual(await repo.stamp(['.'], { check: true }), { code: 0, out: '', err: '' });
    assert.equal(repo.read('agent.yaml'), stamped);
    repo.write('agent.yaml', stamped.replace('# The bot', '# A bot'));
    repo.commit('a comment');
    assert.equal((await repo.stamp(['.'], { check: true })).code, 0, 'a comment defines nothing');
    repo.write('agent.yaml', stamped.replace('You bill.', 'You bill a lot.'));
    const second = repo.commit('another prompt');
    const late = await repo.stamp(['.'], { check: true });
    assert.equal(late.code, 1);
    assert.match(late.err, /agent\.yaml: 1 object to be stamped with .*\n.*1 file has no stamp, or an old one/);
    await repo.stamp(['.']);
    assert.equal(marksOf(parse(repo.read('agent.yaml'))).git?.revision, second);
  });

  it('refuses what is not committed, not in Git, or has no history', async () => {
    const repo = repository();
    repo.write('agent.yaml', AGENT);
    assert.match(String((await repo.stamp(['agent.yaml'])).code), /agent\.yaml is not in Git: commit it first/);
    repo.commit('agent');
    repo.write('agent.yaml', AGENT.replace('You bill', 'You steal'));
    assert.match(String((await repo.stamp(['agent.yaml'])).code), /agent\.yaml is not what was committed/);
    repo.commit('second');
    const clone = mkdtempSync(join(folder, 'shallow-'));
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${repo.root}`, clone]);
    const { io } = fakeIo({ cwd: clone });
    await assert.rejects(stamp(['agent.yaml'], {}, io), /the history is cut off.*fetch-depth: 0/);
    const { io: outside } = fakeIo({ cwd: folder });
    writeFileSync(join(folder, 'loose.yaml'), AGENT);
    await assert.rejects(stamp(['loose.yaml'], {}, outside), /is in no Git working tree/);
  });

  it('signs for the namespace that the object gets', async () => {
    const repo = repository();
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const keys = readStampKeys(String(publicKey.export({ type: 'spki', format: 'pem' })));
    repo.write('agent.yaml', AGENT);
    repo.commit('agent');
    assert.match(
      String((await repo.stamp(['.'], { sign: keyFile })).code),
      /names no namespace, and a signature is about one: give -n/,
    );
    assert.equal((await repo.stamp(['.'], { sign: keyFile, namespace: 'team' })).code, 0);
    assert.equal((await repo.stamp(['.'], { sign: keyFile, namespace: 'team', check: true })).code, 0);
    const object = parse(repo.read('agent.yaml'));
    const live = { ...object, metadata: { ...object.metadata, namespace: 'team' } };
    const { git } = marksOf(live);
    assert.ok(git);
    assert.equal(stampProblem(keys, live, git), undefined);
    repo.commit('signed');
    repo.write('agent.yaml', repo.read('agent.yaml').replace('You bill.', 'You bill more.'));
    repo.commit('changed');
    assert.match(String((await repo.stamp(['.'])).code), /is signed and out of date: sign it again/);
    writeFileSync(join(folder, 'bad.pem'), 'nothing');
    assert.match(
      String((await repo.stamp(['.'], { sign: join(folder, 'bad.pem') })).code),
      /--sign .*: it is no private key/,
    );
  });

  it('stamps what kustomize built, by the origins that it wrote', async () => {
    const repo = repository();
    repo.write('base/agent.yaml', AGENT);
    const first = repo.commit('agent');
    repo.write('overlay/patch.yaml', 'kind: Patch\n');
    const second = repo.commit('patch');
    const built = (annotations: string) =>
      AGENT.replace(
        '# never rename\n',
        `# never rename\n  annotations:\n    config.kubernetes.io/origin: |\n      path: ../base/agent.yaml\n${annotations}`,
      );
    const plain = await repo.stamp(['-'], { root: 'overlay' }, built(''));
    assert.equal(plain.code, 0);
    assert.deepEqual(marksOf(parse(plain.out)).git, {
      repo: 'https://github.com/acme/agents.git',
      path: 'base/agent.yaml',
      revision: first,
      author: 'ann@acme.com',
    });
    const patched = await repo.stamp(
      ['-'],
      { root: 'overlay' },
      built('    alpha.config.kubernetes.io/transformations: |\n      - configuredIn: patch.yaml\n'),
    );
    assert.ok([first, second].includes(marksOf(parse(patched.out)).git?.revision ?? ''));
    const unknown = await repo.stamp(['-'], {}, AGENT);
    assert.match(String(unknown.code), /nothing says which file these come from: Agent billing-bot; put buildMetadata/);
  });

  it('names the place of what is no YAML', async () => {
    const repo = repository();
    repo.write('agent.yaml', `${AGENT}  bad: [\n`);
    assert.match(String((await repo.stamp(['.'])).code), /agent\.yaml: line \d+, column \d+: /);
  });
});
