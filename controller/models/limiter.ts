export interface CallLimits {
  /** Calls under way at once, all together. */
  maxInFlight: number;
  /** Calls of one namespace under way at once. No limit when absent. */
  maxPerNamespace?: number;
  /** Calls of one LLM under way at once, where `acquire` names no limit. No limit when absent. */
  maxPerLlm?: number;
}

export interface CallSlot {
  /** What the limit of one LLM counts by: `namespace/name`. */
  llm: string;
  namespace: string;
  /** The LLM's own limit (`parameters.maxConcurrentRequests`). The last one given holds. */
  limit?: number;
  /** Gives up waiting. No effect once the slot is taken. */
  signal: AbortSignal;
}

export interface CallLimiter {
  /**
   * Resolves with the function that gives the slot back (a second call of it does nothing) as soon as no limit stands against it.
   * Rejects with the signal's reason.
   */
  acquire(slot: CallSlot): Promise<() => void>;
  /** Whether `acquire` would resolve at once. */
  free(slot: Omit<CallSlot, 'signal'>): boolean;
  /** For metrics. */
  readonly inFlight: number;
  readonly waiting: number;
}

interface Waiter {
  readonly grant: () => void;
  readonly queue: Queue;
  next: Waiter | undefined;
  previous: Waiter | undefined;
}

/** Waiters for one LLM from one namespace, first come, first served. */
interface Queue {
  readonly llm: Llm;
  readonly namespace: Namespace;
  first: Waiter | undefined;
  last: Waiter | undefined;
}

interface Llm {
  readonly key: string;
  limit: number;
  inFlight: number;
  /** Queues that hold waiters, by namespace. */
  readonly queues: Map<string, Queue>;
}

interface Namespace {
  readonly key: string;
  inFlight: number;
  /** Queues that hold waiters, by LLM, the one served longest ago first. */
  readonly queues: Map<string, Queue>;
  /** When it was last served: smaller is longer ago. */
  turn: number;
}

/**
 * Limits how many model calls are under way: of one LLM, of one namespace, and in all. Namespaces with waiters take turns: a
 * free slot goes to the one served longest ago among those that can use it. So one team's burst costs another at most one
 * turn, and nobody waits for ever: whoever waits moves up with every turn of the others. Within a namespace its LLMs take turns.
 *
 * Invariant: while a slot is free in all, no waiter could take one. So a slot given back can only help waiters of
 * the same LLM or namespace, unless all slots were taken before: only then all waiting namespaces are looked at.
 */
