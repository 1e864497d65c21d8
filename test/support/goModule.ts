import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 120_000;

/** The folder of a Go module, `github.com/owner/name@v1.2.3`, from Go's cache or its proxy; or why there is none. */
export async function goModule(module: string): Promise<{ readonly folder: string } | { readonly reason: string }> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', module], { timeout: PATIENCE_MS, cwd: '/' });
    return { folder: (JSON.parse(stdout) as { Dir: string }).Dir };
  } catch (error) {
    return { reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}
