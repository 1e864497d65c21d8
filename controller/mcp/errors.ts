/** The message certainly did not leave: sending it again is safe. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** An HTTP server answered a message with an error status. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A connection could not be made. The message holds no secret; causes, which might, are left behind. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** Of the HTTP answer that was the reason, if one was. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}