export function createCallLimiter(limits: CallLimits): CallLimiter {
  for (const [field, value] of Object.entries(limits)) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${field} must be a whole number of at least 1, it is ${value}`);
    }
  }
  const { maxInFlight, maxPerNamespace = Infinity, maxPerLlm = Infinity } = limits;
  const llms = new Map<string, Llm>();
  const namespaces = new Map<string, Namespace>();
  /** Namespaces with waiters, the one served longest ago first. */
  const line = new Map<string, Namespace>();
  let inFlight = 0;
  let waiting = 0;
  let turns = 0;

  const isOpen = ({ llm, namespace }: Queue): boolean =>
    llm.inFlight < llm.limit && namespace.inFlight < maxPerNamespace;

  function take(llm: Llm, namespace: Namespace): void {
    inFlight += 1;
    llm.inFlight += 1;
    namespace.inFlight += 1;
    turns += 1;
    namespace.turn = turns;
    moveToEnd(line, namespace.key);
  }

  function give(llm: Llm, namespace: Namespace): void {
    const wasFull = inFlight >= maxInFlight;
    inFlight -= 1;
    llm.inFlight -= 1;
    namespace.inFlight -= 1;
    if (wasFull) serveAnyone();
    else serveRelated(llm, namespace);
    forgetIdle(llm, namespace);
  }

  function serve(queue: Queue): void {
    const waiter = queue.first;
    if (waiter === undefined) return;
    take(queue.llm, queue.namespace);
    moveToEnd(queue.namespace.queues, queue.llm.key);
    remove(waiter);
    waiter.grant();
  }

  /** All slots were taken: the first namespace in line that can use the free one gets it. */
  function serveAnyone(): void {
    for (const namespace of line.values()) {
      if (namespace.inFlight >= maxPerNamespace) continue;
      const queue = firstOpen(namespace);
      if (queue === undefined) continue;
      serve(queue);
      return;
    }
  }

  /** One slot of this LLM and one of this namespace came free: at most one waiter for each can go. */
  function serveRelated(llm: Llm, namespace: Namespace): void {
    serveLlm(llm);
    const queue = inFlight < maxInFlight ? firstOpen(namespace) : undefined;
    if (queue !== undefined) serve(queue);
  }

  function serveLlm(llm: Llm): boolean {
    if (inFlight >= maxInFlight) return false;
    let best: Queue | undefined;
    for (const queue of llm.queues.values()) {
      if (isOpen(queue) && (best === undefined || queue.namespace.turn < best.namespace.turn)) best = queue;
    }
    if (best !== undefined) serve(best);
    return best !== undefined;
  }

  function firstOpen(namespace: Namespace): Queue | undefined {
    for (const queue of namespace.queues.values()) if (isOpen(queue)) return queue;
    return undefined;
  }

  function enqueue(llm: Llm, namespace: Namespace, grant: () => void): Waiter {
    let queue = llm.queues.get(namespace.key);
    if (queue === undefined) {
      queue = { llm, namespace, first: undefined, last: undefined };
      llm.queues.set(namespace.key, queue);
      namespace.queues.set(llm.key, queue);
      if (!line.has(namespace.key)) joinLine(namespace);
    }
    const waiter: Waiter = { grant, queue, next: undefined, previous: queue.last };
    if (queue.last === undefined) queue.first = waiter;
    else queue.last.next = waiter;
    queue.last = waiter;
    waiting += 1;
    return waiter;
  }

  /** At the end, and so behind those who wait already, however long ago this one was served. */
  function joinLine(namespace: Namespace): void {
    turns += 1;
    namespace.turn = turns;
    line.set(namespace.key, namespace);
  }

  function remove({ queue, next, previous }: Waiter): void {
    if (previous === undefined) queue.first = next;
    else previous.next = next;
    if (next === undefined) queue.last = previous;
    else next.previous = previous;
    waiting -= 1;
    if (queue.first !== undefined) return;
    queue.llm.queues.delete(queue.namespace.key);
    queue.namespace.queues.delete(queue.llm.key);
    if (queue.namespace.queues.size === 0) line.delete(queue.namespace.key);
  }

  function forgetIdle(llm: Llm, namespace: Namespace): void {
    if (llm.inFlight === 0 && llm.queues.size === 0) llms.delete(llm.key);
    if (namespace.inFlight === 0 && namespace.queues.size === 0) namespaces.delete(namespace.key);
  }

  function llmOf({ llm: key, limit }: CallSlot): Llm {
    let llm = llms.get(key);
    const wanted = limit !== undefined && limit >= 1 ? limit : maxPerLlm;
    if (llm === undefined) {
      llm = { key, limit: wanted, inFlight: 0, queues: new Map() };
      llms.set(key, llm);
    } else if (llm.limit !== wanted) {
      llm.limit = wanted;
      // A raised limit may let several go at once, and nothing is given back that would do it.
      while (serveLlm(llm));
    }
    return llm;
  }

  function namespaceOf(key: string): Namespace {
    let namespace = namespaces.get(key);
    if (namespace === undefined) {
      namespace = { key, inFlight: 0, queues: new Map(), turn: 0 };
      namespaces.set(key, namespace);
    }
    return namespace;
  }

  function releaser(llm: Llm, namespace: Namespace): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      give(llm, namespace);
    };
  }

  return {
    async acquire(slot) {
      slot.signal.throwIfAborted();
      const llm = llmOf(slot);
      const namespace = namespaceOf(slot.namespace);
      // The invariant: whoever waits can't go now, so going at once overtakes nobody who could.
      if (inFlight < maxInFlight && llm.inFlight < llm.limit && namespace.inFlight < maxPerNamespace) {
        take(llm, namespace);
        return releaser(llm, namespace);
      }
      return new Promise((resolve, reject) => {
        const abort = () => {
          remove(waiter);
          forgetIdle(llm, namespace);
          reject(slot.signal.reason);
        };
        const waiter = enqueue(llm, namespace, () => {
          slot.signal.removeEventListener('abort', abort);
          resolve(releaser(llm, namespace));
        });
        slot.signal.addEventListener('abort', abort, { once: true });
      });
    },
    free(slot) {
      const limit = slot.limit !== undefined && slot.limit >= 1 ? slot.limit : maxPerLlm;
      return (
        inFlight < maxInFlight &&
        (llms.get(slot.llm)?.inFlight ?? 0) < limit &&
        (namespaces.get(slot.namespace)?.inFlight ?? 0) < maxPerNamespace
      );
    },
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return waiting;
    },
  };
}

/** Makes an entry the last of its Map, if it is in it. */
function moveToEnd<V>(map: Map<string, V>, key: string): void {
  const value = map.get(key);
  if (value === undefined) return;
  map.delete(key);
  map.set(key, value);
}
