import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../kube/types.ts';
import { invalidRequest } from './chat.ts';
import { inspect } from './inspect.ts';
import {
  createRecord,
  DEFAULT_RECORD_LIMITS,
  type RecordedRequest,
  type RecordLimits,
  type RequestSummary,
} from './record.ts';
import { type ApiResponse, createResponder, refusal } from './responder.ts';
import { checkScript, type Script } from './script.ts';

export interface SimulatedOpenAIOptions {
  /** 0, a free one, unless told. */
  port?: number;
  /** 127.0.0.1 unless told. */
  host?: string;
  /** The only key that is accepted; false asks for none. Without it, any key but those that begin with `sk-invalid` or `bad`. */
  apiKey?: string | false;
  script?: Script;
  /** Milliseconds before each answer that a script does not time itself. */
  latencyMs?: number;
  logger?: Logger;
  /** How much is remembered for `/simulate/requests`. */
  record?: RecordLimits;
  /** Wall clock, milliseconds since the epoch. */
  now?: () => number;
}

export interface SimulatedOpenAI {
  /** The base URL for clients, `/v1` included. */
  url: string;
  port: number;
  /** The requests received and kept, oldest first. */
  requests(): RecordedRequest[];
  summary(): RequestSummary;
  /** Forgets requests and counts, and how often the script's rules were used. */
  reset(): void;
  /** Ends all connections, requests under way too. */
  close(): Promise<void>;
}

/** Bytes of a request. */
const MAX_BODY = 32 * 1024 * 1024;

/** Starts an HTTP server that speaks OpenAI's API. Rejects with `ScriptError` for a bad script, with the system's error for a port in use. */
export async function startSimulatedOpenAI(options: SimulatedOpenAIOptions = {}): Promise<SimulatedOpenAI> {
  const { port = 0, host = '127.0.0.1', latencyMs = 0, now = Date.now, logger } = options;
  const script = options.script === undefined ? undefined : checkScript(options.script);
  const responder = createResponder({ apiKey: options.apiKey, script, latencyMs, now });
  const record = createRecord(options.record ?? DEFAULT_RECORD_LIMITS, now);

  function reset(): void {
    record.reset();
    responder.reset();
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: target = '/', headers } = request;
    if (target.startsWith('/simulate/')) {
      request.resume();
      const { status, pieces } = inspect(method, target, record, reset);
      response.writeHead(status, { 'content-type': 'application/json' });
      for (const piece of pieces) response.write(piece);
      response.end();
      return;
    }
    const path = target.split('?', 1)[0] ?? '/';
    const key = headers['idempotency-key'];
    const entry = record.begin(method, path, typeof key === 'string' ? key : undefined);
    response.once('close', () => {
      record.end(entry);
      const { text: _, ...facts } = entry;
      logger?.debug(facts, 'Request answered');
    });
    readBody(request, (text) => {
      const received = { n: entry.n, method, path, headers, text: text ?? '' };
      record.received(entry, received.text);
      const answer = text === undefined ? refusal(received, TOO_LARGE) : responder.respond(received);
      entry.model = answer.model;
      entry.rule = answer.rule;
      after(answer.afterMs, response, () => {
        if (answer.cut === undefined) entry.status = answer.status;
        send(response, answer);
      });
    });
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, handle);
  // Bursts of thousands of connections; the system may allow fewer.
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}/v1`,
    port: actual,
    requests: record.requests,
    summary: record.summary,
    reset,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const TOO_LARGE = { ...invalidRequest(`The request is larger than ${MAX_BODY} bytes.`, null), status: 413 };

/** Reads the whole body as text; gives undefined, once, where it is too large. */
function readBody(request: IncomingMessage, done: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    const wasTooLarge = size > MAX_BODY;
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
    else if (!wasTooLarge) done(undefined);
  });
  request.on('end', () => {
    if (size > MAX_BODY) return;
    const only = chunks.length === 1 ? chunks[0] : undefined;
    done((only ?? Buffer.concat(chunks)).toString('utf8'));
  });
  // A client that goes away: its response closes too, and that is all that has to be known.
  request.on('error', () => undefined);
}

/** Runs `task` after `ms` milliseconds, unless the client goes away before. */
function after(ms: number, response: ServerResponse, task: () => void): void {
  if (ms <= 0) {
    task();
    return;
  }
  const timer = setTimeout(task, ms);
  response.once('close', () => clearTimeout(timer));
}

function send(response: ServerResponse, { status, headers, pieces, dribbleMs, cut }: ApiResponse): void {
  if (cut === 'before-headers') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(status, headers);
  const count = cut === 'mid-body' ? Math.ceil(pieces.length / 2) : pieces.length;
  const finish = (): void => {
    // What was written has to leave first, or the client would never see the half of it.
    if (cut === 'mid-body') setImmediate(() => response.socket?.destroySoon());
    else response.end();
  };
  if (dribbleMs > 0) {
    trickle(response, pieces.slice(0, count), dribbleMs / Math.max(1, count), finish);
    return;
  }
  if (count === 1 && cut === undefined) {
    response.end(pieces[0]);
    return;
  }
  for (const piece of pieces.slice(0, count)) response.write(piece);
  finish();
}

/** Writes a piece every `everyMs` milliseconds. Stops when the client goes away. */
function trickle(response: ServerResponse, pieces: ApiResponse['pieces'], everyMs: number, finish: () => void): void {
  let next = 0;
  const timer = setInterval(
    () => {
      const piece = pieces[next];
      next += 1;
      if (piece !== undefined) response.write(piece);
      if (next < pieces.length) return;
      clearInterval(timer);
      finish();
    },
    Math.max(1, everyMs),
  );
  response.once('close', () => clearInterval(timer));
}
