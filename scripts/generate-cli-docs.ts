import { EventEmitter } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Io } from '../cli/io.ts';
import { createProgram } from '../cli/program.ts';

const FILE = join(import.meta.dirname, '..', 'docs', 'cli.md');

/** A section: the heading that names the command, what is said about it, its help. */
const HELP_BLOCK = /(^## `kubechain(?: ([a-z-]+))?`\n[\s\S]*?```text\n)[\s\S]*?(```)/gm;

/** `docs/cli.md` with each command's `--help` as the program prints it. Throws where a command has no section, or a section no command. */
export function withHelp(markdown: string): string {
  const io: Io = {
    out: { write: () => true, columns: 100 },
    err: { write: () => true, columns: 100 },
    env: {},
    cwd: '/',
    signals: new EventEmitter(),
    programName: 'kubechain',
    readInput: async () => '',
  };
  const program = createProgram(io, () => undefined);
  const commands = new Map<string, Command>(program.commands.map((command) => [command.name(), command]));
  const missing = new Set(commands.keys());
  const result = markdown.replace(HELP_BLOCK, (_all, before: string, name: string | undefined, end: string) => {
    const command = name === undefined ? program : commands.get(name);
    if (command === undefined) throw new Error(`docs/cli.md: there is no command kubechain ${name}`);
    missing.delete(name ?? '');
    return before + command.helpInformation() + end;
  });
  if (missing.size > 0)
    throw new Error(`docs/cli.md: no section with a \`\`\`text block for kubechain ${[...missing].join(', ')}`);
  return result;
}

if (import.meta.main) writeFileSync(FILE, withHelp(readFileSync(FILE, 'utf8')));
