import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Logger } from '../../kube/index.ts';
import type { ReviewOutcome, WebhookMetrics } from '../metrics.ts';
import { readBody } from './body.ts';
import type { InFlightLimit } from './inFlight.ts';
import type { AdmissionAnswer, AdmissionRequest, DecodedReview } from './review.ts';
import { ADMISSION_API, decodeReview, encodeReview, salvageUid } from './review.ts';

/** Decides a request. A promise only where it has to wait; `signal` aborts when the answer would come too late. */
export type Decide = (request: AdmissionRequest, signal: AbortSignal) => AdmissionAnswer | Promise<AdmissionAnswer>;

export interface AdmissionRouteOptions {
  /** `mutate` or `validate`, for metrics and messages. */
  readonly name: string;
  readonly decide: Decide;
  /** What is answered when nothing can be decided: as registered with the API server. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly limit: InFlightLimit;
  readonly metrics: WebhookMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** True while the server drains: connections are closed after their answer. */
  readonly draining: () => boolean;
}

/** Milliseconds that a decision may take where the API server says nothing of its own patience. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** The share of the API server's patience after which we answer ourselves: our words are better than its timeout. */
const OWN_SHARE = 0.8;

/**
 * Answers AdmissionReviews: HTTP 200 with the verdict inside for all that can be answered at all, malformed ones too.
 * What cannot be decided in time, or fails, or is too much at once, is decided by the failure policy.
 */
export function createAdmissionRoute(options: AdmissionRouteOptions) {
  const { name, decide, limit, metrics, clock, logger } = options;

  const undecided = (code: number, reason: string, message: string): AdmissionAnswer =>
    options.failurePolicy === 'Fail'
      ? { allowed: false, code, reason, message: `[kubechain/webhook] ${message}` }
      : { allowed: true, warnings: [`[kubechain/webhook] ${message}; the object is not changed`] };

  function send(response: ServerResponse, uid: string, answer: AdmissionAnswer, apiVersion = ADMISSION_API): void {
    if (response.destroyed) return;
    const body = encodeReview(uid, answer, apiVersion);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(options.draining() ? { connection: 'close' } : {}),
    });
    response.end(body);
  }

  async function judge(
    request: AdmissionRequest,
    deadline: number,
  ): Promise<{ answer: AdmissionAnswer; outcome: ReviewOutcome }> {
    const late = (): { answer: AdmissionAnswer; outcome: ReviewOutcome } => ({
      answer: undecided(504, 'Timeout', `not decided within ${Math.round(deadline)} ms`),
      outcome: 'timeout',
    });
    const abort = new AbortController();
    try {
      const decision = decide(request, abort.signal);
      if (!(decision instanceof Promise)) return { answer: decision, outcome: outcomeOf(decision) };
      const expired = Promise.withResolvers<undefined>();
      const timer = clock.after(deadline, () => expired.resolve(undefined));
      try {
        decision.catch(() => undefined);
        const answer = await Promise.race([decision, expired.promise]);
        return answer === undefined ? late() : { answer, outcome: outcomeOf(answer) };
      } finally {
        timer.cancel();
        abort.abort();
      }
    } catch (error) {
      logger.error(
        {
          webhook: name,
          uid: request.uid,
          kind: request.kind.kind,
          object: `${request.namespace}/${request.name}`,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        },
        'webhook: a review could not be decided',
      );
      return {
        answer: undecided(500, 'InternalError', 'the review could not be decided; the log of the webhook says why'),
        outcome: 'error',
      };
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = clock.monotonic();
    const place = limit.enter();
    const done = (decoded: DecodedReview | undefined, outcome: ReviewOutcome): void => {
      metrics.reviewed(
        {
          webhook: name,
          request: decoded?.kind === 'request' ? decoded.request : undefined,
          outcome,
        },
        (clock.monotonic() - started) / 1000,
      );
    };
    try {
      const body = await readBody(request);
      if (body.kind === 'tooLarge') {
        response.setHeader('connection', 'close');
        send(response, salvageUid(body.head), {
          allowed: false,
          code: 413,
          reason: 'RequestEntityTooLarge',
          message: '[kubechain/webhook] the AdmissionReview is longer than 7 MiB; fix: make the object smaller',
        });
        done(undefined, 'malformed');
        return;
      }
      const uid = place === undefined ? salvageUid(body.bytes) : '';
      if (uid !== '') {
        // Too much at once: answered without looking any further.
        send(response, uid, undecided(429, 'TooManyRequests', 'too many reviews at once; try again'));
        done(undefined, 'shed');
        return;
      }
      const decoded = decodeReview(body.bytes, request.headers['content-type']);
      if (decoded.kind === 'malformed') {
        const reason = decoded.code === 415 ? 'UnsupportedMediaType' : 'BadRequest';
        const answer = {
          allowed: false,
          code: decoded.code,
          reason,
          message: `[kubechain/webhook] ${decoded.message}`,
        };
        send(response, decoded.uid, answer, decoded.apiVersion);
        done(decoded, 'malformed');
        return;
      }
      const patience = timeoutOf(request.url ?? '') * OWN_SHARE;
      const { answer, outcome } = await judge(decoded.request, patience - (clock.monotonic() - started));
      send(response, decoded.request.uid, answer);
      done(decoded, outcome);
    } catch (error) {
      // Nobody is left to be answered.
      logger.debug({ webhook: name, error: String(error) }, 'webhook: a request ended before it was whole');
    } finally {
      place?.leave();
    }
  };
}

const outcomeOf = ({ allowed }: AdmissionAnswer): ReviewOutcome => (allowed ? 'allowed' : 'denied');

/** Milliseconds of the `timeout` that the API server adds to a webhook's URL: a Go duration such as `10s`. */
export function timeoutOf(url: string): number {
  const found = /[?&]timeout=(\d{1,6}(?:\.\d{1,9})?)(ms|s|m)(?:&|$)/.exec(url);
  if (found === null) return DEFAULT_TIMEOUT_MS;
  const unit = { ms: 1, s: 1000, m: 60_000 }[found[2] as 'ms' | 's' | 'm'];
  return Number(found[1]) * unit;
}
