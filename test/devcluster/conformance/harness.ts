/**
 * Conformance: sequences of plain requests, and what the real server answered to them. The same cases run against the embedded
 * server and, with KUBECHAIN_TEST_SERVER=real, against the real one, where CONFORMANCE_RECORD=1 records the answers of the cases that run
 * anew. An answer that depends on when a controller of the real server acts is awaited (`until`), viewed without what it writes, or not recorded.
 */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { type Agent, request } from 'node:https';
import { setImmediate as received, setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { testsRealServer } from '../../support/server.ts';
import type { RecordedReview, Verdict, WebhookServer } from '../../support/webhookServer.ts';

/** One request. `{ns}` in path and body is the case's own namespace. */
export interface Step {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: { readonly [name: string]: string };
  /**
   * Repeats the request until this holds of its answer: for what takes the server a moment. `before` is the answer to the step before.
   * A case whose step waits in vain fails.
   */
  readonly until?: (answer: Answer, before: Answer | undefined) => boolean;
  /** A watch: lines that arrive within this many milliseconds, and all that follows from what is sent during it. */
  readonly watchFor?: number;
  /** What is sent, one after the other, once the watch has begun. */
  readonly during?: readonly Step[];
  /** Sent without the client certificate. */
  readonly anonymous?: boolean;
  /** The body is base64 of what is sent. */
  readonly base64?: boolean;
  /** What is compared of the answer's body. */
  readonly view?: (body: unknown) => unknown;
  /** The answer is not compared. */
  readonly quiet?: boolean;
  /** Names for parts of this answer's body, by dotted path; `{NAME}` stands for them in the steps after it. */
  readonly keep?: { readonly [name: string]: string };
}

export interface Answer {
  readonly code: number;
  /** The whole Content-Type. */
  readonly type: string;
  /** Other headers that a client acts on. */
  readonly headers: { readonly [name: string]: string };
  readonly warnings: readonly string[];
  readonly body: unknown;
}

export interface Case {
  readonly area: string;
  readonly name: string;
  /** Why the embedded server answers otherwise on purpose; the case is recorded but not compared there. */
  readonly differs?: string;
  readonly steps: readonly Step[];
  /** What webhooks answer, by the last part of their path: `{hook}/NAME`; the reviews that they get are compared too. */
  readonly hooks?: { readonly [name: string]: Verdict };
}

export interface Connection {
  readonly url: URL;
  readonly tls: { readonly ca: string | Buffer; readonly cert: string | Buffer; readonly key: string | Buffer };
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority'?: string; 'certificate-authority-data'?: string } }[];
  users: {
    user: {
      'client-certificate'?: string;
      'client-certificate-data'?: string;
      'client-key'?: string;
      'client-key-data'?: string;
    };
  }[];
}

/** Reads address and credentials out of a kubeconfig. */
export function connect(path: string): Connection {
  return connectTo(readFileSync(path, 'utf8'));
}

/** Reads address and credentials out of a kubeconfig's text. */
export function connectTo(text: string): Connection {
  const config = parse(text) as Kubeconfig;
  const cluster = config.clusters[0]!.cluster;
  const user = config.users[0]!.user;
  const material = (data: string | undefined, file: string | undefined): Buffer =>
    data !== undefined ? Buffer.from(data, 'base64') : readFileSync(file ?? '');
  return {
    url: new URL(cluster.server),
    tls: {
      ca: material(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: material(user['client-certificate-data'], user['client-certificate']),
      key: material(user['client-key-data'], user['client-key']),
    },
  };
}

/** Sends one request and reads its answer; once more where the server closed the connection that was kept. */
export async function send(connection: Connection, step: Step, agent: Agent): Promise<Answer> {
  try {
    return await sendOnce(connection, step, agent);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ECONNRESET') throw error;
    return sendOnce(connection, step, agent);
  }
}

/** A watch that has sent nothing for so long has sent what it has to. */
const quietMs = testsRealServer ? 150 : 25;

/** A watch is cut after its time. */
function sendOnce(connection: Connection, step: Step, agent: Agent): Promise<Answer> {
  const text =
    step.body === undefined
      ? undefined
      : typeof step.body === 'string'
        ? Buffer.from(step.body, step.base64 === true ? 'base64' : 'utf8')
        : JSON.stringify(step.body);
  const { cert: _, key: __, ...nobody } = connection.tls;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host: connection.url.hostname,
        port: connection.url.port,
        ...(step.anonymous === true ? nobody : connection.tls),
        method: step.method ?? (text === undefined ? 'GET' : 'POST'),
        path: step.path,
        headers: {
          accept: 'application/json',
          'user-agent': 'conformance/1',
          ...(text === undefined
            ? {}
            : { 'content-type': step.type ?? 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...step.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let done = false;
        const finish = (): void => {
          if (done) return;
          done = true;
          const raw = Buffer.concat(chunks).toString();
          const type = String(incoming.headers['content-type'] ?? '');
          const warning = incoming.headers.warning;
          const warnings = warning === undefined ? [] : Array.isArray(warning) ? warning : warning.split(/, (?=299 )/);
          resolve({
            code: incoming.statusCode ?? 0,
            type,
            headers: tellingHeaders(incoming.headers),
            warnings,
            body: parseBody(raw, step.watchFor !== undefined),
          });
        };
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', finish);
        incoming.on('error', finish);
        if (step.watchFor !== undefined) {
          const acts = async (): Promise<void> => {
            for (const act of step.during ?? []) await send(connection, act, agent);
          };
          // A busy machine may be late with what is done meanwhile, and with what has been sent already; timers go before what was received.
          const quiet = async (): Promise<void> => {
            for (let known = -1; known !== chunks.length; await sleep(quietMs), await received()) known = chunks.length;
          };
          Promise.all([acts(), sleep(step.watchFor)])
            .then(quiet)
            .then(() => {
              finish();
              outgoing.destroy();
            }, reject);
        }
      },
    );
    outgoing.on('error', reject);
    // The embedded server shares this process: on a busy machine the timer may be up before the answer is read.
    outgoing.setTimeout(60_000, () => outgoing.destroy(new Error(`no answer to ${step.method ?? ''} ${step.path}`)));
    outgoing.end(text);
  });
}

const comparedHeaders = [
  'retry-after',
  'location',
  'allow',
  'content-encoding',
  'www-authenticate',
  'vary',
  'cache-control',
];

function tellingHeaders(headers: IncomingHttpHeaders): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  for (const name of comparedHeaders) if (headers[name] !== undefined) out[name] = String(headers[name]);
  // Their values are of no matter to anybody.
  for (const name of ['etag', 'audit-id', 'x-content-type-options'])
    if (headers[name] !== undefined) out[name] = '<set>';
  return out;
}

