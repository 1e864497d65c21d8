import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment, reasonOf } from './python.ts';

const run = promisify(execFile);

/** How long an installation from PyPI may take. */
const PATIENCE_MS = 120_000;

/**
 * A folder with `uvx` in it, installed from PyPI into an environment of its own, and with `uvx mcp-server-fetch` at hand; or why
 * there is none: no Python, no network.
 */
export async function installUvx(): Promise<{ readonly folder: string } | { readonly reason: string }> {
  try {
    const folder = await pythonEnvironment('uv', 'uv');
    const help = await run(join(folder, 'uvx'), ['mcp-server-fetch', '--help'], { timeout: PATIENCE_MS });
    // The page that tests fetch is on this machine, which newer versions refuse unless told.
    const more = help.stdout.includes('--allow-private-ips') ? '--allow-private-ips' : '';
    // An MCP server gets next to nothing of our environment, no proxies for one, which an installation may need. What was installed just now needs no network.
    const shim = join(dirname(folder), 'shim');
    await mkdir(shim, { recursive: true });
    await writeFile(join(shim, 'uvx'), `#!/bin/sh\nUV_OFFLINE=1 exec '${join(folder, 'uvx')}' "$@" ${more}\n`, {
      mode: 0o755,
    });
    return { folder: shim };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}
