import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit.ts';
import type { Output } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { parsePort } from '../options.ts';
import { listenForShutdown } from '../signals.ts';
import { parseMilliseconds } from './milliseconds.ts';

export const DEFAULT_PORT = 8090;

export interface SimulateOpenAIOptions extends LogOptions {
  readonly port?: number;
  readonly host?: string;
  readonly script?: string;
  readonly latency?: number;
  /** False for `--no-api-key`. */
  readonly apiKey?: string | boolean;
}

/** `kubechain simulate-openai`: serves until `signal` aborts. Throws `CliError` for a bad script or a port in use. */
export async function simulateOpenAI(
  options: SimulateOpenAIOptions,
  io: { readonly out: Output; readonly err: Output },
  signal: AbortSignal,
): Promise<number> {
  const { startSimulatedOpenAI } = await import('./server.ts');
  const script = options.script === undefined ? undefined : await readScript(options.script);
  const port = options.port ?? DEFAULT_PORT;
  const { apiKey } = options;
  let server: Awaited<ReturnType<typeof startSimulatedOpenAI>>;
  try {
    server = await startSimulatedOpenAI({
      port,
      logger: createLogger(options, io.err),
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(script === undefined ? {} : { script }),
      ...(options.latency === undefined ? {} : { latencyMs: options.latency }),
      ...(typeof apiKey === 'string' || apiKey === false ? { apiKey } : {}),
    });
  } catch (error) {
    throw new CliError(`cannot listen on port ${port}: ${messageOf(error)}; --port 0 picks a free one`, {
      cause: error,
    });
  }
  io.out.write(`Simulated OpenAI API on ${server.url}\n`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await server.close();
  return EXIT.ok;
}

/** Adds the subcommand `simulate-openai`. It ends by itself on SIGINT and SIGTERM, with `process.exitCode` set. */
export function registerSimulateOpenAI(program: Command): Command {
  return program
    .command('simulate-openai')
    .summary('serve a simulated OpenAI API: for trying things out, tests and benchmarks')
    .description(
      'Serves the OpenAI API (models, chat completions, streaming too) and answers from a few rules or a script: answers, tool ' +
        'calls, faults. For trying things out, tests and benchmarks.',
    )
    .option('--port <n>', 'port to listen on, 0 for a free one', parsePort, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--script <file>', 'YAML or JSON file with rules: answers, tool calls and faults (docs/simulate-openai.md)')
    .option('--latency <ms>', 'milliseconds before each answer', parseMilliseconds, 0)
    .option('--api-key <key>', 'accept this key only (default: any that does not begin with "sk-invalid" or "bad")')
    .option('--no-api-key', 'ask for no key')
    .action(async (options: SimulateOpenAIOptions, command: Command) => {
      const shutdown = listenForShutdown({ source: process, force: (code) => process.exit(code) });
      try {
        const all = { ...command.optsWithGlobals<SimulateOpenAIOptions>(), ...options };
        process.exitCode = await simulateOpenAI(all, { out: process.stdout, err: process.stderr }, shutdown.signal);
      } finally {
        shutdown.dispose();
      }
    });
}

async function readScript(file: string) {
  const { parseScript, ScriptError } = await import('./script.ts');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`--script ${file}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    return parseScript(text);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const lines = error.message.split('\n').map((line) => `  ${line}`);
    throw new CliError(`--script ${file}:\n${lines.join('\n')}`, { exitCode: EXIT.usage, cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
