/**
 * Runs Kubernetes' own end-to-end tests against a fresh embedded API server, or against the one that KUBECONFIG names:
 * those of ../shared/realcluster/e2e/applicable.txt, and those of test/clients/e2e.txt. Arguments: a regular expression of names.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from '../devcluster/index.ts';

const ROOT = join(import.meta.dirname, '..');
const REALCLUSTER = join(ROOT, '..', 'shared', 'realcluster');

/** Names of tests, or the ends of them. */
const namesIn = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

if (!existsSync(REALCLUSTER)) {
  process.stderr.write('skipped: no ../shared/realcluster, which builds the tests\n');
  process.exit(0);
}
const wanted = new RegExp(process.argv[2] ?? '');
const names = [join(REALCLUSTER, 'e2e', 'applicable.txt'), join(ROOT, 'test', 'clients', 'e2e.txt')]
  .flatMap(namesIn)
  .filter((name) => wanted.test(name));
const focus = names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');

const folder = await mkdtemp(join(tmpdir(), 'kubechain-e2e-'));
let kubeconfig = process.env.KUBECONFIG;
let close = async (): Promise<void> => undefined;
if (!kubeconfig) {
  kubeconfig = join(folder, 'kubeconfig');
  const server = await startApiServer({ inMemory: true, kubeconfigPath: kubeconfig });
  close = () => server.close();
}
const program = join(REALCLUSTER, 'realcluster');
const child = spawn(program, ['e2e', kubeconfig, '-ginkgo.v', '-ginkgo.focus', focus], { stdio: 'inherit' });
const [code] = (await once(child, 'exit')) as [number | null];
await close();
await rm(folder, { recursive: true, force: true });
process.exitCode = code ?? 1;
