import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliError } from './exit.ts';

/** What a path answers: status and text. */
export type Route = () => Promise<Answer> | Answer;
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

export interface SmallServer {
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server for probes and metrics: GET and HEAD of the given paths. `option` names the port's option in errors. */
export async function startSmallServer(options: {
  readonly host: string;
  readonly port: number;
  readonly option: string;
  readonly routes: ReadonlyMap<string, Route>;
}): Promise<SmallServer> {
  const { host, port, option, routes } = options;
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const send = ({ status, text, contentType = 'text/plain; charset=utf-8' }: Answer): void => {
      response.writeHead(status, { 'content-type': contentType, 'x-content-type-options': 'nosniff' });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    const route = routes.get(path);
    if (route === undefined)
      return send({ status: 404, text: `not found; there are: ${[...routes.keys()].join(' ')}\n` });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send({ status: 405, text: 'only GET and HEAD\n' });
    Promise.try(route).then(send, (error: unknown) =>
      send({ status: 500, text: `${error instanceof Error ? error.message : String(error)}\n` }),
    );
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  await listen(server, host, port, option);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number, option: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? `port ${port} is taken by another program` : error.message;
      reject(new CliError(`${option} ${port}: ${why}; give another port, or 0 to have one picked`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
