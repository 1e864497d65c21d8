import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

/** Bare HTTPS to an API server: what is measured is the server, not a client library. */
export interface Bare {
  /** Resolves with the body of an answer below 300; rejects with the answer otherwise. */
  send(method: string, path: string, body?: object, type?: string, accept?: string): Promise<Buffer>;
  /** Calls with each chunk of a watch, until the function that it resolves to is called. */
  watch(path: string, chunk: (data: Buffer) => void, started?: (answer: IncomingMessage) => void): Promise<() => void>;
  close(): void;
}

interface KubeconfigFile {
  clusters: { cluster: { server: string; 'certificate-authority-data'?: string; 'certificate-authority'?: string } }[];
  users: {
    user: {
      token?: string;
      'client-certificate-data'?: string;
      'client-key-data'?: string;
      'client-certificate'?: string;
      'client-key'?: string;
    };
  }[];
}

/** @param clients connections at the same time */
export function connectBare(kubeconfig: string, clients: number): Bare {
  const file = parse(readFileSync(kubeconfig, 'utf8')) as KubeconfigFile;
  const cluster = file.clusters[0]?.cluster;
  const user = file.users[0]?.user;
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster and user`);
  const pem = (data: string | undefined, path: string | undefined): Buffer | undefined =>
    data !== undefined ? Buffer.from(data, 'base64') : path !== undefined ? readFileSync(path) : undefined;
  const tls = {
    ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: pem(user['client-certificate-data'], user['client-certificate']),
    key: pem(user['client-key-data'], user['client-key']),
    ALPNProtocols: ['http/1.1'],
  };
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: clients });
  const watchers = new Agent({ ...tls, keepAlive: false });
  const authorization = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` };
  return {
    send: (method, path, body, type = 'application/json', accept = 'application/json') =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        const headers = {
          ...authorization,
          accept,
          ...(text === undefined ? {} : { 'content-type': type, 'content-length': String(text.length) }),
        };
        const sent = request(new URL(path, cluster.server), { method, agent, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const data = Buffer.concat(chunks);
            if ((answer.statusCode ?? 0) < 300) resolve(data);
            else reject(new Error(`${method} ${path}: ${answer.statusCode} ${data.toString().slice(0, 300)}`));
          });
          answer.on('error', reject);
        });
        sent.on('error', reject);
        sent.end(text);
      }),
    watch: (path, chunk, started) =>
      new Promise((resolve, reject) => {
        const url = new URL(path, cluster.server);
        const sent = request(url, { agent: watchers, headers: { ...authorization } }, (answer) => {
          answer.on('data', chunk);
          answer.on('error', () => undefined);
          started?.(answer);
          resolve(() => sent.destroy());
        });
        sent.on('error', reject);
        sent.end();
      }),
    close() {
      agent.destroy();
      watchers.destroy();
    },
  };
}
