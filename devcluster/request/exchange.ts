import type { UserInfo } from '../types.ts';
import type { Turn } from './fairness/scheduler.ts';
import type { RequestInfo } from './info.ts';
import type { Request, Response } from './response.ts';

/** One request on its way, with who asks and what about. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  /** When its work may be done: others have requests too. */
  readonly turn: Turn;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
}
