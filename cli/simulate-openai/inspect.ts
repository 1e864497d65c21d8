import type { RequestRecord } from './record.ts';

/** The answer of `/simulate/requests`. */
export interface Inspection {
  readonly status: number;
  readonly pieces: readonly string[];
}

/** `GET /simulate/requests[?summary]` and `DELETE`: what was received, for tests and benchmarks. */
export function inspect(method: string, target: string, record: RequestRecord, reset: () => void): Inspection {
  const url = URL.canParse(target, 'http://simulated') ? new URL(target, 'http://simulated') : undefined;
  if (url?.pathname !== '/simulate/requests') return json(404, { message: 'there is only /simulate/requests' });
  if (method === 'DELETE') {
    reset();
    return json(200, record.summary());
  }
  if (method !== 'GET') return json(405, { message: 'only GET and DELETE are allowed' });
  if (url.searchParams.has('summary')) return json(200, record.summary());
  // Bodies go out as they came in: to read and write them all again would cost more than all the rest.
  const entries = record.requests().map(({ text, ...facts }, index) => {
    const body = isJson(text) ? text : JSON.stringify(text);
    return `${index === 0 ? '' : ','}${JSON.stringify(facts).slice(0, -1)},"body":${body}}`;
  });
  return {
    status: 200,
    pieces: [`${JSON.stringify(record.summary()).slice(0, -1)},"requests":[`, ...entries, ']}'],
  };
}

function json(status: number, value: unknown): Inspection {
  return { status, pieces: [JSON.stringify(value)] };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
