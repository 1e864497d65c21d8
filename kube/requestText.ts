import type { Dispatcher } from 'undici';

/** An answer, read to its end. */
export interface HttpText {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

/**
 * Sends a request and reads all of its answer. undici's own `request` makes a stream of each answer, which takes as much processor time
 * again as the request. Rejects with the signal's reason when it aborts, else with undici's error.
 */
export function requestText(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<HttpText> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    dispatcher.dispatch(request, new TextHandler(signal, resolve, reject));
  });
}

class TextHandler implements Dispatcher.DispatchHandler {
  private readonly signal: AbortSignal;
  private readonly resolve: (answer: HttpText) => void;
  private readonly reject: (error: unknown) => void;
  private readonly abort: () => void;
  private readonly chunks: Buffer[] = [];
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: Dispatcher.ResponseData['headers'] = {};

  constructor(signal: AbortSignal, resolve: (answer: HttpText) => void, reject: (error: unknown) => void) {
    this.signal = signal;
    this.resolve = resolve;
    this.reject = reject;
    this.abort = () => {
      this.reject(signal.reason);
      this.controller?.abort(signal.reason);
    };
    signal.addEventListener('abort', this.abort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) controller.abort(this.signal.reason);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Dispatcher.ResponseData['headers'],
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.signal.removeEventListener('abort', this.abort);
    const [first] = this.chunks;
    const bytes = this.chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.chunks);
    this.resolve({ status: this.status, headers: this.headers, text: bytes.toString() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal.removeEventListener('abort', this.abort);
    this.reject(error);
  }
}
