/** How answers leave: JSON or YAML, pretty where a person reads, gzip for large ones, Status for errors. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { createGzip, gzip } from 'node:zlib';
import { encodeProtobuf } from '../protobuf/encode.ts';
import { parseJson, printJson } from './json.ts';
import { errorType } from './negotiate.ts';
import { StatusError, unknownError } from './status.ts';
import { warningHeaders } from './warnings.ts';
import { printYaml } from './yamlprint.ts';

export type Request = IncomingMessage | Http2ServerRequest;
/** The part of Node's two response classes that is used here; over HTTP/2 `write` and `end` behave alike. */
export type Response = (ServerResponse | Http2ServerResponse) & {
  write(chunk: Buffer | string): boolean;
  end(chunk?: Buffer | string, encoding?: BufferEncoding): unknown;
};

/** Answers below this size are never compressed. */
const gzipFrom = 128 * 1024;

/** True where the client looks like a person's tool, or asks for it: then JSON is indented. */
export function wantsPretty(request: Request, query: URLSearchParams): boolean {
  const asked = query.get('pretty');
  if (asked !== null) return asked !== 'false' && asked !== '0' && asked !== 'f';
  const agent = request.headers['user-agent'] ?? '';
  return agent.startsWith('curl') || agent.startsWith('Wget') || agent.startsWith('Mozilla/5.0');
}

/** Sends JSON text as the negotiated media type. */
export function sendText(
  request: Request,
  response: Response,
  code: number,
  text: string,
  query: URLSearchParams,
  mediaType = 'application/json',
  cacheControl = 'no-cache, private',
  compressed = takesGzip(request),
): void {
  let body: string | Buffer = text;
  let type = mediaType;
  if (mediaType === 'application/vnd.kubernetes.protobuf') {
    body = encodeProtobuf(parseJson(text) as { [key: string]: unknown });
  } else if (mediaType === 'application/yaml') {
    body = printYaml(parseJson(text));
    type = 'application/yaml';
  } else if (wantsPretty(request, query)) body = printJson(parseJson(text), 2);
  sendBytes(request, response, code, body, type, cacheControl, compressed);
}

/** A webhook may refuse with any number as the code; what HTTP has no place for is an internal error. */
function sendable(code: number): number {
  return Number.isInteger(code) && code >= 200 && code <= 999 ? code : 500;
}

/** Whether a client takes gzip, named as such: no quality is read. */
function takesGzip({ headers }: Request): boolean {
  const header = headers['accept-encoding'];
  return (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').some((part) => part.trim() === 'gzip');
}

/** Sends a body as it is, compressed where it is long and the client takes that. */
export function sendBytes(
  request: Request,
  response: Response,
  code: number,
  body: string | Buffer,
  type: string,
  cacheControl = 'no-cache, private',
  compressed = takesGzip(request),
): void {
  response.statusCode = sendable(code);
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', cacheControl);
  if (request.method === 'HEAD') {
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end();
    return;
  }
  if (body.length >= gzipFrom && compressed) {
    response.setHeader('Content-Encoding', 'gzip');
    if (!response.hasHeader('vary')) response.setHeader('Vary', 'Accept-Encoding');
    gzip(body, { level: 1 }, (error, compressed) => {
      if (error !== null) response.end();
      else {
        response.setHeader('Content-Length', compressed.length);
        response.end(compressed);
      }
    });
    return;
  }
  const length = Buffer.byteLength(body);
  response.setHeader('Content-Length', length);
  // A text goes out in one piece with the head; without letters beyond ASCII it needs no encoding.
  if (typeof body === 'string') response.end(body, length === body.length ? 'latin1' : 'utf8');
  else response.end(body);
}

/** An answer on its way, in pieces. */
export interface ResponseStream {
  /** Resolves when there is room for more; to false where the client is gone. */
  write(piece: Buffer | string): Promise<boolean>;
  end(): void;
}

/** What may wait for a client to read before the next piece is made. */
const unreadBytes = 256 * 1024;

/** Begins an answer of unknown length, compressed where the client takes that. */
export function streamBytes(request: Request, response: Response, type: string): ResponseStream {
  response.statusCode = 200;
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache, private');
  let gone = 'stream' in response ? response.stream.destroyed : response.destroyed;
  let proceed = (): void => undefined;
  response.on('close', () => {
    gone = true;
    proceed();
  });
  response.on('error', () => undefined);
  const compressor = takesGzip(request) ? createGzip({ level: 1 }) : undefined;
  if (compressor !== undefined) {
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Vary', 'Accept-Encoding');
    compressor.pipe(response as NodeJS.WritableStream);
  }
  const target = compressor ?? response;
  target.on('drain', () => proceed());
  return {
    write: async (piece) => {
      if (gone) return false;
      const ready = target.write(piece);
      if (ready || (compressor === undefined && response.writableLength < unreadBytes)) return true;
      await new Promise<void>((resolve) => {
        proceed = resolve;
      });
      return !gone;
    },
    end: () => void target.end(),
  };
}

/** Sends an object as JSON. */
export function sendObject(
  request: Request,
  response: Response,
  code: number,
  object: unknown,
  query: URLSearchParams,
  mediaType?: string,
): void {
  sendText(request, response, code, printJson(object), query, mediaType);
}

/** Sends plain text, as the paths outside the API do. */
export function sendPlain(response: Response, code: number, text: string): void {
  response.statusCode = code;
  response.setHeader('Cache-Control', 'no-cache, private');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

/** Sends an error as a Status. Anything but a StatusError is an internal error, whose message it carries. */
export function sendError(request: Request, response: Response, error: unknown, query: URLSearchParams): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof StatusError ? error : unknownError((error as Error)?.message ?? String(error));
  sendWarnings(response, pending.get(response) ?? []);
  for (const [name, value] of Object.entries(status.headers)) response.setHeader(name, value);
  // Node's words for it are younger than Go's.
  if (status.code === 413 && !('stream' in response)) response.statusMessage = 'Request Entity Too Large';
  const retry = status.status.details?.retryAfterSeconds;
  if (retry !== undefined && retry > 0) response.setHeader('Retry-After', String(retry));
  sendObject(request, response, status.code, status.status, query, errorType(request.headers.accept));
}

/** Warnings of requests under way, for the case that they fail. */
const pending = new WeakMap<Response, readonly string[]>();

/** Warnings that a failing request shall carry as well; the list may still grow. */
export function warnOnFailure(response: Response, warnings: readonly string[]): void {
  pending.set(response, warnings);
}

/** Adds `Warning:` headers, as kubectl prints them. */
export function sendWarnings(response: Response, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const known = response.getHeader('warning');
  const before = Array.isArray(known) ? known.map(String) : [];
  response.setHeader('Warning', [...new Set([...before, ...warningHeaders(warnings)])]);
}
