import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { pythonEnvironment, reasonOf } from '../../support/python.ts';
import type { TestServer } from '../../support/server.ts';
import { startTestServer } from '../../support/server.ts';

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, '..', 'python');

/** The client of Python, which reads every answer into a model that says what must be there. */
describe('the Python client', function () {
  this.timeout(300_000);
  let server: TestServer;
  let python: string;

  before(async function () {
    try {
      python = join(await pythonEnvironment('python-client', 'kubernetes==37.0.2'), 'python');
    } catch (error) {
      process.stderr.write(`skipped: no Python with its kubernetes package (${reasonOf(error)})\n`);
      return this.skip();
    }
    server = await startTestServer();
    return undefined;
  });
  after(async () => {
    await server?.close();
  });

  for (const suite of ['Core', 'Watching', 'Custom']) {
    it(`does its work: ${suite}`, async () => {
      const env = {
        PATH: process.env.PATH,
        KUBECONFIG: server.kubeconfigPath,
        NS: `kc-python-${randomBytes(4).toString('hex')}`,
        PYTHONDONTWRITEBYTECODE: '1',
      };
      // Rejects with what unittest says, test by test.
      await run(python, ['-m', 'unittest', '-v', `client_test.${suite}`], { cwd: SOURCE, env, maxBuffer: 1e8 });
    });
  }
});
