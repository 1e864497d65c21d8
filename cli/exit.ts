/** What a shell learns from us. */
export const EXIT = {
  ok: 0,
  /** The command did what it should and the outcome is bad, or it could not do it. */
  failed: 1,
  /** The command line itself makes no sense. */
  usage: 2,
} as const;

/** An error for people: the message says what is wrong and how to mend it; no stack is printed. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, options: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}
