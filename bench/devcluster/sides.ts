import { type Bare, connectBare } from './client.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { median, prepare } from './measure.ts';

/** A server that is measured, and the connections to it. */
export interface Side {
  readonly kubeconfig: string;
  readonly bare: Bare;
  stop(): Promise<void>;
}

/** The server that a kubeconfig names. */
export function existing(kubeconfig: string, clients: number): Side {
  const bare = connectBare(kubeconfig, clients);
  return { kubeconfig, bare, stop: async () => bare.close() };
}

/** An embedded server of its own. */
export async function embedded(
  folder: string,
  durability: 'fsync' | 'none',
  clients: number,
): Promise<Side & { readonly embedded: Embedded }> {
  const server = await startEmbedded(folder, durability);
  const bare = connectBare(server.kubeconfig, clients);
  const stop = async () => {
    bare.close();
    await server.stop();
  };
  return { kubeconfig: server.kubeconfig, bare, embedded: server, stop };
}

/** Has each server do the same, one after the other; `before` is what the first time costs a program that has just started, and is not measured. */
export async function warm(sides: readonly Side[], before: (bare: Bare) => Promise<unknown>): Promise<void> {
  for (const { bare } of sides) {
    await prepare(bare);
    await before(bare);
  }
}

/**
 * The median of what is measured in `rounds`, for each server. They take turns, and which is first changes from round to round: what else the
 * machine does meets all of them.
 */
export async function inTurns(
  sides: readonly Side[],
  rounds: number,
  one: (side: Side) => Promise<number>,
): Promise<number[]> {
  const measured = sides.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < sides.length; i++) {
      const which = (i + round) % sides.length;
      const side = sides[which];
      if (side !== undefined) measured[which]?.push(await one(side));
    }
  }
  return measured.map(median);
}
