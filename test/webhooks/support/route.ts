import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { systemClock } from '../../../kube/index.ts';
import { noMetrics } from '../../../webhooks/metrics.ts';
import type { AdmissionRouteOptions } from '../../../webhooks/server/admissionRoute.ts';
import { createAdmissionRoute } from '../../../webhooks/server/admissionRoute.ts';
import { createInFlightLimit } from '../../../webhooks/server/inFlight.ts';
import { createRecordingLogger } from '../../support/logger.ts';

export interface Answered {
  readonly status: number;
  readonly review: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly response: {
      readonly uid: string;
      readonly allowed: boolean;
      readonly status?: { readonly code?: number; readonly message?: string; readonly reason?: string };
      readonly patch?: string;
      readonly warnings?: string[];
    };
  };
}

/** A webhook's route without a network. */
export function createTestRoute(options: Partial<AdmissionRouteOptions> & Pick<AdmissionRouteOptions, 'decide'>) {
  const route = createAdmissionRoute({
    name: 'validate',
    failurePolicy: 'Fail',
    limit: createInFlightLimit(100),
    metrics: noMetrics,
    clock: systemClock,
    logger: createRecordingLogger(),
    draining: () => false,
    ...options,
  });
  return async (
    body: Uint8Array | string,
    { contentType = 'application/json', url = '/validate?timeout=10s' }: { contentType?: string; url?: string } = {},
  ): Promise<Answered> => {
    const request = Readable.from([Buffer.from(body)]) as unknown as IncomingMessage;
    Object.assign(request, { headers: { 'content-type': contentType }, url });
    const answer = Promise.withResolvers<Answered>();
    let status = 0;
    const response = {
      destroyed: false,
      setHeader: () => undefined,
      writeHead: (code: number) => {
        status = code;
      },
      end: (text: string) => answer.resolve({ status, review: JSON.parse(text) }),
    } as unknown as ServerResponse;
    void route(request, response).then(() => answer.reject(new Error('the route ended without an answer')));
    return answer.promise;
  };
}
