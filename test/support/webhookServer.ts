import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { authorityName, createAuthority, issueCertificate } from '../../devcluster/authn/pki.ts';

/** `request` of an AdmissionReview, as far as tests look into it. */
export interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly object: ReviewObject | null;
  readonly oldObject: ReviewObject | null;
  readonly [field: string]: unknown;
}

export interface ReviewObject {
  readonly metadata: { readonly name?: string; readonly labels?: { readonly [key: string]: string } };
  readonly [field: string]: unknown;
}

/** What a webhook says: an AdmissionResponse without its uid, or a handler that writes whatever it likes. */
export type Verdict =
  | { readonly [field: string]: unknown }
  | ((request: IncomingMessage, response: ServerResponse, review: ReviewRequest) => void);

export interface RecordedReview {
  readonly path: string;
  readonly review: { readonly [field: string]: unknown; readonly request: ReviewRequest };
  /** Port of the client's end: the same for reviews over one connection. */
  readonly clientPort: number | undefined;
}

/** An HTTPS server for admission webhooks, under an authority of its own. */
export interface WebhookServer extends AsyncDisposable {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** PEM, base64: as `clientConfig.caBundle` wants it. */
  readonly caBundle: string;
  /** Every review so far, oldest first. */
  readonly reviews: RecordedReview[];
  /** Sets what a path answers; a path without an answer allows everything. */
  answer(path: string, verdict: Verdict | ((review: ReviewRequest) => Verdict)): void;
  /** Reviews that a path has received. */
  received(path: string): ReviewRequest[];
}

/** @param hosts names and addresses that the certificate is for */
export async function startWebhookServer(hosts: readonly string[] = ['127.0.0.1']): Promise<WebhookServer> {
  const now = new Date();
  const authority = createAuthority(authorityName, now);
  const pair = issueCertificate(authority, { commonName: 'webhook', hosts }, now);
  const answers = new Map<string, (review: ReviewRequest) => Verdict>();
  const reviews: RecordedReview[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ key: pair.key, cert: pair.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const text = Buffer.concat(chunks).toString();
      const review = (text === '' ? { request: {} } : JSON.parse(text)) as RecordedReview['review'];
      reviews.push({ path: request.url ?? '', review, clientPort: request.socket.remotePort });
      const verdict = answers.get(path)?.(review.request) ?? { allowed: true };
      if (typeof verdict === 'function') {
        verdict(request, response, review.request);
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: { uid: review.request.uid, ...verdict },
        }),
      );
    });
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    caBundle: Buffer.from(authority.cert).toString('base64'),
    reviews,
    answer: (path, verdict) => {
      answers.set(
        path,
        typeof verdict === 'function' && verdict.length <= 1
          ? (verdict as (review: ReviewRequest) => Verdict)
          : () => verdict as Verdict,
      );
    },
    received: (path) => reviews.filter((item) => item.path.split('?')[0] === path).map((item) => item.review.request),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A base64 JSON Patch, with its type, for a mutating webhook's answer. */
export function jsonPatchVerdict(operations: readonly object[]): { readonly [field: string]: unknown } {
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { allowed: true, patchType: 'JSONPatch', patch };
}
