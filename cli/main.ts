import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import { CliError, EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import { programName } from './programName.ts';
import { escapeControl } from './terminal/escape.ts';

const io: Io = {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  readInput: () => text(process.stdin),
  programName: programName(process.env, process.cwd()),
};

// `kubechain logs … | head`: nobody reads on, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
);
// Where a parent process holds a channel to us (bin/kubechain under an older Node does), its end is ours.
if (process.channel) {
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

// Waiting for a server that is away holds no handle that keeps the process alive: timers of the client do not.
setInterval(() => undefined, 2 ** 30);
const exitCode = await main(process.argv.slice(2));
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit(exitCode);

/** Resolves when the reader of a pipe has taken all that was written: `process.exit` would drop the rest. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

async function main(argv: readonly string[]): Promise<number> {
  const program = createProgram(io, (code) => {
    process.exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CliError) {
      io.err.write(`kubechain: ${escapeControl(error.message)}\n`);
      return error.exitCode;
    }
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err.write(`kubechain: unexpected error, please report it: ${escapeControl(said)}\n`);
    return EXIT.failed;
  }
}
