import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_VERSION, clusterAgentPolicies, GROUP, KINDS, VERSION } from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { isNotFound } from '../../kube/index.ts';
import type { AnyPolicy } from '../../policies/engine/index.ts';

export interface WebhookProcessOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Where its certificate is written. */
  readonly folder: string;
  /** The user that counts as the operator. */
  readonly operator: string;
  /** Whether the API server is to call it. */
  readonly register: boolean;
}

export interface Question {
  readonly kind: 'read' | 'stop';
  /** From now on a new certificate each so many milliseconds. */
  readonly rotateMs?: number;
}

/** Since the last question. */
export interface Answer {
  readonly cpuSeconds: number;
  readonly handlerMs: readonly number[];
  /** Not measured of a webhook that is registered. */
  readonly lagMs: number;
  readonly rssMiB: number;
  /** What is left after a collection: what grows here grows for good. */
  readonly heapMiB: number;
  readonly rotations: number;
}

export interface WebhookProcess {
  readonly port: number;
  readonly ca: string;
  ask(rotateMs?: number): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startWebhookProcess(options: Omit<WebhookProcessOptions, 'folder'>): Promise<WebhookProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-webhook-'));
  const main = join(import.meta.dirname, 'webhookProcess.ts');
  const child = fork(main, [JSON.stringify({ ...options, folder })], {
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: ['--expose-gc'],
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the webhook ended (${code})`)));
  failed.catch(() => undefined);
  const [{ port, ca }] = (await Promise.race([once(child, 'message'), failed])) as [{ port: number; ca: string }];
  return {
    port,
    ca,
    async ask(rotateMs) {
      child.send({ kind: 'read', ...(rotateMs === undefined ? {} : { rotateMs }) } satisfies Question);
      return ((await Promise.race([once(child, 'message'), failed])) as [Answer])[0];
    },
    async stop() {
      const ended = once(child, 'exit');
      child.send({ kind: 'stop' } satisfies Question);
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const toolName = (index: number): string => `tool_${index}`;

/** Policies that each name all tools of a server, and look at the arguments. */
export function policies(count: number, tools: number): AnyPolicy[] {
  const allow = Array.from({ length: tools }, (_, index) => `server/${toolName(index)}`);
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: API_VERSION,
    kind: 'ClusterAgentPolicy',
    metadata: { name: `bench-${index}`, labels: { bench: 'true' } },
    spec: {
      defaultAction: 'Deny',
      match: { agents: ['b*', 'adder', 'plain'] },
      tools: {
        allow: [...allow.slice(0, 998), 'builtin/*'],
        deny: [`*/delete_${index}*`, 'shell/*'],
        arguments: [{ tools: ['server/*'], cel: "url(args.url).getHost().endsWith('.example.com')" }],
      },
      limits: { maxToolCalls: 1_000_000 },
    },
  }));
}

/** Puts exactly these policies into the cluster; gives those of an earlier benchmark time to go. */
export async function setPolicies(client: KubeClient, wanted: readonly AnyPolicy[]): Promise<void> {
  const { items } = await client.list(clusterAgentPolicies, { labelSelector: 'bench=true' });
  for (const { metadata } of items) {
    await client.delete(clusterAgentPolicies, { name: metadata.name ?? '' }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  for (const policy of wanted) await client.create(clusterAgentPolicies as Resource, policy as unknown as KubeObject);
  // Caches follow by their watches, and compile at the first question after.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}

/** An Agent with its server and a run: what the reviews are about. */
export async function createSubjects(client: KubeClient, namespace: string): Promise<void> {
  const of = (kind: string, name: string, spec: object): KubeObject & { spec: object } => ({
    apiVersion: API_VERSION,
    kind,
    metadata: { name, namespace },
    spec,
  });
  const objects = [
    of('LLM', 'model', { provider: 'openai', parameters: { baseUrl: 'https://llm.example.com/v1', model: 'gpt-4o' } }),
    of('MCPServer', 'server', { transport: 'http', url: 'https://mcp.example.com/' }),
    of('Agent', 'bot', { llmRef: { name: 'model' }, system: 'You help.', mcpServers: [{ name: 'server' }] }),
    of('Task', 'run', { agentRef: { name: 'bot' }, message: 'Help.' }),
    of('TaskRun', 'run-1', { taskRef: { name: 'run' } }),
  ];
  for (const object of objects) {
    const kind = KINDS.find((each) => each.kind === object.kind);
    if (kind !== undefined) await client.create(kind as Resource, object);
  }
}

/** The review of a tool call, as an API server sends it. */
export function reviewOf(number: number, tools: number, namespace: string, username: string): string {
  const tool = toolName(number % tools);
  const name = `run-1-toolcall-${String(number).padStart(2, '0')}`;
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
      kind: { group: GROUP, version: VERSION, kind: 'TaskRunToolCall' },
      resource: { group: GROUP, version: VERSION, resource: 'taskruntoolcalls' },
      name,
      namespace,
      operation: 'CREATE',
      userInfo: { username, groups: ['system:serviceaccounts', 'system:authenticated'] },
      dryRun: false,
      object: {
        apiVersion: API_VERSION,
        kind: 'TaskRunToolCall',
        metadata: { name, namespace, labels: { [`${GROUP}/agent`]: 'bot' } },
        spec: {
          toolCallId: `call_${number}`,
          taskRunRef: { name: 'run-1' },
          toolRef: { name: `server__${tool}` },
          tool: { kind: 'MCPServer', name: 'server', tool },
          arguments: JSON.stringify({ url: `https://api.example.com/items/${number}`, count: number }),
        },
      },
      oldObject: null,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
}

export interface Drive {
  readonly connections: number;
  /** So many reviews, or until a moment (`performance.now()`). */
  readonly count?: number;
  readonly until?: number;
  /** Milliseconds that a connection rests between two reviews. */
  readonly restMs?: number;
  /** Reviews after which a connection is closed and a new one made. */
  readonly reviewsAConnection?: number;
  readonly review: (number: number) => string;
}

export interface Driven {
  readonly reviews: number;
  readonly handshakes: number;
  /** What went wrong, connections that could not be made included. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** Sends reviews over several connections at once; all are to be allowed. */
export async function drive({ port, ca }: WebhookProcess, options: Drive): Promise<Driven> {
  const { connections, count = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY, restMs = 0 } = options;
  const failures: string[] = [];
  let handshakes = 0;
  let next = 0;
  const connection = async (): Promise<void> => {
    while (next < count && performance.now() < until) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
      handshakes += 1;
      for (let left = options.reviewsAConnection ?? count; left > 0; left--) {
        const number = next++;
        if (number >= count || performance.now() >= until) break;
        const answer = await send(port, agent, options.review(number)).catch((error: unknown) => String(error));
        if (!answer.includes('"allowed":true')) failures.push(answer.slice(0, 300));
        if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      }
      agent.destroy();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  return { reviews: Math.min(next, count), handshakes, failures, seconds: (performance.now() - started) / 1000 };
}

function send(port: number, agent: Agent, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request(
      { agent, host: '127.0.0.1', port, method: 'POST', path: '/validate?timeout=10s', headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(text));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
