/** A request as it was received and what became of it. */
export interface RecordedRequest {
  /** Counts from 1. */
  n: number;
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  path: string;
  /** The answer's HTTP status; 0 while there is none, and for a connection that was cut. */
  status: number;
  model: string | undefined;
  /** The script's rule that answered. */
  rule: string | undefined;
  /** The body as it came. */
  text: string;
  /** The header Idempotency-Key. */
  idempotencyKey: string | undefined;
}

export interface RequestSummary {
  total: number;
  /** Requests of which the body is still there. */
  kept: number;
  inFlight: number;
  maxInFlight: number;
  byStatus: Record<string, number>;
  byModel: Record<string, number>;
  byRule: Record<string, number>;
}

export interface RecordLimits {
  maxRequests: number;
  /** Characters of all bodies together. */
  maxCharacters: number;
}

export const DEFAULT_RECORD_LIMITS: RecordLimits = { maxRequests: 1000, maxCharacters: 16 * 1024 * 1024 };

/** Labels counted apart; what comes after them is `(others)`. */
const MAX_LABELS = 1000;

export interface RequestRecord {
  begin(method: string, path: string, idempotencyKey: string | undefined): RecordedRequest;
  /** Keeps the body, and drops the oldest requests over the limits. */
  received(request: RecordedRequest, text: string): void;
  /** Counts the request as answered. Call once. */
  end(request: RecordedRequest): void;
  requests(): RecordedRequest[];
  summary(): RequestSummary;
  reset(): void;
}

/** Remembers the last requests, within limits, and counts all of them. */
export function createRecord(limits: RecordLimits, now: () => number): RequestRecord {
  let kept: (RecordedRequest | undefined)[] = [];
  let first = 0;
  let characters = 0;
  let total = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let byStatus = new Map<string, number>();
  let byModel = new Map<string, number>();
  let byRule = new Map<string, number>();

  function drop(): void {
    while (first < kept.length && (kept.length - first > limits.maxRequests || characters > limits.maxCharacters)) {
      characters -= kept[first]?.text.length ?? 0;
      kept[first] = undefined;
      first += 1;
    }
    // Now and then, so that dropping one costs nothing.
    if (first > 1000 && first * 2 > kept.length) {
      kept = kept.slice(first);
      first = 0;
    }
  }

  return {
    begin(method, path, idempotencyKey) {
      total += 1;
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
      return {
        n: total,
        at: now(),
        method,
        path,
        status: 0,
        model: undefined,
        rule: undefined,
        text: '',
        idempotencyKey,
      };
    },
    received(request, text) {
      request.text = text;
      kept.push(request);
      characters += text.length;
      drop();
    },
    end(request) {
      inFlight -= 1;
      count(byStatus, request.status === 0 ? 'cut' : String(request.status));
      if (request.model !== undefined) count(byModel, request.model.slice(0, 100));
      if (request.rule !== undefined) count(byRule, request.rule);
    },
    requests: () => kept.slice(first).filter((request) => request !== undefined),
    summary: () => ({
      total,
      kept: kept.length - first,
      inFlight,
      maxInFlight,
      byStatus: Object.fromEntries(byStatus),
      byModel: Object.fromEntries(byModel),
      byRule: Object.fromEntries(byRule),
    }),
    reset() {
      kept = [];
      first = 0;
      characters = 0;
      total = 0;
      maxInFlight = inFlight;
      byStatus = new Map();
      byModel = new Map();
      byRule = new Map();
    },
  };
}

function count(map: Map<string, number>, label: string): void {
  const known = map.has(label) || map.size < MAX_LABELS ? label : '(others)';
  map.set(known, (map.get(known) ?? 0) + 1);
}
