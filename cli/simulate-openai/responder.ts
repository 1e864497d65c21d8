import type { IncomingHttpHeaders } from 'node:http';
import { authError } from './auth.ts';
import type { ApiError, ChatBody, Reply } from './chat.ts';
import { invalidRequest } from './chat.ts';
import { checkChat } from './check.ts';
import { completionBody, completionEvents, envelopeOf } from './completion.ts';
import { createDirector, type Scene } from './director.ts';
import { errorBody, modelBody, modelsBody } from './models.ts';
import type { Fault, Script } from './script.ts';

/** A request, read to its end. */
export interface ApiRequest {
  readonly n: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is answered, and how. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The body; in several pieces where it is a stream or trickles. */
  readonly pieces: readonly (string | Buffer)[];
  readonly afterMs: number;
  /** Milliseconds over which the pieces are spread. */
  readonly dribbleMs: number;
  readonly cut: 'before-headers' | 'mid-body' | undefined;
  readonly model: string | undefined;
  /** The script's rule. */
  readonly rule: string | undefined;
}

export interface ResponderOptions {
  readonly apiKey: string | false | undefined;
  readonly script: Script | undefined;
  /** Milliseconds before answers that a script does not time itself. */
  readonly latencyMs: number;
  readonly now: () => number;
}

export interface Responder {
  respond(request: ApiRequest): ApiResponse;
  /** Forgets how often the script's rules were used. */
  reset(): void;
}

const PIECES = 20;

/** Decides what each request of the API is answered. Does no I/O. */
export function createResponder({ apiKey, script, latencyMs, now }: ResponderOptions): Responder {
  const director = createDirector(script);
  const models = script?.models;

  function respond(request: ApiRequest): ApiResponse {
    const { method, path, headers } = request;
    if (path === '/' && method === 'GET') {
      return whole(request, 200, JSON.stringify({ message: 'A simulated OpenAI API. Base URL: /v1' }));
    }
    const denied = authError(headers, apiKey);
    if (denied !== undefined) return refusal(request, denied);
    if (method === 'POST' && path === '/v1/chat/completions') return chat(request);
    if (method === 'GET' && path === '/v1/models') return whole(request, 200, modelsBody(models, headers, now()));
    if (method === 'GET' && path.startsWith('/v1/models/')) {
      const id = decode(path.slice('/v1/models/'.length));
      if (models !== undefined && !models.includes(id)) return refusal(request, unknownModel(id));
      return whole(request, 200, modelBody(id, headers, now()));
    }
    const error = invalidRequest(`Invalid URL (${method} ${path.slice(0, 200)})`, null);
    return refusal(request, { ...error, status: 404 });
  }

  function chat(request: ApiRequest): ApiResponse {
    let body: unknown;
    try {
      body = JSON.parse(request.text);
    } catch {
      return refusal(request, invalidRequest('We could not parse the JSON body of your request.', null));
    }
    const checked = checkChat(body);
    if ('error' in checked) return refusal(request, checked.error);
    const { model } = checked.chat;
    if (models !== undefined && !models.includes(model)) return { ...refusal(request, unknownModel(model)), model };
    const scene = director.direct(checked.chat);
    const response = perform(request, checked.chat, scene, now());
    return { ...response, model, rule: scene.rule, afterMs: scene.latencyMs ?? latencyMs };
  }

  return { respond, reset: director.reset };
}

function perform(request: ApiRequest, chat: ChatBody, { play, dribbleMs }: Scene, now: number): ApiResponse {
  if ('reply' in play) return { ...completion(request, chat, play.reply, now, dribbleMs > 0), dribbleMs };
  const { fault } = play;
  if (fault.status !== undefined) {
    const response = refusal(request, faultError(fault, fault.status));
    if (fault.retryAfter === undefined) return response;
    return { ...response, headers: { ...response.headers, 'retry-after': String(fault.retryAfter) } };
  }
  if (fault.cut !== undefined) {
    const reply = { text: 'This answer is cut off in the middle.', toolCalls: [] };
    return { ...completion(request, chat, reply, now, true), dribbleMs, cut: fault.cut };
  }
  const body = fault.bodyText ?? JSON.stringify(fault.body);
  const response = whole(request, 200, body);
  const headers = { ...response.headers, 'content-type': fault.contentType ?? 'application/json' };
  return { ...response, headers, pieces: piecesOf(body), dribbleMs };
}

function completion(request: ApiRequest, chat: ChatBody, reply: Reply, now: number, inPieces: boolean): ApiResponse {
  const envelope = envelopeOf(chat, request.text, reply, request.n, now);
  if (chat.stream === true) {
    const withUsage = chat.stream_options?.include_usage === true;
    const response = whole(request, 200, '');
    const { 'content-length': _, ...headers } = response.headers;
    return {
      ...response,
      headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
      pieces: completionEvents(envelope, reply, request.text, withUsage),
    };
  }
  const body = completionBody(envelope, reply, request.text);
  const response = whole(request, 200, body);
  return inPieces ? { ...response, pieces: piecesOf(body) } : response;
}

function whole({ n }: ApiRequest, status: number, body: string): ApiResponse {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'x-request-id': `req_simulated_${n}`,
    },
    pieces: [body],
    afterMs: 0,
    dribbleMs: 0,
    cut: undefined,
    model: undefined,
    rule: undefined,
  };
}

/** An API error as a response. */
export function refusal(request: ApiRequest, error: ApiError): ApiResponse {
  return whole(request, error.status, errorBody(error, request.headers));
}

function unknownModel(id: string): ApiError {
  return {
    status: 404,
    message: `The model \`${id.slice(0, 200)}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    param: null,
    code: 'model_not_found',
  };
}

/** The error of a fault, with what OpenAI says in such a case where the script says nothing. */
function faultError(fault: Fault, status: number): ApiError {
  const limited = status === 429;
  const usual = limited
    ? 'Rate limit reached for requests'
    : 'The server had an error while processing your request. Sorry about that!';
  return {
    status,
    message: fault.message ?? usual,
    type: fault.type ?? (limited ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error'),
    param: null,
    code: fault.code ?? (limited ? 'rate_limit_exceeded' : null),
  };
}

/** Bytes, not characters: a cut between the two halves of a character would change it. */
function piecesOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const size = Math.max(1, Math.ceil(bytes.length / PIECES));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
