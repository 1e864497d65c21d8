/**
 * The policy engine alone, without server and network: verdicts a second on one core, and how they grow with policies
 * and tools. Run it with `node bench/policy.ts`.
 */
import type { Agent, ClusterAgentPolicy, LLM, MCPServer, PolicySpec } from '../api/index.ts';
import { API_VERSION } from '../api/index.ts';
import type { PolicyRequest, Verdict } from '../policies/engine/index.ts';
import { compilePolicies, evaluate, toolCallRequest } from '../policies/engine/index.ts';
import { printTable } from './support/table.ts';

const TARGET_PER_SECOND = 50_000;
const SECONDS = 1;
const NOW = Date.parse('2026-05-01T12:00:00Z');
const NAMESPACE = 'bench';

/** What a platform team would write: lists of as many tools, models, servers, limits, prompts, one rule in CEL in eight. */
function policySpec(index: number, tools: number): PolicySpec {
  const half = Math.ceil(tools / 2);
  return {
    defaultAction: 'Deny',
    tools: {
      allow: [...Array.from({ length: half }, (_, i) => `server-${i % 10}/tool_${i}`), 'github/*'],
      requireApproval: ['payments/*', 'mail/send_*'],
      deny: ['*/delete_*', ...Array.from({ length: tools - half }, (_, i) => `server-${i % 10}/admin_${index}_${i}_*`)],
    },
    llms: {
      allow: ['openai/gpt-*', 'anthropic/*'],
      baseURLs: ['https://api.openai.com/', 'https://api.anthropic.com/'],
    },
    mcpServers: { transports: ['stdio', 'http'], env: { denyLiteralSecrets: true } },
    secrets: { allow: [{ name: 'openai*', hosts: ['api.openai.com'] }] },
    prompts: { maxBytes: 65_536 },
    limits: { maxTurns: 30, maxToolCalls: 100 },
    ...(index % 8 === 0
      ? { rules: [{ name: 'short', expression: 'size(args) < 10', kinds: ['TaskRunToolCall'] }] }
      : {}),
  } as PolicySpec;
}

function policies(count: number, tools: number): ClusterAgentPolicy[] {
  return Array.from({ length: count }, (_, i) => ({
    apiVersion: API_VERSION,
    kind: 'ClusterAgentPolicy',
    metadata: { name: `policy-${i}` },
    spec: policySpec(i, tools),
  }));
}

const metadata = (name: string) => ({ name, namespace: NAMESPACE });
const llm: LLM = {
  apiVersion: API_VERSION,
  kind: 'LLM',
  metadata: metadata('gpt'),
  spec: { provider: 'openai', apiKeyFrom: { secretKeyRef: { name: 'openai', key: 'key' } } },
};
const server: MCPServer = {
  apiVersion: API_VERSION,
  kind: 'MCPServer',
  metadata: metadata('github'),
  spec: { transport: 'stdio', command: 'uvx', args: ['mcp-server-github'] },
  status: { tools: [{ name: 'read_file' }] },
};
const agent: Agent = {
  apiVersion: API_VERSION,
  kind: 'Agent',
  metadata: metadata('writer'),
  spec: { llmRef: { name: 'gpt' }, system: 'You write release notes.', mcpServers: [{ name: 'github' }] },
};

const aboutCall: PolicyRequest = toolCallRequest({
  agent,
  context: { llm, mcpServers: [server] },
  tool: { kind: 'MCPServer', server: 'github', name: 'read_file' },
  arguments: '{"path": "CHANGELOG.md", "ref": "main"}',
  counters: { turns: 3, toolCalls: 7 },
  now: NOW,
});
const aboutAgent: PolicyRequest = {
  place: 'admission',
  operation: 'CREATE',
  object: { ...agent },
  context: { llm, mcpServers: [server] },
  now: NOW,
};

/** Seconds of processor time that this process has used: what else the machine does is not counted. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Verdicts a second of processor time, after a warm-up. */
function rate(ask: () => Verdict): number {
  const run = (seconds: number): number => {
    const start = processorSeconds();
    let count = 0;
    let used = 0;
    while (used < seconds) {
      for (let i = 0; i < 50; i++)
        if (ask().effect !== 'allow') throw new Error('the benchmark measures what is allowed');
      count += 50;
      used = processorSeconds() - start;
    }
    return count / used;
  };
  run(1);
  return run(SECONDS);
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

const sixteen = compilePolicies(policies(16, 100));
if (sixteen.problems.length > 0) throw new Error(JSON.stringify(sixteen.problems[0]));
const rows = [
  ['tool calls judged a second, 16 policies × 100 tools', rate(() => evaluate(sixteen, aboutCall))] as const,
  ['Agents judged a second, 16 policies × 100 tools', rate(() => evaluate(sixteen, aboutAgent))] as const,
].map(([what, measured]) => ({
  what,
  measured: whole(measured),
  toReach: whole(TARGET_PER_SECOND),
  reached: measured >= TARGET_PER_SECOND,
}));
printTable('Policy engine, one core, compute only', rows);

const POLICIES = [1, 16, 100];
const TOOLS = [10, 100, 1000];
/** Microseconds for one verdict about a tool call. */
const micros = new Map<string, number>();
console.log('\n### Growth: microseconds for a verdict about a tool call\n');
console.log(
  `| policies | ${TOOLS.map((tools) => `${tools} tools`).join(' | ')} |\n|---|${TOOLS.map(() => '---').join('|')}|`,
);
for (const count of POLICIES) {
  const cells = TOOLS.map((tools) => {
    const set = compilePolicies(policies(count, tools));
    const each = 1e6 / rate(() => evaluate(set, aboutCall));
    micros.set(`${count}×${tools}`, each);
    return each.toFixed(1);
  });
  console.log(`| ${count} | ${cells.join(' | ')} |`);
}

/** How much longer it takes than a linear growth from the smaller to the larger would allow; 1 is linear. */
function beyondLinear(from: string, to: string, factor: number): number {
  return (micros.get(to) ?? Number.NaN) / ((micros.get(from) ?? Number.NaN) * factor);
}
const growth: readonly (readonly [what: string, value: number])[] = [
  ['1 → 100 policies, 100 tools', beyondLinear('1×100', '100×100', 100)],
  ['10 → 1,000 tools, 16 policies', beyondLinear('16×10', '16×1000', 100)],
];
printTable(
  'Growth against linear',
  growth.map(([what, value]) => ({
    what,
    measured: `${value.toFixed(2)} × linear`,
    toReach: '≤ 1.2 × linear',
    reached: value <= 1.2,
  })),
);
