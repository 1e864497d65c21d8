/** HTTP/1.1 as Go's server speaks it, where Node's would be told from it: what it refuses, and what it sends of its own accord. */
import type { ServerOptions } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Request, Response } from './response.ts';
import { methodNotAllowed } from './status.ts';

/** As the real server's, and Go's clients give up idle connections as late: one that is closed sooner is written into by whoever is busy. */
const idleMs = 90_000;
/** Go's bound of a request's head, line and all. */
export const maxHeadBytes = 1 << 20;

export const http1Options: ServerOptions = {
  keepAliveTimeout: idleMs,
  maxHeaderSize: maxHeadBytes,
  requireHostHeader: false,
};

type Handler = (request: Request, response: Response) => void;

/** Answers what comes no further than Node's parser, and expectations; `handle` gets the requests behind those. */
export function speakAsGo(server: Http2SecureServer, handle: Handler): void {
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex) => {
    if (!socket.writable) return;
    if (error.code === 'HPE_HEADER_OVERFLOW') socket.end(plainAnswer('431 Request Header Fields Too Large'));
    else if (error.code === 'HPE_INVALID_METHOD') socket.end(unknownMethod(error.rawPacket?.toString('latin1') ?? ''));
    else if (error.code?.startsWith('HPE_') === true) socket.end(plainAnswer('400 Bad Request'));
    else socket.destroy();
  });
  // A body is asked for where there is one.
  server.on('checkContinue', (request: Request, response: Response) => {
    const { headers } = request;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) response.writeContinue();
    handle(request, response);
  });
  server.on('checkExpectation', (_request: Request, response: Response) => {
    response.statusCode = 417;
    response.setHeader('Connection', 'close');
    response.setHeader('Content-Length', 0);
    response.end();
  });
}

/** Go says of a connection that it stays only where that is not the rule. */
export function hideKeepAlive(request: Request, response: Response): void {
  if ('stream' in response || request.httpVersion !== '1.1') return;
  if (response.shouldKeepAlive) response.removeHeader('Connection');
}

/** What HTTP/1.1 requires and Node is told to leave to us. True where the request is answered. */
export function refusesHead(request: Request, response: Response): boolean {
  if ('stream' in response) return false;
  if (request.httpVersion === '1.1' && request.headers.host === undefined) {
    sendBadRequest(response, '400 Bad Request: missing required Host header');
    return true;
  }
  if (request.url !== '*' || request.method !== 'OPTIONS') return false;
  response.setHeader('Content-Length', 0);
  response.end();
  return true;
}

/** Refuses what cannot be read as a request of anything, and ends the connection. */
export function sendBadRequest(response: Response, text = '400 Bad Request'): void {
  response.statusCode = 400;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  if (!('stream' in response)) response.setHeader('Connection', 'close');
  response.end(text);
}

function plainAnswer(line: string): string {
  return `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`;
}

/** Methods that Node does not know are those of no resource, nor of anything else. */
function unknownMethod(head: string): string {
  const path = /^[!#$%&'*+.^`|~\w-]+ (\/\S*) HTTP\/1\.1\r\n/.exec(head)?.[1];
  if (path === undefined) return plainAnswer('400 Bad Request');
  const rest = 'Cache-Control: no-cache, private\r\nConnection: close\r\n';
  if (!/^\/apis?\//.test(path)) {
    const text = '404 page not found\n';
    return `HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${text.length}\r\nX-Content-Type-Options: nosniff\r\n${rest}\r\n${text}`;
  }
  const text = `${JSON.stringify(methodNotAllowed().status)}\n`;
  return `HTTP/1.1 405 Method Not Allowed\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n${rest}\r\n${text}`;
}
