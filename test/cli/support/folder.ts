import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram } from '../../../cli/runProgram.ts';
import { assertSarif } from '../../support/sarif.ts';
import { fakeIo } from './fakeIo.ts';

export const head = (kind: string, name: string, more = '') =>
  `apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${more}}\n`;

/** A folder of files in which commands are run. */
export interface Folder {
  readonly path: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  git(...args: string[]): string;
  /** Runs a command line there, in this process. What it prints as SARIF has to be that. */
  run(args: readonly string[], input?: string): Promise<{ code: number; out: string; err: string }>;
}

/** Folders that are gone after the tests. */
export function createFolders() {
  const root = mkdtempSync(join(tmpdir(), 'kubechain-cli-'));
  return {
    remove: () => rmSync(root, { recursive: true, force: true }),
    create(files: Readonly<Record<string, string | Uint8Array>>): Folder {
      const path = mkdtempSync(join(root, 'case-'));
      const folder: Folder = {
        path,
        write(more) {
          for (const [name, text] of Object.entries(more)) {
            mkdirSync(dirname(join(path, name)), { recursive: true });
            writeFileSync(join(path, name), text);
          }
        },
        git: (...args) =>
          execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
            cwd: path,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'pipe'],
          }),
        async run(args, input = '') {
          const { io, out, err } = fakeIo({ cwd: path, input });
          const code = await runProgram(args, io);
          if (args.includes('sarif') && out() !== '') assertSarif(out());
          return { code, out: out(), err: err() };
        },
      };
      folder.write(files);
      return folder;
    },
  };
}
