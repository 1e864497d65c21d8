import { text } from 'node:stream/consumers';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { programName } from './programName.ts';
import { runProgram } from './runProgram.ts';

const io: Io = {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  readInput: () => text(process.stdin),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  signals: process,
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
const exitCode = await runProgram(process.argv.slice(2), io);
await Promise.all([written(process.stdout), written(process.stderr)]);
// A command that ends by itself has left its exit code with the process.
process.exit(exitCode || process.exitCode);

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** Resolves when the reader of a pipe has taken all that was written: `process.exit` would drop the rest. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
