import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:tls';
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

interface Access {
  readonly server: string;
  readonly tls: {
    readonly ca: Buffer | undefined;
    readonly cert: Buffer | undefined;
    readonly key: Buffer | undefined;
    readonly ALPNProtocols: string[];
  };
  readonly authorization: { readonly authorization?: string };
}

function accessOf(kubeconfig: string): Access {
  const file = parse(readFileSync(kubeconfig, 'utf8')) as KubeconfigFile;
  const cluster = file.clusters[0]?.cluster;
  const user = file.users[0]?.user;
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster and user`);
  const pem = (data: string | undefined, path: string | undefined): Buffer | undefined =>
    data !== undefined ? Buffer.from(data, 'base64') : path !== undefined ? readFileSync(path) : undefined;
  return {
    server: cluster.server,
    tls: {
      ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: pem(user['client-certificate-data'], user['client-certificate']),
      key: pem(user['client-key-data'], user['client-key']),
      ALPNProtocols: ['http/1.1'],
    },
    authorization: user.token === undefined ? {} : { authorization: `Bearer ${user.token}` },
  };
}

/** @param clients connections at the same time */
export function connectBare(kubeconfig: string, clients: number): Bare {
  const { server, tls, authorization } = accessOf(kubeconfig);
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: clients });
  const watchers = new Agent({ ...tls, keepAlive: false });
  return {
    send: (method, path, body, type = 'application/json', accept = 'application/json') =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        const headers = {
          ...authorization,
          accept,
          ...(text === undefined ? {} : { 'content-type': type, 'content-length': String(text.length) }),
        };
        const sent = request(new URL(path, server), { method, agent, headers }, (answer) => {
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
        const url = new URL(path, server);
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

/**
 * A GET whose answer is read as bytes of the connection, head and chunk sizes included: the least that a watch can cost its client. Resolves
 * when the answer begins, to the function that ends it; rejects where it is no 200.
 */
export function readRaw(kubeconfig: string, path: string, look: (data: Buffer) => void): Promise<() => void> {
  const { server, tls, authorization } = accessOf(kubeconfig);
  const { hostname, port, host } = new URL(server);
  return new Promise((resolve, reject) => {
    const socket = connect({ ...tls, host: hostname, port: Number(port) });
    socket.on('error', reject);
    socket.once('data', (head: Buffer) => {
      if (!head.toString('latin1').startsWith('HTTP/1.1 200')) reject(new Error(head.toString()));
      socket.on('data', look);
      look(head);
      resolve(() => socket.destroy());
    });
    const headers = { host, accept: 'application/json', ...authorization };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  });
}
