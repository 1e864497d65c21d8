/**
 * Keeps what a release stores, for the tests of those that follow: test/upgrade/VERSION has its CRDs, objects as its API server
 * stored them after all examples ran, and its commit.
 *
 *   node scripts/keep-release.ts v0.2.0      at the commit that is to be tagged v0.2.0
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'yaml';
import { KINDS, taskRuns, taskRunToolCalls } from '../api/index.ts';
import { createKubeClient, type KubeClient, type KubeObject, loadKubeConfig, type Resource } from '../kube/index.ts';
import { kubectlPath } from '../test/support/kubectl.ts';

const ROOT = join(import.meta.dirname, '..');
/** Beside examples/getting-started, which `kubechain up` applies. */
const EXAMPLES = ['builtin-tools', 'container-tools', 'delegation', 'mcp', 'approvals'];
const PATIENCE_MS = 120_000;
const NAMES = new Set(['secret', 'kustomization']);

const [version = ''] = process.argv.slice(2);
const { version: own } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
if (version !== `v${own}`) {
  process.stderr.write(`keep-release: package.json is of v${own}: node scripts/keep-release.ts v${own}\n`);
  process.exit(2);
}

const data = mkdtempSync(join(tmpdir(), 'kubechain-release-'));
const kubeconfig = join(data, 'kubeconfig');
const { OPENAI_API_KEY: _, ...env } = process.env;
// A simulated model answers: the same objects on every machine.
const up = spawn(join(ROOT, 'bin', 'kubechain'), ['up', '--data', data, '--log-level', 'error'], {
  env,
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  await until('kubechain up has no kubeconfig', async () => existsSync(kubeconfig));
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig, env: {} }), fieldManager: 'test' });
  await until('the examples of kubechain up do not run', async () => (await ended(client)) > 0);
  await apply();
  await until(
    'runs of the examples do not end',
    async () => (await open(client)).length === 0,
    async () => open(client),
  );
  keep(await stored(client));
  await client.close();
} finally {
  up.kill('SIGTERM');
  await new Promise((resolve) => up.once('close', resolve));
  rmSync(data, { recursive: true, force: true });
}

async function apply(): Promise<void> {
  const files = [
    ...EXAMPLES.flatMap((name) => yamlIn(join(ROOT, 'examples', name))),
    ...readdirSync(join(ROOT, 'policies', 'library'))
      .map((name) => join(ROOT, 'policies', 'library', name, 'policy.yaml'))
      .filter((file) => existsSync(file)),
  ];
  const kubectl = await kubectlPath();
  for (const file of files) {
    execFileSync(kubectl, ['apply', '-n', 'default', '-f', file, '--kubeconfig', kubeconfig], { stdio: 'ignore' });
  }
}

function yamlIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !NAMES.has(name.replace('.yaml', '')))
    .map((name) => join(folder, name));
}

async function ended(client: KubeClient): Promise<number> {
  const { items } = await client.list(taskRuns);
  return items.filter(({ status }) => status?.completionTime !== undefined).length;
}

/** Runs that neither have ended nor wait for a person, with what they say. */
async function open(client: KubeClient): Promise<string[]> {
  const [runs, calls] = await Promise.all([client.list(taskRuns), client.list(taskRunToolCalls)]);
  const waiting = new Set(
    calls.items
      .filter(({ status }) => status?.status === 'AwaitingHumanApproval')
      .map(({ spec }) => spec.taskRunRef.name),
  );
  return runs.items
    .filter(({ status, metadata }) => status?.completionTime === undefined && !waiting.has(metadata.name ?? ''))
    .map(({ metadata, status }) => `${metadata.name}: ${status?.statusDetail}`);
}

async function stored(client: KubeClient): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const kind of KINDS) {
    const { items } = await client.list(kind as unknown as Resource<KubeObject>);
    for (const { metadata, ...rest } of items) {
      const { managedFields: _managed, ...kept } = metadata as KubeObject['metadata'] & { managedFields?: unknown };
      objects.push({ ...rest, metadata: kept } as KubeObject);
    }
  }
  return objects;
}

function keep(objects: readonly KubeObject[]): void {
  const folder = join(ROOT, 'test', 'upgrade', version);
  mkdirSync(folder, { recursive: true });
  const crds = readFileSync(join(ROOT, 'manifests', 'release', 'latest-crds.yaml'), 'utf8');
  writeFileSync(join(folder, 'crds.yaml'), crds.replace(/^#.*\n/, ''));
  writeFileSync(
    join(folder, 'objects.yaml'),
    objects.map((object) => stringify(object, { lineWidth: 120 })).join('---\n'),
  );
  writeFileSync(join(folder, 'commit'), execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT }));
  process.stdout.write(`${folder}: ${KINDS.length} kinds, ${objects.length} objects\n`);
}

async function until(late: string, done: () => Promise<boolean>, why?: () => Promise<string[]>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !(await done().catch(() => false)); ) {
    if (up.exitCode !== null) throw new Error('keep-release: kubechain up has ended');
    if (Date.now() > deadline) {
      const said = (await why?.()) ?? [];
      throw new Error([`keep-release: ${late} after ${PATIENCE_MS / 1000} s`, ...said].join('\n  '));
    }
    await setTimeout(200);
  }
}
