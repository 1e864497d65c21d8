import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PolicySpec } from '../../api/index.ts';
import { runProgram } from '../../cli/runProgram.ts';
import type { KubeObject } from '../../kube/index.ts';
import type { AnyPolicy, PolicyObject } from '../../policies/engine/index.ts';
import { checkPolicy, compilePolicies, evaluate } from '../../policies/engine/index.ts';
import { aroundObject, finderOver } from '../../policies/surroundings.ts';
import { validate } from '../../webhooks/admission/validate.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { processorTime } from '../support/processorTime.ts';
import { createTestRoute } from '../webhooks/support/route.ts';
import { createAdmission, custom, NOW, OPERATOR, requestOf, reviewOf } from '../webhooks/support/world.ts';

/** Milliseconds of processor time at each place. Generous: what it is to catch takes minutes, or for ever. */
const BOUND = 5000;

const policyOf = (spec: unknown, name = 'p'): AnyPolicy =>
  ({
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind: 'ClusterAgentPolicy',
    metadata: { name },
    spec,
  }) as AnyPolicy;
const argument = (rule: object): PolicySpec => ({ tools: { arguments: [{ tools: ['*'], ...rule }] } }) as PolicySpec;

/** An agent with what it uses, its run, and a call of a tool in it. */
function callOf(tool: string, args: unknown = {}, server = 'github'): KubeObject[] {
  return [
    custom('LLM', 'gpt', { provider: 'openai', apiKeyFrom: { secretKeyRef: { name: 'k', key: 'k' } } }),
    custom('MCPServer', server, { transport: 'stdio', command: 'uvx' }),
    custom('Agent', 'bot', { llmRef: { name: 'gpt' }, system: 's', mcpServers: [{ name: server }] }),
    custom('Task', 'run', { agentRef: { name: 'bot' }, message: 'm' }),
    custom('TaskRun', 'run-1', { taskRef: { name: 'run' } }, {}, { status: { agent: 'bot' } }),
    custom('TaskRunToolCall', 'run-1-toolcall-01', {
      toolCallId: 'c',
      taskRunRef: { name: 'run-1' },
      toolRef: { name: 'x' },
      tool: { kind: 'MCPServer', name: server, tool },
      arguments: typeof args === 'string' ? args : JSON.stringify(args),
    }),
  ] as unknown as KubeObject[];
}

/** What is said: of the policy where that is refused, of the last object where that is. */
type Hostile = readonly [what: string, policy: unknown, objects: readonly KubeObject[], said: RegExp];

const bytes = 'a'.repeat(50_000);
const laughs: Record<string, unknown> = { l0: { type: 'string' } };
for (let i = 1; i < 40; i++)
  laughs[`l${i}`] = { anyOf: Array.from({ length: 10 }, () => ({ $ref: `#/$defs/l${i - 1}` })) };
const list = (length: number) => Array.from({ length }, (_, i) => i);
const bomb = 'args.l.all(a, args.l.all(b, args.l.all(c, args.l.all(d, a + b + c + d >= 0))))';
const proto = (text: string): never => JSON.parse(text) as never;
const tenThousand = list(10_000).map((i) => `tool_${i}`);
const llmAt = (baseUrl: string): KubeObject[] =>
  [
    custom('LLM', 'gpt', {
      provider: 'openai',
      apiKeyFrom: { secretKeyRef: { name: 'k', key: 'k' } },
      parameters: { baseUrl },
    }),
  ] as unknown as KubeObject[];
const serverWith = (args: string[]): KubeObject[] =>
  [custom('MCPServer', 'files', { transport: 'stdio', command: 'uvx', args })] as unknown as KubeObject[];
const OPENAI: PolicySpec = { llms: { baseURLs: ['https://api.openai.com/v1/'] } };
const FILES: PolicySpec = { mcpServers: { commands: [{ command: 'uvx', args: ['mcp-files', '--root=/data/*'] }] } };
const GITHUB: PolicySpec = { defaultAction: 'Deny', tools: { allow: ['github/*'], deny: ['*/delete_*'] } };

