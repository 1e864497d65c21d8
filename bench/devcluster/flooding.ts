import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const FLOODER = fileURLToPath(new URL('flooder.ts', import.meta.url));

/** What a flood came to: requests that were answered, those of them that were refused with 429, and the first other error, if any. */
export interface Flooded {
  readonly answered: number;
  readonly refused: number;
  readonly failed: string;
}

/** A client that floods, in a process of its own: `kind` is one of flooder.ts, `lanes` how many requests it has under way at any time. */
export function startFlood(kubeconfig: string, kind: string, lanes: number): { stop(): Promise<Flooded> } {
  const child = spawn(process.execPath, [FLOODER, kubeconfig, kind, String(lanes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    async stop() {
      const ended = once(child, 'exit');
      const output = once(child.stdout, 'data') as Promise<[Buffer]>;
      child.stdin.end();
      const told = JSON.parse((await output)[0].toString()) as Flooded;
      await ended;
      return told;
    },
  };
}
