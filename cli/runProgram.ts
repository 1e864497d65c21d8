import { CommanderError } from 'commander';
import { CliError, EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import { escapeControl } from './terminal/escape.ts';

/** Runs a command line to its end and says what went wrong on `io.err`. Resolves to the exit code; never rejects. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
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
