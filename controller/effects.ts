/** Work under way outside of the work queue: a model call, a tool call. */
export interface Effects<Result> {
  /**
   * Starts `work` for `key` unless one is there. When it ends, its result waits here and `onProgress(key)` is called.
   * `step` says what it is for: the turn of a run, say.
   */
  start(key: string, step: string, work: (signal: AbortSignal, stage: (name: string) => void) => Promise<Result>): void;
  /**
   * What has become of the work for `step`. Work for another step is dropped here: its result was written, only the answer to
   * the write was lost, and must not be written twice.
   */
  state(key: string, step: string): EffectState<Result>;
  /** Takes the result away, so that it is acted on once. */
  take(key: string): Result | undefined;
  /** Aborts and forgets: what it still returns is dropped. */
  cancel(key: string): void;
  readonly size: number;
}

export type EffectState<Result> =
  | { readonly kind: 'none' }
  /** `stage` is what the work last called itself. */
  | { readonly kind: 'running'; readonly stage: string }
  | { readonly kind: 'settled'; readonly result: Result };

interface Entry<Result> {
  readonly step: string;
  readonly abort: AbortController;
  stage: string;
  result?: { readonly value: Result };
}

/**
 * Keeps long calls out of the reconcilers, which must never wait: a reconcile starts one, ends, and is called again
 * when it has settled. `work` must not reject; what it cannot handle is `onCrash`'s to turn into a result.
 */
export function createEffects<Result>(options: {
  /** Called when the work has settled, and at each stage it names. */
  readonly onProgress: (key: string) => void;
  readonly onCrash: (error: unknown) => Result;
  /** Called when a key has no work any more: its result was taken away, or it was dropped. */
  readonly onGone?: () => void;
  readonly signal: AbortSignal;
}): Effects<Result> {
  const entries = new Map<string, Entry<Result>>();

  const settle = (key: string, entry: Entry<Result>, value: Result) => {
    if (entries.get(key) !== entry) return;
    entry.result = { value };
    options.onProgress(key);
  };

  function remove(key: string): void {
    if (entries.delete(key)) options.onGone?.();
  }

  options.signal.addEventListener('abort', () => {
    for (const entry of entries.values()) entry.abort.abort();
    entries.clear();
  });

  return {
    start(key, step, work) {
      if (entries.has(key) || options.signal.aborted) return;
      const entry: Entry<Result> = { step, abort: new AbortController(), stage: '' };
      entries.set(key, entry);
      const stage = (name: string) => {
        entry.stage = name;
        if (entries.get(key) === entry) options.onProgress(key);
      };
      work(entry.abort.signal, stage).then(
        (value) => settle(key, entry, value),
        (error: unknown) => settle(key, entry, options.onCrash(error)),
      );
    },
    state(key, step) {
      const entry = entries.get(key);
      if (entry === undefined) return { kind: 'none' };
      if (entry.step !== step) {
        entry.abort.abort();
        remove(key);
        return { kind: 'none' };
      }
      return entry.result === undefined
        ? { kind: 'running', stage: entry.stage }
        : { kind: 'settled', result: entry.result.value };
    },
    take(key) {
      const entry = entries.get(key);
      if (entry?.result === undefined) return undefined;
      remove(key);
      return entry.result.value;
    },
    cancel(key) {
      entries.get(key)?.abort.abort();
      remove(key);
    },
    get size() {
      return entries.size;
    },
  };
}
