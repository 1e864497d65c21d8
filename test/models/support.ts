import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createModelClient,
  type ModelClient,
  type ModelClientOptions,
  type ModelEndpoint,
} from '../../controller/models/index.ts';

/** Ends, after each test, what tests started. */
export function createCleanup(): { add(task: () => Promise<unknown>): void; run(): Promise<void> } {
  let tasks: (() => Promise<unknown>)[] = [];
  return {
    add: (task) => void tasks.push(task),
    async run() {
      const all = tasks.reverse();
      tasks = [];
      for (const task of all) await task();
    },
  };
}

type Cleanup = ReturnType<typeof createCleanup>;

/** An HTTP server of a test. Gives its base URL, `/v1` included. */
export async function serve(cleanup: Cleanup, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

export function modelClient(cleanup: Cleanup, options?: ModelClientOptions): ModelClient {
  const client = createModelClient(options);
  cleanup.add(() => client.close());
  return client;
}

export function endpoint(baseUrl: string | undefined, more: Partial<ModelEndpoint> = {}): ModelEndpoint {
  return { provider: 'openai', parameters: {}, ...(baseUrl === undefined ? {} : { baseUrl }), ...more };
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
