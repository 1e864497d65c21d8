import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Printed } from '../../support/kubectl.ts';

/** What a line printed, without what differs from one run to the next. */
export interface Typed extends Printed {
  readonly line: string;
}

/** Puts files into a new folder; those whose name begins with `edit-` are programs. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    if (name.startsWith('edit-')) await chmod(join(folder, name), 0o755);
  }
}

/** Types lines into bash, one after the other, whatever becomes of them. */
export async function type(
  lines: readonly string[],
  where: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
  normalize: (text: string) => string,
): Promise<Typed[]> {
  const typed: Typed[] = [];
  for (const line of lines) {
    const { code, out, err } = await bash(line, where);
    typed.push({ line, code, out: normalize(out), err: normalize(err) });
  }
  return typed;
}

function bash(script: string, where: { readonly folder: string; readonly env: NodeJS.ProcessEnv }): Promise<Printed> {
  const options = { cwd: where.folder, env: where.env, timeout: 60_000, maxBuffer: 1e8 };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err }),
    );
  });
}

/** Leaves out names of the moment: identities, times, versions, ages, addresses, widths of columns. */
export function normalizer(names: Readonly<Record<string, string>>): (text: string) => string {
  return (text) => {
    let plain = text;
    for (const [name, as] of Object.entries(names)) plain = plain.replaceAll(name, as);
    return plain
      .replace(/https?:\/\/(127\.0\.0\.1|localhost):\d+/g, 'SERVER')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
      .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]* \+0000( UTC)?( m=\S+)?/g, 'TIME')
      .replace(/((resourceVersion|Resource Version|resourceVersionMatch)"?: *"?)\d+/g, '$1RV')
      .replace(/\/tmp\/[\w./-]+/g, 'FILE')
      .replace(/\b10\.\d+\.\d+\.\d+\b/g, 'IP')
      .replace(/(?<=^|[\s,(])(\d+d)?(\d+h)?(\d+m)?\d+s(?=[\s,)]|$)/gm, 'AGE')
      .replace(/(?<=\s)(\d+[dhm]){1,2}(?=\s|$)/gm, 'AGE')
      .replace(/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=HASH')
      .replace(/^Username +(kubernetes-)?admin$/gm, 'Username ADMIN')
      .replace(/<invalid>/g, 'AGE')
      .replace(/[EIW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /g, 'LOG ')
      .replace(/@@ .* @@/g, '@@')
      .replace(/[ \t]+/g, ' ')
      .replace(/ $/gm, '');
  };
}
