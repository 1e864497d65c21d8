/** A place among the reviews under way. */
export interface Place {
  leave(): void;
}

export interface InFlightLimit {
  /** A place, or undefined where all are taken. */
  enter(): Place | undefined;
  readonly inFlight: number;
}

/** At most `max` at once. Each place is to be left once; leaving it again does nothing. */
export function createInFlightLimit(max: number): InFlightLimit {
  let inFlight = 0;
  return {
    enter() {
      if (inFlight >= max) return undefined;
      inFlight++;
      let left = false;
      return {
        leave() {
          if (left) return;
          left = true;
          inFlight--;
        },
      };
    },
    get inFlight() {
      return inFlight;
    },
  };
}
