import { EventEmitter } from 'node:events';
import type { Io } from '../../../cli/io.ts';

/** What a command sees of a process, without one. */
export function fakeIo(options: Partial<Io> & { readonly input?: string } = {}) {
  const text = { out: '', err: '' };
  const write = (where: 'out' | 'err') => (part: string) => {
    text[where] += part;
  };
  const io: Io = {
    out: { write: write('out') },
    err: { write: write('err') },
    env: {},
    cwd: process.cwd(),
    signals: new EventEmitter(),
    programName: 'kubechain',
    readInput: async () => options.input ?? '',
    ...options,
  };
  return { io, out: () => text.out, err: () => text.err };
}
