/** Lets so many tasks run at once; the others wait, first come, first served. */
export interface Turnstile {
  pass<R>(task: () => Promise<R>): Promise<R>;
}

export function createTurnstile(atOnce: number): Turnstile {
  const line: (() => void)[] = [];
  let inside = 0;
  return {
    async pass(task) {
      // Whoever leaves hands its place to the first in line, so that nobody slips in between.
      if (inside >= atOnce) await new Promise<void>((resolve) => line.push(resolve));
      else inside += 1;
      try {
        return await task();
      } finally {
        const next = line.shift();
        if (next === undefined) inside -= 1;
        else next();
      }
    },
  };
}
