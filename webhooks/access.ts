import type { Clock, KubeClient, Logger } from '../kube/index.ts';
import { messageOf } from '../kube/index.ts';
import type { PolicyUser } from '../policies/engine/index.ts';

export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Asks the API server's authorizer. */
export interface Access {
  /** Whether RBAC lets the user do one of these. An error means no. */
  allowed(user: PolicyUser, questions: readonly AccessQuestion[], signal: AbortSignal): Promise<boolean>;
}

const DENIED_MS = 30_000;
const LONGEST_CACHE = 10_000;
const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/**
 * SubjectAccessReviews. Denials are remembered for half a minute, so that who asks again and again costs nothing;
 * permissions never, so that taking one away counts at once.
 */
export function createAccess(options: { client: KubeClient; clock: Clock; logger: Logger }): Access {
  const { client, clock, logger } = options;
  const denied = new Map<string, number>();

  async function ask(user: PolicyUser, question: AccessQuestion, signal: AbortSignal): Promise<boolean> {
    const key = JSON.stringify([user, question]);
    const now = clock.monotonic();
    const until = denied.get(key);
    if (until !== undefined && until > now) return false;
    const { username, groups, uid, extra } = user;
    try {
      const answer = await client.request(
        'POST',
        PATH,
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { user: username, groups, uid, extra, resourceAttributes: { ...question, version: '*' } },
        },
        { signal },
      );
      if (isAllowed(answer)) return true;
      for (const [old, end] of denied) {
        if (end > now && denied.size < LONGEST_CACHE) break;
        denied.delete(old);
      }
      denied.set(key, now + DENIED_MS);
      return false;
    } catch (error) {
      logger.warn(
        { question, error: messageOf(error) },
        'webhook: nobody could say whether this is allowed, so it is not',
      );
      return false;
    }
  }

  return {
    async allowed(user, questions, signal) {
      for (const question of questions) if (await ask(user, question, signal)) return true;
      return false;
    },
  };
}

function isAllowed(answer: unknown): boolean {
  const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : undefined;
  return (
    typeof status === 'object' &&
    status !== null &&
    'allowed' in status &&
    status.allowed === true &&
    !('denied' in status && status.denied === true)
  );
}
