/**
 * The admission webhooks under load: 16 policies × 100 tools × 16 connections over TLS keep-alive, tool calls reviewed one
 * after the other by a process of its own.
 *
 *     node bench/webhook.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { API_VERSION, GROUP, KINDS, VERSION } from '../api/index.ts';
import { installCrds } from '../cli/installCrds.ts';
import { startApiServer } from '../devcluster/index.ts';
import type { KubeObject, Resource } from '../kube/index.ts';
import { createKubeClient, loadKubeConfig, systemClock } from '../kube/index.ts';
import { createWebhook, DEFAULT_OPERATOR } from '../webhooks/index.ts';
import { noMetrics } from '../webhooks/metrics.ts';
import { silent } from './support/stage.ts';
import { printTable } from './support/table.ts';

const POLICIES = 16;
const TOOLS = 100;
const CONNECTIONS = 16;
const WARM_UP = 3_000;
const REVIEWS = 20_000;
/** Milliseconds that a connection rests between two reviews where the time of a single one is measured: half the load. */
const REST_MS = 12;
const NAMESPACE = 'bench';

type Question = { readonly kind: 'reset' | 'read' | 'stop' };
interface Figures {
  readonly cpuSeconds: number;
  readonly handlerMs: readonly number[];
  readonly lagMs: number;
  readonly rssMiB: number;
}

if (process.argv[2] === 'serve') await serve();
else await measure();

