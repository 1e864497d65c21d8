import type { UserInfo } from '../types.ts';
import type { RequestInfo } from './info.ts';
import type { Request, Response } from './response.ts';

/** One request on its way, with who asks and what about. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
}
