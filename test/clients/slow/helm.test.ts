import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { helmPath, kubectlPath } from '../../support/kubectl.ts';
import type { TestServer } from '../../support/server.ts';
import { startTestServer } from '../../support/server.ts';

const run = promisify(execFile);
const CHART = join(import.meta.dirname, '..', 'chart');

/** Helm 4 applies by server-side apply, and keeps its releases in Secrets. */
describe('Helm 4', function () {
  this.timeout(60_000);
  const namespace = `kc-helm-${randomBytes(4).toString('hex')}`;
  let server: TestServer;
  let folder: string;
  let helm: (...args: string[]) => Promise<string>;
  let kubectl: (...args: string[]) => Promise<string>;
  before(async () => {
    server = await startTestServer();
    folder = await mkdtemp(join(tmpdir(), 'kubechain-helm-'));
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: server.kubeconfigPath };
    const [helmProgram, kubectlProgram] = await Promise.all([helmPath(), kubectlPath()]);
    const typer = (program: string) => async (args: string[]) =>
      (await run(program, ['--namespace', namespace, ...args], { env })).stdout;
    const [typeHelm, typeKubectl] = [typer(helmProgram), typer(kubectlProgram)];
    helm = (...args) => typeHelm(args);
    kubectl = (...args) => typeKubectl(args);
  });
  after(async () => {
    await kubectl?.('delete', 'namespace', namespace, '--wait=false', '--ignore-not-found');
    await server?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const data = async (name: string): Promise<Record<string, string>> =>
    JSON.parse(await kubectl('get', 'configmap', name, '-o', 'jsonpath={.data}'));
  const history = async () =>
    (JSON.parse(await helm('history', 'blog', '-o', 'json')) as { revision: number; status: string }[]).map(
      ({ revision, status }) => `${revision} ${status}`,
    );

  it('tries an installation on the server before there is anything', async () => {
    await kubectl('create', 'namespace', namespace);
    const shown = await helm('install', 'blog', CHART, '--dry-run=server', '--skip-crds').catch((error) =>
      String(error.stderr),
    );
    // The kind of a CRD that is not there yet.
    assert.match(shown, /no matches for kind "Page"/);
  });

  it('installs, with CRDs, hooks, lookups and what the server can do', async () => {
    const shown = await helm('install', 'blog', CHART, '--create-namespace');
    assert.match(shown, /STATUS: deployed/);
    assert.deepEqual(await data('blog'), { message: 'hello', revision: '1', budgets: 'yes' });
    assert.deepEqual(await data('blog-seen').catch(() => undefined), { namespace });
    assert.deepEqual(await data('blog-before'), { revision: '1' });
    assert.equal(await kubectl('get', 'page', 'blog', '-o', 'jsonpath={.spec.text}'), 'hello');
    assert.match(await helm('list'), /^blog\s.*\bdeployed\s+site-1\.0\.0/m);
    const managers = await kubectl(
      'get',
      'cm',
      'blog',
      '--show-managed-fields',
      '-o',
      'jsonpath={.metadata.managedFields}',
    );
    assert.deepEqual(
      (JSON.parse(managers) as { manager: string; operation: string }[]).map(({ manager, operation }) => [
        manager,
        operation,
      ]),
      [['helm', 'Apply']],
    );
  });

  it('refuses to install it twice', async () => {
    await assert.rejects(helm('install', 'blog', CHART), /cannot reuse a name that is still in use/);
  });

  it('upgrades, and takes away what the chart no longer has', async () => {
    await helm('upgrade', 'blog', CHART, '--set', 'message=bye,replicas=3,ingress=true');
    assert.equal((await data('blog')).message, 'bye');
    assert.equal(await kubectl('get', 'deploy', 'blog', '-o', 'jsonpath={.spec.replicas}'), '3');
    assert.equal((await kubectl('get', 'ingress', '-o', 'name')).trim(), 'ingress.networking.k8s.io/blog');
    assert.deepEqual(await data('blog-before'), { revision: '2' });
    await helm('upgrade', 'blog', CHART, '--set', 'message=again');
    assert.equal((await kubectl('get', 'ingress', '-o', 'name')).trim(), '');
    assert.deepEqual(await history(), ['1 superseded', '2 superseded', '3 deployed']);
  });

  it('an upgrade that the server refuses fails, and says why', async () => {
    await assert.rejects(
      helm('upgrade', 'blog', CHART, '--set', 'replicas=-1'),
      /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
    );
    assert.deepEqual((await history()).at(-1), '4 failed');
    assert.equal((await data('blog')).message === 'again' || (await data('blog')).message === 'hello', true);
  });

  it('a field that somebody else owns is a conflict, unless it is told to take it', async () => {
    const patch = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'blog' },
      data: { message: 'mine' },
    });
    const file = join(folder, 'mine.json');
    await writeFile(file, patch);
    await kubectl('apply', '--server-side', '--force-conflicts', '--field-manager=somebody', '-f', file);
    await assert.rejects(
      helm('upgrade', 'blog', CHART, '--set', 'message=yours'),
      /conflict with "somebody".*\.data\.message/s,
    );
    await helm('upgrade', 'blog', CHART, '--set', 'message=yours', '--force-conflicts');
    assert.equal((await data('blog')).message, 'yours');
  });

  it('rolls back', async () => {
    await helm('rollback', 'blog', '2');
    assert.equal((await data('blog')).message, 'bye');
    assert.equal((await kubectl('get', 'ingress', '-o', 'name')).trim(), 'ingress.networking.k8s.io/blog');
    assert.match((await history()).at(-1) ?? '', /^\d+ deployed$/);
    assert.match(await helm('get', 'manifest', 'blog'), /kind: Ingress/);
  });

  it('uninstalls, and leaves CRDs', async () => {
    assert.match(await helm('uninstall', 'blog', '--wait'), /uninstalled/);
    assert.equal(
      (
        await kubectl('get', 'cm,deploy,svc,ingress,page', '-l', 'app.kubernetes.io/managed-by=Helm', '-o', 'name')
      ).trim(),
      '',
    );
    assert.equal((await kubectl('get', 'secrets', '-o', 'name')).trim(), '');
    assert.match(await kubectl('get', 'crd', 'pages.helm.example.com', '-o', 'name'), /pages/);
    await kubectl('delete', 'crd', 'pages.helm.example.com');
  });
});
