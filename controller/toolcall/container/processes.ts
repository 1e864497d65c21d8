import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskRunToolCall, ToolContainer } from '../../../api/index.ts';
import type { Clock, Logger } from '../../../kube/index.ts';
import { childEnvironment } from '../../childEnvironment.ts';
import { CONNECTION_VARIABLE, createWatchdog, killMarked, OWNER_VARIABLE, signalGroup } from '../../mcp/index.ts';
import type { SecretReader } from '../../secrets.ts';
import type { ToolOutcome } from '../../tools/index.ts';
import { createRedactor, messageOf } from '../../tools/index.ts';
import { callVariables, DEFAULT_TIMEOUT_SECONDS, MAX_ARGUMENT_BYTES, MAX_RESULT_BYTES } from './job.ts';
import type { ToolContainers } from './types.ts';

const GRACE_MS = 2_000;
/** The end of what it wrote, shown where it failed and left no result. */
const TAIL_BYTES = 2048;

/** Runs container tools as child processes, for laptops: the image is not used, and nothing is enforced but the time. */
export function createToolProcesses(options: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: SecretReader;
}): ToolContainers & { close(): Promise<void> } {
  const { clock, secrets } = options;
  const owner = randomUUID();
  const watchdog = createWatchdog(owner, clock, options.logger);

  async function environment(
    call: TaskRunToolCall,
    container: ToolContainer,
    signal: AbortSignal,
  ): Promise<{ env: Record<string, string>; hidden: { name: string; value: string }[] } | string> {
    const env = childEnvironment(process.env);
    const hidden: { name: string; value: string }[] = [];
    for (const { name, value, valueFrom } of container.env ?? []) {
      const ref = valueFrom?.secretKeyRef;
      if (ref === undefined) {
        env[name] = value ?? '';
        continue;
      }
      const secret = await secrets.read(call.metadata.namespace ?? '', ref, signal);
      if (secret.kind !== 'value') return `The tool's variable ${name}: ${secret.message}`;
      env[name] = secret.value;
      hidden.push({ name, value: secret.value });
    }
    return { env, hidden };
  }

  async function execute(
    words: readonly string[],
    env: Record<string, string>,
    timeoutSeconds: number,
    file: string,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const [program = '', ...args] = words;
    const mark = randomUUID();
    watchdog.start();
    const child = spawn(program, args, {
      detached: true,
      cwd: join(file, '..'),
      env: { ...env, [OWNER_VARIABLE]: owner, [CONNECTION_VARIABLE]: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) watchdog.watch(pid);
    let tail = Buffer.alloc(0);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('error', () => undefined);
      stream.on('data', (part: Buffer) => {
        tail = Buffer.concat([tail, part]).subarray(-TAIL_BYTES);
      });
    }
    let late = false;
    const end = (): void => {
      if (pid === undefined) return;
      signalGroup(pid, 'SIGTERM');
      clock.after(GRACE_MS, () => signalGroup(pid, 'SIGKILL'));
    };
    const timer = clock.after(timeoutSeconds * 1000, () => {
      late = true;
      end();
    });
    signal.addEventListener('abort', end);
    try {
      const ended = await new Promise<{ code: number | null; by: NodeJS.Signals | null } | Error>((resolve) => {
        child.once('exit', (code, by) => resolve({ code, by }));
        child.once('error', resolve);
      });
      if (ended instanceof Error) {
        return {
          kind: 'failed',
          error: `The tool's program ${JSON.stringify(program)} could not be started: ${messageOf(ended)}`,
        };
      }
      if (late) return { kind: 'unknown', error: `it did not end within ${timeoutSeconds} s and was ended` };
      const said = await readResult(file);
      if (ended.code === 0) return { kind: 'result', text: said, isError: false };
      const how = ended.code === null ? `was ended by ${ended.by}` : `ended with exit code ${ended.code}`;
      const why = said === '' ? tail.toString().trim() : said;
      return { kind: 'result', text: `The tool ${how}${why === '' ? '' : `: ${why}`}`, isError: true };
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', end);
      // What it left behind, in its group and out of it.
      if (pid !== undefined) {
        signalGroup(pid, 'SIGKILL');
        await killMarked(CONNECTION_VARIABLE, mark);
        watchdog.forget(pid);
      }
      child.stdout.destroy();
      child.stderr.destroy();
    }
  }

  return {
    async run(call, tool, args, signal) {
      const container = tool.spec.execute?.container;
      const { command = [], args: more = [], timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = container ?? {};
      if (container === undefined || command.length === 0) {
        return { kind: 'failed', error: 'The tool has no command, and its image is used in a cluster only' };
      }
      const text = JSON.stringify(args);
      if (Buffer.byteLength(text) > MAX_ARGUMENT_BYTES) {
        return {
          kind: 'failed',
          error: `The arguments are too long for a container tool: ${MAX_ARGUMENT_BYTES} bytes at most`,
        };
      }
      const found = await environment(call, container, signal);
      if (typeof found === 'string') return { kind: 'not-sent', error: found };
      const folder = await mkdtemp(join(tmpdir(), 'kubechain-tool-'));
      try {
        const file = join(folder, 'result');
        await writeFile(file, '');
        const env = { ...found.env, ...callVariables(call, text, file) };
        const outcome = await execute([...command, ...more], env, timeoutSeconds, file, signal);
        const redact = createRedactor(found.hidden);
        if (outcome.kind === 'result') return { ...outcome, text: redact(outcome.text) };
        return { ...outcome, error: redact(outcome.error) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    isThere: () => false,
    cleanUp: () => Promise.resolve(),
    watch: () => undefined,
    close: () => watchdog.close(),
  };
}

/** As much as the kubelet would read. */
async function readResult(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_RESULT_BYTES), 0, MAX_RESULT_BYTES, 0);
  return buffer.subarray(0, bytesRead).toString();
}