const OF_POLICIES: readonly Hostile[] = [
  [
    'a regular expression that only backtracking engines know',
    argument({ schema: { properties: { s: { pattern: '(a+)+\\1' } } } }),
    [],
    /tools\.arguments\[0\]\.schema.*is no JSON Schema: error parsing regexp: invalid escape sequence/,
  ],
  [
    'a schema from a file',
    argument({ schema: { $ref: 'file:///etc/passwd' } }),
    [],
    /schema.*"file:\/\/\/etc\/passwd" leads out of the schema/,
  ],
  [
    'a schema from a URL',
    argument({ schema: { properties: { a: { $ref: 'https://evil.example/x' } } } }),
    [],
    /"https:\/\/evil\.example\/x" leads out of the schema/,
  ],
  ['a schema that unfolds without end', argument({ schema: { $ref: '#/$defs/l39', $defs: laughs } }), [], /schema/],
  ['an expression that is too long', argument({ cel: `${"'a' + ".repeat(3000)}'a' == args.s` }), [], /cel/],
  ['an expression that is too deep', argument({ cel: `${'('.repeat(4000)}true${')'.repeat(4000)}` }), [], /cel/],
  [
    'a pattern of another language',
    { tools: { deny: ['github/(a+)+$', 'github/[a-z]*'] } },
    [],
    /tools\.deny\[1\].*"\*" is the only wildcard/,
  ],
  ['a pattern that leads nowhere', { tools: { deny: ['../../etc/*'] } }, [], /tools\.deny\[0\].*can match nothing/],
  [
    'prototype keys',
    proto('{"__proto__": {"tools": {"deny": ["*"]}}, "constructor": {"x": 1}}'),
    [],
    /__proto__|constructor/,
  ],
];

