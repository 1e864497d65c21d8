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

process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
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
