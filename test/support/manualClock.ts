import type { Clock } from '../../kube/index.ts';

export interface ManualClock extends Clock {
  /** Moves time on and runs what falls due, in order, letting promises settle before, between and after. */
  advance(ms: number): Promise<void>;
  /** Timers that are waiting. */
  readonly pending: number;
}

/** Time that stands still until it is told to move. */
export function createManualClock(start = Date.parse('2026-01-01T00:00:00Z')): ManualClock {
  let elapsed = 0;
  let sequence = 0;
  const timers = new Set<{ at: number; order: number; task: () => void }>();
  /** Long enough for chains of promises; ends with the I/O that is ready. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(ms, task) {
      const timer = { at: elapsed + Math.max(0, ms), order: sequence++, task };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      for (;;) {
        const due = [...timers]
          .filter((timer) => timer.at <= until)
          .sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (due === undefined) break;
        timers.delete(due);
        elapsed = Math.max(elapsed, due.at);
        due.task();
        await settle();
      }
      elapsed = until;
      await settle();
    },
    get pending() {
      return timers.size;
    },
  };
}