const OF_OBJECTS: readonly Hostile[] = [
  [
    'a pattern of many stars',
    { tools: { deny: [`github/${'*a'.repeat(100)}*b`, 'github/a*'] } },
    callOf('a'.repeat(200)),
    /tools\.deny\] .*is denied for agent bot by "github\/a\*"/,
  ],
  [
    'a regular expression that backtracks',
    argument({ schema: { properties: { s: { pattern: '^(a+)+$' } } } }),
    callOf('x', { s: `${bytes}!` }),
    /tools\.arguments\.0\] spec\.arguments/,
  ],
  [
    'the same in an expression',
    argument({ cel: "args.s.matches('^(a+)+$')" }),
    callOf('x', { s: `${bytes}!` }),
    /tools\.arguments\.0\] spec\.arguments/,
  ],
  [
    'an expression that costs without end',
    argument({ cel: bomb }),
    callOf('x', { l: list(300) }),
    /tools\.arguments\.0\] .*cost/,
  ],
  [
    'arguments that are nested without end',
    argument({ schema: { properties: { l: { uniqueItems: true } } } }),
    callOf('x', `{"l": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
    /tools\.arguments\.0\]/,
  ],
  [
    'arguments of prototype keys',
    argument({ cel: 'args.n == 1' }),
    callOf('x', '{"__proto__": {"n": 1}, "constructor": {"prototype": {"n": 1}}}'),
    /tools\.arguments\.0\]/,
  ],
  [
    'ten thousand tools',
    { tools: { deny: [...list(999).map((i) => `big/*_${i}*x`), 'big/*'] } },
    [
      custom(
        'MCPServer',
        'big',
        { transport: 'stdio', command: 'uvx' },
        {},
        { status: { tools: tenThousand.map((name) => ({ name })) } },
      ),
      custom('Agent', 'bot', { llmRef: { name: 'gpt' }, system: 's', mcpServers: [{ name: 'big' }] }),
    ] as unknown as KubeObject[],
    /tools\.deny\] spec\.mcpServers\[0\]\.name: /,
  ],
  ['a letter that looks like another', GITHUB, callOf('dеlete_repo'), /tools\.name\]/],
  ['a letter that does not show', GITHUB, callOf('delete\u200b_repo'), /tools\.name\]/],
  ['a wide letter', GITHUB, callOf('ｄelete_repo'), /tools\.name\]/],
  [
    'a way out of a server',
    { defaultAction: 'Deny', tools: { allow: ['github/issues/*'] } },
    callOf('../shell/exec'),
    /defaultAction\] .*"github\/\.\.\/shell\/exec" is not allowed/,
  ],
  ['a way out of an address', OPENAI, llmAt('https://api.openai.com/v1/../admin'), /llms\.baseURLs\]/],
  ['the same, encoded', OPENAI, llmAt('https://api.openai.com/v1/%2e%2e/admin'), /llms\.baseURLs\]/],
  ['a host that begins like another', OPENAI, llmAt('https://api.openai.com.evil.example/v1/'), /llms\.baseURLs\]/],
  ['a host behind a backslash', OPENAI, llmAt('https://evil.example\\.api.openai.com/v1/'), /llms\.baseURLs\]/],
  ['a host of look-alikes', OPENAI, llmAt('https://api.оpenai.com/v1/'), /llms\.baseURLs\]/],
  ['a way out of a folder', FILES, serverWith(['mcp-files', '--root=/data/../etc']), /mcpServers\.commands\]/],
];

/** Each way to come to a judgement, as text of one line a finding. */
const PLACES: Readonly<Record<string, (policy: AnyPolicy, objects: readonly KubeObject[]) => Promise<string>>> = {
  async engine(policy, objects) {
    const object = objects.at(-1) as unknown as PolicyObject | undefined;
    if (object === undefined)
      return checkPolicy(policy)
        .map(({ field, message }) => `${field}: ${message}`)
        .join('\n');
    const context = aroundObject(finderOver(objects as never), 'team', object);
    const request = { place: 'runtime', operation: 'CREATE', object, namespace: 'team', context, now: NOW } as const;
    return evaluate(compilePolicies([policy]), request)
      .findings.map(({ message }) => message)
      .join('\n');
  },
  async webhook(policy, objects) {
    const object = objects.at(-1);
    const admission = createAdmission({
      policies: object === undefined ? [] : [policy],
      objects: objects.slice(0, -1),
    });
    const ask = createTestRoute({ decide: (request, signal) => validate(request, admission, signal) });
    const request = requestOf(object ?? policy, { user: OPERATOR });
    const { response } = (await ask(JSON.stringify(reviewOf(request)))).review;
    return `${response.allowed}\n${response.status?.message ?? ''}`;
  },
  async 'command line'(policy, objects) {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [policy, ...objects] });
    const { io, out } = fakeIo({ input });
    await runProgram(['policy', 'check', '-'], io);
    // It says the object between rule and field.
    return out().replaceAll(/\] \w+ \S+: /g, '] ');
  },
};

describe('what is hostile, at each place', () => {
  const cases = [
    ...OF_POLICIES.map((each) => [...each, 'of a policy'] as const),
    ...OF_OBJECTS.map((each) => [...each, 'of an object'] as const),
  ];
  for (const [what, spec, objects, said, of] of cases) {
    it(`${what}, ${of}: bounded time and a clear word`, async () => {
      for (const [place, ask] of Object.entries(PLACES)) {
        const spent = processorTime();
        const text = await ask(policyOf(spec), objects);
        const took = spent();
        assert.ok(took < BOUND, `${place} took ${Math.round(took)} ms`);
        assert.match(text, said, place);
        assert.ok(
          text.split('\n').every((line) => line.length < 2500),
          `${place}: a line without end`,
        );
        assert.doesNotMatch(text, /[\u200b\u202e]/, place);
        assert.equal(({} as Record<string, unknown>).n ?? ({} as Record<string, unknown>).tools, undefined);
      }
    });
  }
});
