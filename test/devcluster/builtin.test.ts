import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { type ApiServer, startApiServer } from '../../devcluster/index.ts';
import { cases } from './builtin.cases.ts';

interface Answer {
  readonly code?: number;
  readonly message?: string;
  readonly causes?: readonly { readonly field: string; readonly message: string }[];
  readonly object?: unknown;
  readonly cells?: readonly unknown[];
}

const recorded = JSON.parse(readFileSync(new URL('./builtin.recorded.json', import.meta.url), 'utf8')) as {
  [name: string]: Answer[];
};

/** What differs from one run to the next. */
function normalize(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) => {
      if (key === 'clusterIP' && typeof item === 'string' && item.startsWith('10.')) return 'address';
      if (key === 'clusterIPs' && Array.isArray(item) && String(item[0]).startsWith('10.')) return ['address'];
      if (key === 'nodePort' && typeof item === 'number' && item >= 30002) return 'port';
      if (key === 'resourceVersion') return undefined;
      return typeof item === 'string' ? item.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID') : item;
    }),
  );
}

const cell = (value: unknown) =>
  typeof value === 'string'
    ? value
        .replace(/^\d+[smhd](\d+[smhd])?$|^\d+y(\d+d)?$/, 'age')
        .replace(/^10\.\d+\.\d+\.\d+$/, 'address')
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'UID')
        .replace(/^\d{4}-\d\d-\d\dT.*Z$/, 'time')
    : value;

/** Errors come in any order; a message is their list. */
function comparable(answer: Answer): unknown {
  if (answer.code === undefined)
    return { object: normalize(answer.object), ...(answer.cells ? { cells: answer.cells.map(cell) } : {}) };
  const causes = (normalize(answer.causes ?? []) as { field: string; message: string }[])
    .map(({ field, message }) => `${field}: ${message}`)
    .sort();
  return { code: answer.code, causes, ...(causes.length > 1 ? {} : { message: normalize(answer.message) }) };
}

describe('builtin kinds, as kube-apiserver answers them', () => {
  let server: ApiServer;
  let agent: Agent;

  const send = (method: string, path: string, body?: unknown, type = 'application/json', accept = 'application/json') =>
    new Promise<{ code: number; body: { [field: string]: unknown } }>((resolve, reject) => {
      const sent = request(
        `${server.url}${path}`,
        { method, agent, headers: { accept, ...(body === undefined ? {} : { 'content-type': type }) } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ code: response.statusCode ?? 0, body: JSON.parse(text) }));
        },
      );
      sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });

  before(async () => {
    server = await startApiServer({ inMemory: true });
    const field = (name: string) =>
      Buffer.from(new RegExp(`${name}: "?([A-Za-z0-9+/=]+)`).exec(server.kubeconfig)?.[1] ?? '', 'base64');
    agent = new Agent({
      keepAlive: true,
      ca: server.caPem,
      cert: field('client-certificate-data'),
      key: field('client-key-data'),
    });
  });

  after(async () => {
    agent.destroy();
    await server.close();
  });

  function answerOf(body: { [field: string]: unknown }): Answer {
    if (body.kind === 'Status') {
      const { causes } = (body.details ?? {}) as Pick<Answer, 'causes'>;
      return {
        code: body.code as number,
        message: body.message as string,
        ...(causes === undefined ? {} : { causes }),
      };
    }
    const { apiVersion: _, kind: __, metadata, ...rest } = body;
    const { labels, annotations, generation } = metadata as { [field: string]: unknown };
    return {
      object: {
        ...rest,
        metadata: {
          ...(labels ? { labels } : {}),
          ...(annotations ? { annotations } : {}),
          ...(generation ? { generation } : {}),
        },
      },
    };
  }

  for (const { name, path, object, patches } of cases) {
    it(name, async () => {
      const one = `${path}/subject`;
      const expected = recorded[name];
      assert(expected, 'no record');
      const created = await send('POST', path, object);
      let answer = answerOf(created.body);
      if (answer.code === undefined && expected[0]?.cells) {
        const table = await send('GET', one, undefined, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io');
        answer = { ...answer, cells: (table.body.rows as { cells: unknown[] }[])[0]?.cells ?? [] };
      }
      assert.deepEqual(comparable(answer), comparable(expected[0] as Answer), 'create');
      for (const [index, patch] of (patches ?? []).entries()) {
        const patched = await send('PATCH', one, patch, 'application/merge-patch+json');
        assert.deepEqual(
          comparable(answerOf(patched.body)),
          comparable(expected[index + 1] as Answer),
          `patch ${index}`,
        );
      }
      await send('DELETE', one);
    });
  }
});