/** Bookmarks that come with time are no answer to anything. */
function isTimedBookmark(event: unknown): boolean {
  return (event as { type?: string }).type === 'BOOKMARK' && !JSON.stringify(event).includes('initial-events-end');
}

function parseBody(raw: string, watch: boolean): unknown {
  if (watch) {
    return raw
      .split(/\n(?=\{"type")/)
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown)
      .filter((event) => !isTimedBookmark(event));
  }
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

/** How long what a step waits for may take; no test says anything about time. The real server's controllers may be late on a busy machine. */
const patienceMs = testsRealServer ? 45_000 : 15_000;

/** Runs a case; answers with everything that differs from run to run replaced. */
export async function run(
  connection: Connection,
  agent: Agent,
  { steps, hooks: answers }: Case,
  namespace: string,
  hooks?: WebhookServer,
): Promise<unknown[]> {
  const kept = new Map([['ns', namespace]]);
  if (hooks !== undefined) {
    kept.set('hook', `${hooks.url}/${namespace}`).set('ca', hooks.caBundle);
    for (const [name, verdict] of Object.entries(answers ?? {})) hooks.answer(`/${namespace}/${name}`, () => verdict);
  }
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (all, name: string) => kept.get(name) ?? all);
  const place = (value: unknown): unknown =>
    value === undefined ? undefined : typeof value === 'string' ? fill(value) : JSON.parse(fill(JSON.stringify(value)));
  const placeStep = (step: Step): Step => ({
    ...step,
    path: fill(step.path),
    body: place(step.body),
    ...(step.headers === undefined ? {} : { headers: place(step.headers) as NonNullable<Step['headers']> }),
    ...(step.during === undefined ? {} : { during: step.during.map(placeStep) }),
  });
  const out: unknown[] = [];
  const seen = new Map<string, string>();
  const made: string[] = [];
  // Dry runs elsewhere need no namespace to be made for them.
  const elsewhere = steps.every(({ path }) => path.includes('dryRun=All') && !path.includes('/namespaces/{ns}'));
  const namespaced = !elsewhere && JSON.stringify(steps).includes('{ns}');
  if (namespaced) {
    await send(
      connection,
      { path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } },
      agent,
    );
  }
  try {
    let before: Answer | undefined;
    for (const step of steps) {
      const placed = placeStep(step);
      let answer = await send(connection, placed, agent);
      const inVain = Date.now() + patienceMs;
      while (step.until !== undefined && !step.until(answer, before)) {
        if (Date.now() > inVain)
          throw new Error(
            `${placed.method ?? 'GET'} ${placed.path}: waited in vain, the last answer is ${JSON.stringify(answer)}`,
          );
        await sleep(20);
        answer = await send(connection, placed, agent);
      }
      for (const [name, path] of Object.entries(step.keep ?? {})) {
        let value: unknown = answer.body;
        for (const part of path.split('.')) value = (value as { [key: string]: unknown } | undefined)?.[part];
        kept.set(name, String(value));
      }
      before = answer;
      if (answer.code === 201) made.push(...clusterScoped(placed.path, answer.body));
      if (step.quiet === true) continue;
      const { body } = answer;
      out.push(normalise({ ...answer, body: step.view === undefined ? body : step.view(body) }, namespace, seen));
    }
    const reviews =
      hooks?.reviews.filter((item) => item.path.startsWith(`/${namespace}/`) && !ofAController(item.review)) ?? [];
    for (const { path, review } of reviews)
      out.push({ path: path.replace(namespace, '{ns}'), review: tidy(review, namespace, seen) });
  } finally {
    for (const path of made.reverse()) {
      const gone = await send(connection, { method: 'DELETE', path }, agent);
      const finalizers =
        (gone.body as { metadata?: { finalizers?: string[] } } | undefined)?.metadata?.finalizers ?? [];
      if (finalizers.length === 0 || path.includes('customresourcedefinitions')) continue;
      const body = { metadata: { finalizers: null } };
      await send(connection, { method: 'PATCH', path, body, type: 'application/merge-patch+json' }, agent);
    }
    if (namespaced) {
      if (testsRealServer) await release(connection, agent, namespace, JSON.stringify(steps));
      await send(connection, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` }, agent);
    }
  }
  return out;
}

/** No node ends a pod and no controller releases a claim there: the namespace would never go. */
async function release(connection: Connection, agent: Agent, namespace: string, steps: string): Promise<void> {
  const inside = `/api/v1/namespaces/${namespace}`;
  if (/nodeName|binding/.test(steps))
    await send(connection, { method: 'DELETE', path: `${inside}/pods?gracePeriodSeconds=0` }, agent);
  if (!steps.includes('PersistentVolumeClaim')) return;
  const { body } = await send(connection, { path: `${inside}/persistentvolumeclaims` }, agent);
  for (const { metadata } of (body as { items?: { metadata: { name: string } }[] }).items ?? []) {
    const path = `${inside}/persistentvolumeclaims/${metadata.name}`;
    const merge = 'application/merge-patch+json';
    await send(connection, { method: 'PATCH', path, body: { metadata: { finalizers: null } }, type: merge }, agent);
  }
}

/** Path of the object that a POST to a collection made outside of any namespace. */
function clusterScoped(path: string, body: unknown): string[] {
  const [collection = '', query = ''] = path.split('?');
  const name = (body as { metadata?: { name?: string } } | undefined)?.metadata?.name;
  if (name === undefined || collection.includes('/namespaces/') || query.includes('dryRun')) return [];
  return [`${collection}/${name}`];
}

const volatileKeys = new Set([
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'time',
  'lastTransitionTime',
  'continue',
  'token',
  'expirationTimestamp',
  'storageVersionHash',
  'serverAddress',
]);

/** What controllers of the real server do to a new namespace, in their own time. */
function ofAController({ request }: RecordedReview['review']): boolean {
  return request.name === 'kube-root-ca.crt' || (request.name === 'default' && request.subResource === undefined);
}

/** `seen` names versions of objects in order of appearance, so that one that stays the same shows. */
function normalise(answer: Answer, namespace: string, seen: Map<string, string>): unknown {
  return {
    code: answer.code,
    type: answer.type,
    headers: answer.headers,
    warnings: [...answer.warnings].map((warning) => String(tidy(warning, namespace, seen))).sort(),
    body: tidy(answer.body, namespace, seen),
  };
}

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly time?: string;
}

/**
 * The server sorts them by operation, second, manager, version and subresource. Writes of one case may fall into two seconds or into one: where
 * they fell into two, in the order that they had in one.
 */
function inOneSecond(entries: readonly ManagedFields[]): readonly ManagedFields[] {
  const seconds = new Set(entries.map(({ time }) => time));
  seconds.delete(undefined);
  if (seconds.size < 2) return entries;
  const keyOf = ({ operation = '', time, manager = '', apiVersion = '', subresource = '' }: ManagedFields): string =>
    [operation, time === undefined ? '' : 'at some time', manager, apiVersion, subresource].join('\0');
  return entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function tidy(whole: unknown, namespace: string, seen: Map<string, string>): unknown {
  const text = (value: string): string =>
    value
      .replaceAll(namespace, '{ns}')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
      .replace(/^(\d+s|\d+d|\d+y(\d+d)?)$/, '<age>')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
      .replace(/resource version: \d+/g, 'resource version: <n>')
      .replace(/current: \d+/g, 'current: <n>')
      .replace(/in record \(\d+\)/g, 'in record (<n>)')
      .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "<n>"')
      .replace(/'\{"apiVersion".*\}'/s, '<object>')
      .replace(/("Bad-)[a-z0-9]{5}"/g, '$1<random>"')
      .replace(/^Bad-[a-z0-9]{5}$/, 'Bad-<random>')
      .replace(
        /patch: Invalid value: ".*": (?=no kind|json:|strict|Object|unable|converting|illegal)/s,
        'patch: Invalid value: <object>: ',
      )
      .replace(
        /^Invalid value: "\{.*": (?=no kind|json:|strict|Object|unable|converting|illegal)/s,
        'Invalid value: <object>: ',
      )
      .replace(/resourceVersion\\*":\\*"\d+/g, 'resourceVersion":"<n>')
      .replace(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n?/g, '<certificate>')
      .replace(/kubernetes-admin/g, 'admin')
      .replace(/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=<hash>')
      .replace(/https:\/\/127\.0\.0\.1:\d+/g, '<server>')
      .replace(/selfType\d+/g, 'selfType<n>');
  const walk = (value: unknown, key: string, holder?: object): unknown => {
    if (volatileKeys.has(key) && typeof value === 'string' && value !== '') {
      if (key !== 'resourceVersion') return `<${key}>`;
      if (holder === undefined || !('uid' in holder)) return '<list version>';
      if (!seen.has(value)) seen.set(value, `<version ${seen.size + 1}>`);
      return seen.get(value);
    }
    if (typeof value === 'string') return key === 'message' ? sortedMessage(text(value)) : text(value);
    if (Array.isArray(value)) {
      // A view names it by its path.
      const entries = key.endsWith('managedFields') ? inOneSecond(value) : value;
      const items = entries.map((item) => walk(item, ''));
      return key === 'causes' || key === 'resourceRules' || key === 'nonResourceRules'
        ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => [text(name), walk(item, name, value)]),
    );
  };
  return walk(whole, '');
}

/** Lists of errors come in random order. */
function sortedMessage(message: string): string {
  const found = /^(.*? is invalid: )\[(.*)\]$/s.exec(message);
  if (found === null) return message;
  return `${found[1]}[${(found[2] ?? '').split(', ').sort().join(', ')}]`;
}
