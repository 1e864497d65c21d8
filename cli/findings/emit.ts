import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, EXIT } from '../exit.ts';
import type { Io, Output } from '../io.ts';

export interface EmitOptions {
  /** Into this file instead of standard output. */
  readonly outputFile?: string;
}

/** Where a report goes: colour is for terminals only, and a file is none. */
export function sinkOf({ outputFile }: EmitOptions, io: Io): Output {
  return outputFile === undefined ? io.out : { write: () => undefined };
}

/** Writes a report to where it goes. Throws `CliError` where the file cannot be written. */
export function emit(text: string, { outputFile }: EmitOptions, io: Io): void {
  if (outputFile === undefined) {
    io.out.write(text);
    return;
  }
  try {
    writeFileSync(resolve(io.cwd, outputFile), text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`--output-file ${outputFile}: cannot be written: ${why}`, { exitCode: EXIT.usage });
  }
}
