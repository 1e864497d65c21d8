import type { Clock } from '../../kube/index.ts';

const STEP_MS = 500;
/** 2^11 calls at once are more than an operator makes unless it is told to. */
const LAST_STEP = 11;

/** How many model calls may be under way `ageMs` after the controllers began: 1, twice as many with each half second, all after 5.5 s. */
export function callsAllowed(ageMs: number): number {
  const step = Math.floor(ageMs / STEP_MS);
  return step >= LAST_STEP ? Number.POSITIVE_INFINITY : 2 ** Math.max(0, step);
}

/**
 * Keeps a process whose predecessor died in the middle of model calls from having many under way while it is young. Whatever killed the one
 * may kill the other and take the answers along, and the next process asks, and pays, again: one that dies over and over soon after its
 * start must not repeat every waiting run's call each time. A call is under way until its answer is written.
 */
export interface SlowStart {
  /** From now on the process gets older. `interrupted`: runs that wait for the answer to a call of a process before it; where there is none, all calls begin. */
  begin(interrupted: number): void;
  /** Whether a call for `key` may begin. If not, `wake(key)` is called when it may. */
  admit(key: string): boolean;
  /** A call is not under way any more. */
  ended(): void;
  /** Calls that may not begin yet. */
  readonly waiting: number;
}

export function createSlowStart(options: {
  readonly clock: Clock;
  /** Calls under way now. */
  readonly underWay: () => number;
  readonly wake: (key: string) => void;
}): SlowStart {
  const { clock, underWay, wake } = options;
  const line = new Set<string>();
  let born = Number.NEGATIVE_INFINITY;
  let timer = false;

  const room = (): number => callsAllowed(clock.monotonic() - born) - underWay();

  function wakeThoseWithRoom(): void {
    let left = room();
    for (const key of line) {
      if (left <= 0) break;
      left -= 1;
      line.delete(key);
      wake(key);
    }
    wakeLater();
  }

  /** Also when all that were woken have begun nothing: nobody waits longer than a step for room that is there. */
  function wakeLater(): void {
    if (timer || line.size === 0) return;
    timer = true;
    clock.after(STEP_MS - ((clock.monotonic() - born) % STEP_MS), () => {
      timer = false;
      wakeThoseWithRoom();
    });
  }

  return {
    begin(interrupted) {
      if (interrupted > 0) born = clock.monotonic();
    },
    admit(key) {
      if (room() > 0) {
        line.delete(key);
        return true;
      }
      line.add(key);
      wakeLater();
      return false;
    },
    ended() {
      if (line.size > 0) wakeThoseWithRoom();
    },
    get waiting() {
      return line.size;
    },
  };
}
