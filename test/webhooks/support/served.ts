import { Agent, request } from 'node:https';
import { systemClock } from '../../../kube/index.ts';
import { mutate } from '../../../webhooks/admission/mutate.ts';
import type { Admission } from '../../../webhooks/admission/types.ts';
import { validate } from '../../../webhooks/admission/validate.ts';
import { createAuthority, issueServingCertificate } from '../../../webhooks/certificates/x509.ts';
import { noMetrics } from '../../../webhooks/metrics.ts';
import { createAdmissionRoute, type Decide } from '../../../webhooks/server/admissionRoute.ts';
import { createApp } from '../../../webhooks/server/app.ts';
import { createInFlightLimit } from '../../../webhooks/server/inFlight.ts';
import { listen } from '../../../webhooks/server/listener.ts';
import { createRecordingLogger } from '../../support/logger.ts';
import type { Answered } from './route.ts';

export interface ServedWebhooks extends AsyncDisposable {
  /** Posts a body over a connection that is kept, and reads the answer. */
  ask(path: '/mutate' | '/validate', body: string): Promise<Answered>;
}

/** Both webhooks over TLS on a real socket, deciding by `admission`. */
export async function serveWebhooks(admission: Admission): Promise<ServedWebhooks> {
  const hour = { notBefore: Date.now() - 1000, notAfter: Date.now() + 3_600_000 };
  const authority = createAuthority('test', hour);
  const route = (name: string, decide: Decide, failurePolicy: 'Fail' | 'Ignore') =>
    createAdmissionRoute({
      name,
      decide,
      failurePolicy,
      limit: createInFlightLimit(100),
      metrics: noMetrics,
      clock: systemClock,
      logger: createRecordingLogger(),
      draining: () => false,
    });
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    pair: issueServingCertificate(authority, ['127.0.0.1'], hour),
    handler: createApp({
      mutate: route('mutate', (review, signal) => mutate(review, admission, signal), 'Ignore'),
      validate: route('validate', (review, signal) => validate(review, admission, signal), 'Fail'),
    }),
    clock: systemClock,
  });
  const agent = new Agent({ keepAlive: true, ca: authority.cert });
  return {
    ask: (path, body) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        const options = { agent, host: '127.0.0.1', port: listener.port, method: 'POST', path, headers };
        const sent = request(options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('error', reject).on('end', () => {
            try {
              resolve({ status: response.statusCode ?? 0, review: JSON.parse(text) });
            } catch (error) {
              reject(error);
            }
          });
        });
        sent.on('error', reject).end(body);
      }),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await listener.close(100);
    },
  };
}
