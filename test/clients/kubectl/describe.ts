import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import type { TestServer } from '../../support/server.ts';
import { startTestServer } from '../../support/server.ts';
import { FILES } from './files.ts';
import type { Scenario } from './scenario.ts';
import type { Typed } from './transcript.ts';
import { normalizer, type, writeFiles } from './transcript.ts';

const run = promisify(execFile);

/** What a real API server (1.36.3) and these kubectls print: `KUBECHAIN_TEST_SERVER=real CLIENTS_RECORD=1` writes it anew. */
const recordedAt = (version: string): string => join(import.meta.dirname, `recorded-${version}.json`);
const recording = process.env.CLIENTS_RECORD !== undefined;

/** Tests what a kubectl prints of the embedded server, or of the real one; skipped where `find` finds none. */
export function describeKubectl(
  version: string,
  find: () => Promise<string | undefined>,
  scenarios: readonly Scenario[],
): void {
  describe(`kubectl ${version}`, function () {
    this.timeout(120_000);
    const recorded: Record<string, Typed[]> = existsSync(recordedAt(version))
      ? JSON.parse(readFileSync(recordedAt(version), 'utf8'))
      : {};
    let server: TestServer;
    let folder: string;
    let kubectl: string;
    before(async function () {
      const found = await find();
      if (found === undefined) {
        process.stderr.write(`skipped: no kubectl ${version} (../shared/realcluster/realcluster build makes one)\n`);
        return this.skip();
      }
      kubectl = found;
      server = await startTestServer();
      folder = await mkdtemp(join(tmpdir(), 'kubechain-kubectl-'));
      return undefined;
    });
    after(async () => {
      if (recording) writeFileSync(recordedAt(version), `${JSON.stringify(recorded, undefined, 1)}\n`);
      await server?.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });

    for (const { name, lines } of scenarios) {
      it(name, async () => {
        const namespace = `kc-${randomBytes(4).toString('hex')}`;
        const work = join(folder, name.replaceAll(/\W+/g, '-'));
        await writeFiles(work, FILES);
        const kubeconfig = join(folder, `${namespace}.kubeconfig`);
        await copyFile(server.kubeconfigPath, kubeconfig);
        const env = {
          PATH: `${dirname(kubectl)}:${process.env.PATH}`,
          HOME: folder,
          KUBECONFIG: kubeconfig,
          KUBECACHEDIR: join(folder, 'cache'),
          NS: namespace,
          TZ: 'UTC',
        };
        await run(kubectl, ['create', 'namespace', namespace], { env });
        await run(kubectl, ['wait', '--for=create', 'sa/default', 'cm/kube-root-ca.crt', '-n', namespace], { env });
        await run(kubectl, ['config', 'set-context', '--current', `--namespace=${namespace}`], { env });
        try {
          const typed = await type(lines, { folder: work, env }, normalizer({ [namespace]: 'NS' }));
          if (recording) recorded[name] = typed;
          else assert.deepEqual(typed, recorded[name]);
        } finally {
          await run(kubectl, ['delete', 'namespace', namespace, '--wait=false'], { env });
        }
      });
    }
  });
}