async function measure(): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  try {
    const [{ port, ca }] = (await once(child, 'message')) as [{ port: number; ca: string }];
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca });
    const ask = async (question: Question): Promise<Figures> => {
      child.send(question);
      return ((await once(child, 'message')) as [Figures])[0];
    };
    await drive(port, agent, WARM_UP, 0);
    await ask({ kind: 'reset' });
    const started = performance.now();
    await drive(port, agent, REVIEWS, 0);
    const seconds = (performance.now() - started) / 1000;
    const full = await ask({ kind: 'reset' });
    await drive(port, agent, REVIEWS / 2, REST_MS);
    const easy = await ask({ kind: 'read' });
    agent.destroy();
    const perCore = REVIEWS / full.cpuSeconds;
    const p99 = quantile(easy.handlerMs, 0.99);
    printTable(`Webhooks: ${POLICIES} policies × ${TOOLS} tools × ${CONNECTIONS} connections, TLS keep-alive`, [
      {
        what: 'reviews a second a core (CPU time of the webhook)',
        measured: `${perCore.toFixed(0)} (${(REVIEWS / seconds).toFixed(0)}/s wall clock, load generator beside it)`,
        toReach: '≥ 2,000',
        reached: perCore >= 2_000,
      },
      {
        what: `handler, p99 with ${CONNECTIONS} connections`,
        measured: `${p99.toFixed(2)} ms (p50 ${quantile(easy.handlerMs, 0.5).toFixed(2)} ms; saturated: p99 ${quantile(full.handlerMs, 0.99).toFixed(2)} ms)`,
        toReach: '≤ 10 ms',
        reached: p99 <= 10,
      },
      {
        what: 'event loop lag, p99',
        measured: `${easy.lagMs.toFixed(1)} ms (saturated: ${full.lagMs.toFixed(1)} ms; memory ${easy.rssMiB.toFixed(0)} MiB, API server included)`,
        toReach: 'reported',
        reached: true,
      },
    ]);
    child.send({ kind: 'stop' } satisfies Question);
    await once(child, 'exit');
  } finally {
    child.kill();
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** Sends `count` reviews of tool calls over the connections, each of which rests `restMs` between two. */
async function drive(port: number, agent: Agent, count: number, restMs: number): Promise<void> {
  let next = 0;
  const connection = async (): Promise<void> => {
    for (;;) {
      const number = next++;
      if (number >= count) return;
      const answer = await send(port, agent, reviewOf(number));
      if (!answer.includes('"allowed":true')) throw new Error(`review ${number}: ${answer}`);
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
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

function toolName(index: number): string {
  return `tool_${index}`;
}

function reviewOf(number: number): string {
  const tool = toolName(number % TOOLS);
  const name = `run-1-toolcall-${String(number).padStart(2, '0')}`;
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
      kind: { group: GROUP, version: VERSION, kind: 'TaskRunToolCall' },
      resource: { group: GROUP, version: VERSION, resource: 'taskruntoolcalls' },
      name,
      namespace: NAMESPACE,
      operation: 'CREATE',
      userInfo: { username: DEFAULT_OPERATOR, groups: ['system:serviceaccounts', 'system:authenticated'] },
      dryRun: false,
      object: {
        apiVersion: API_VERSION,
        kind: 'TaskRunToolCall',
        metadata: { name, namespace: NAMESPACE, labels: { [`${GROUP}/agent`]: 'bot' } },
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

/** The webhook as it is shipped, beside an API server that its caches follow. */
async function serve(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-webhook-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  const server = await startApiServer({ inMemory: true, kubeconfigPath });
  const client = createKubeClient({
    kubeConfig: loadKubeConfig({ path: kubeconfigPath, env: {} }),
    fieldManager: 'bench',
  });
  await installCrds(client, systemClock, new AbortController().signal);
  const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
  await client.create(namespaces, { metadata: { name: NAMESPACE } });
  for (const object of objects()) {
    const kind = KINDS.find((each) => each.kind === object.kind);
    if (kind !== undefined) await client.create(kind as Resource, object);
  }
  let handlerMs: number[] = [];
  const webhook = createWebhook({
    client,
    clock: systemClock,
    logger: silent,
    host: '127.0.0.1',
    port: 0,
    certificate: {
      kind: 'selfSigned',
      secret: { namespace: NAMESPACE, name: 'certificate' },
      configuration: 'bench',
      hosts: ['127.0.0.1'],
    },
    approvalKey: { namespace: NAMESPACE, name: 'key' },
    metrics: {
      ...noMetrics,
      reviewed: (_review, seconds) => void handlerMs.push(seconds * 1000),
      observe: () => undefined,
    },
  });
  const stop = new AbortController();
  const running = webhook.run(stop.signal);
  const { port } = await webhook.started;
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  let before = process.cpuUsage();
  process.on('message', ({ kind }: Question) => {
    if (kind === 'stop') {
      stop.abort();
      return;
    }
    const { user, system } = process.cpuUsage(before);
    process.send?.({
      cpuSeconds: (user + system) / 1e6,
      handlerMs,
      lagMs: lag.percentile(99) / 1e6,
      rssMiB: process.memoryUsage.rss() / 2 ** 20,
    } satisfies Figures);
    handlerMs = [];
    lag.reset();
    before = process.cpuUsage();
  });
  process.send?.({ port, ca: webhook.caBundle() });
  await running;
  await client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
  process.disconnect?.();
}

/** An Agent with its server and a run, and policies that each name all tools and look at the arguments. */
function objects(): KubeObject[] {
  const of = (kind: string, name: string, spec: object, namespaced = true): KubeObject =>
    ({
      apiVersion: API_VERSION,
      kind,
      metadata: { name, ...(namespaced ? { namespace: NAMESPACE } : {}) },
      spec,
    }) as KubeObject;
  const tools = Array.from({ length: TOOLS }, (_, index) => `server/${toolName(index)}`);
  return [
    of('LLM', 'model', { provider: 'openai', parameters: { baseUrl: 'https://llm.example.com/v1', model: 'gpt-4o' } }),
    of('MCPServer', 'server', { transport: 'http', url: 'https://mcp.example.com/' }),
    of('Agent', 'bot', { llmRef: { name: 'model' }, system: 'You help.', mcpServers: [{ name: 'server' }] }),
    of('Task', 'run', { agentRef: { name: 'bot' }, message: 'Help.' }),
    of('TaskRun', 'run-1', { taskRef: { name: 'run' } }),
    ...Array.from({ length: POLICIES }, (_, index) =>
      of(
        'ClusterAgentPolicy',
        `policy-${index}`,
        {
          defaultAction: 'Deny',
          match: { agents: ['b*'] },
          tools: {
            allow: tools,
            deny: [`*/delete_${index}*`, 'shell/*'],
            arguments: [{ tools: ['server/*'], cel: "url(args.url).getHost().endsWith('.example.com')" }],
          },
          limits: { maxToolCalls: 1_000_000 },
        },
        false,
      ),
    ),
  ];
}
