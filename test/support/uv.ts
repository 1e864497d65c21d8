import { execFile } from 'node:child_process';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TEST_CACHE } from './kubectl.ts';

const run = promisify(execFile);

/** How long an installation from PyPI may take. */
const PATIENCE_MS = 120_000;

/**
 * A folder with `uvx` in it, installed from PyPI into an environment of its own, and with `uvx mcp-server-fetch` at hand; or why
 * there is none: no Python, no network.
 */
export async function installUvx(): Promise<{ readonly folder: string } | { readonly reason: string }> {
  const environment = join(TEST_CACHE, 'uv');
  const folder = join(environment, 'bin');
  try {
    if (!(await stat(join(folder, 'uvx')).catch(() => undefined))) {
      await mkdir(TEST_CACHE, { recursive: true });
      await run('python3', ['-m', 'venv', environment], { timeout: PATIENCE_MS });
      await run(join(folder, 'pip'), ['install', '--quiet', 'uv'], { timeout: PATIENCE_MS });
    }
    const help = await run(join(folder, 'uvx'), ['mcp-server-fetch', '--help'], { timeout: PATIENCE_MS });
    // The page that tests fetch is on this machine, which newer versions refuse unless told.
    const more = help.stdout.includes('--allow-private-ips') ? '--allow-private-ips' : '';
    // An MCP server gets next to nothing of our environment: neither proxies nor certificates, which an installation may
    // need. What was installed just now needs no network.
    const shim = join(environment, 'shim');
    await mkdir(shim, { recursive: true });
    await writeFile(join(shim, 'uvx'), `#!/bin/sh\nUV_OFFLINE=1 exec '${join(folder, 'uvx')}' "$@" ${more}\n`, {
      mode: 0o755,
    });
    return { folder: shim };
  } catch (error) {
    return { reason: error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error) };
  }
}
