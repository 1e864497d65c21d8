import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createKubeClient,
  type KubeClient,
  type KubeClientOptions,
  type KubeConfig,
  type KubeObject,
  type Resource,
  type UserEntry,
} from '../../kube/index.ts';

export interface Widget extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}
export const WIDGETS: Resource<Widget> = {
  group: 'test.example',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
};

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => unknown;

export interface ScriptedServer {
  readonly port: number;
  readonly requests: SeenRequest[];
  /** Replaces how requests are answered. */
  answer(how: Answer): void;
  kubeConfig(user?: Partial<UserEntry>, port?: number): KubeConfig;
  client(options?: Partial<KubeClientOptions>): KubeClient;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A real HTTP server on loopback that says what the test tells it to. */
export async function startScriptedServer(
  how: Answer = (_, response) => json(response, 200, {}),
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const clients: KubeClient[] = [];
  let answer = how;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    let body = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
    } catch {
      return;
    }
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    requests.push(seen);
    await answer(seen, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const kubeConfig = (user: Partial<UserEntry> = {}, port = address.port): KubeConfig => ({
    context: 'test',
    source: 'test',
    namespace: 'default',
    cluster: { name: 'test', server: `http://127.0.0.1:${port}`, skipTlsVerify: false },
    user: { name: 'tester', ...user },
  });
  return {
    port: address.port,
    requests,
    answer(next) {
      answer = next;
    },
    kubeConfig,
    client(options = {}) {
      const client = createKubeClient({ kubeConfig: kubeConfig(), fieldManager: 'tester', ...options });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A Status as an API server says it. */
export function status(code: number, reason: string, message: string, details?: object): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...(details && { details }),
  };
}

export function widget(
  name: string,
  version: string | number,
  more: { uid?: string; spec?: Record<string, unknown>; namespace?: string } = {},
): Widget {
  return {
    apiVersion: 'test.example/v1',
    kind: 'Widget',
    metadata: {
      namespace: more.namespace ?? 'default',
      name,
      uid: more.uid ?? `uid-${name}`,
      resourceVersion: String(version),
    },
    ...(more.spec && { spec: more.spec }),
  };
}

export function widgetList(items: Widget[], version: string | number, token?: string): object {
  return {
    apiVersion: 'test.example/v1',
    kind: 'WidgetList',
    metadata: { resourceVersion: String(version), ...(token && { continue: token }) },
    items,
  };
}

export const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** Resolves when `test` holds; looks again at every turn of the event loop, and fails after `ms`. */
export async function until(test: () => boolean, what: string, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!test()) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
