import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Script, SimulatedOpenAI, SimulatedOpenAIOptions } from '../../cli/simulate-openai/index.ts';
import { startSimulatedOpenAI } from '../../cli/simulate-openai/index.ts';

/** A message as the model is sent it. */
export interface SentMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { name: string; arguments: string } }[];
  readonly tool_call_id?: string;
}

/** A chat request that the model received. */
export interface ChatCall {
  readonly n: number;
  readonly status: number;
  readonly messages: readonly SentMessage[];
  readonly body: Record<string, unknown>;
  readonly idempotencyKey: string | undefined;
}

/** A simulated model behind a gate: while that is closed, chat requests arrive and get no answer. */
export interface ModelServer {
  readonly url: string;
  readonly port: number;
  /** Chat requests that passed the gate, oldest first. */
  chats(): ChatCall[];
  /** Chat requests at the gate. */
  readonly held: number;
  /** Requests from now on wait at the gate. */
  hold(): void;
  /** Lets all that wait pass, and all that come. */
  release(): void;
  /** Resolves when `count` requests wait at the gate. */
  untilHeld(count: number): Promise<void>;
  /** Resolves when nobody waits at the gate any more: the connections of whoever was killed are closed after its process is gone. */
  untilNoneHeld(): Promise<void>;
  /** Becomes another provider at the same address: one that wants another key, say. */
  become(options: SimulatedOpenAIOptions): Promise<void>;
  /** Refuses connections, as a provider that is down. */
  stop(): Promise<void>;
  /** Is there again, on the same port. */
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startModelServer(script?: Script, options: SimulatedOpenAIOptions = {}): Promise<ModelServer> {
  let simulated: SimulatedOpenAI = await startSimulatedOpenAI({
    ...options,
    ...(script === undefined ? {} : { script }),
  });
  let closed = false;
  let waiting: (() => void)[] = [];
  let watchers: { isEnough: (held: number) => boolean; resolve: () => void }[] = [];
  const tell = (): void => {
    for (const watcher of watchers) if (watcher.isEnough(waiting.length)) watcher.resolve();
    watchers = watchers.filter(({ isEnough }) => !isEnough(waiting.length));
  };
  const untilHeldAre = (isEnough: (held: number) => boolean): Promise<void> =>
    new Promise((resolve) => {
      watchers.push({ isEnough, resolve });
      tell();
    });

  const listener = createServer((request, response) => {
    const forward = () => {
      if (request.destroyed) return;
      const upstream = httpRequest(
        {
          host: '127.0.0.1',
          port: simulated.port,
          method: request.method,
          path: request.url,
          headers: request.headers,
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.on('error', () => response.destroy());
          answer.pipe(response);
        },
      );
      upstream.on('error', () => response.destroy());
      response.on('close', () => upstream.destroy());
      request.pipe(upstream);
    };
    if (!closed || request.url?.includes('/chat/') !== true) {
      forward();
      return;
    }
    response.on('close', () => {
      waiting = waiting.filter((other) => other !== forward);
      tell();
    });
    waiting.push(forward);
    tell();
  });
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => {
        listener.off('error', reject);
        port = (listener.address() as AddressInfo).port;
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      listener.close(() => resolve());
      listener.closeAllConnections();
    });
  await listen();

  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    chats: () =>
      simulated
        .requests()
        .filter(({ path }) => path === '/v1/chat/completions')
        .map(({ n, status, text, idempotencyKey }) => {
          const body = JSON.parse(text) as Record<string, unknown>;
          return { n, status, body, messages: body.messages as SentMessage[], idempotencyKey };
        }),
    get held() {
      return waiting.length;
    },
    hold() {
      closed = true;
    },
    release() {
      closed = false;
      for (const forward of waiting.splice(0)) forward();
    },
    untilHeld: (count) => untilHeldAre((held) => held >= count),
    untilNoneHeld: () => untilHeldAre((held) => held === 0),
    async become(other) {
      const before = simulated;
      simulated = await startSimulatedOpenAI(other);
      await before.close();
    },
    stop,
    start: listen,
    async [Symbol.asyncDispose]() {
      await stop();
      await simulated.close();
    },
  };
}
