import assert from 'node:assert/strict';
import type { PolicySpec } from '../../api/index.ts';
import type { PolicyProblem } from '../../policies/engine/index.ts';
import { compilePolicies, evaluate } from '../../policies/engine/index.ts';
import { about, agent, call, clusterPolicy, compile, namespacePolicy, rulesOf } from './support.ts';

const problems = (spec: object): readonly PolicyProblem[] => compile(clusterPolicy(spec as PolicySpec)).problems;

describe('compiling policies', () => {
  const errors: [why: string, spec: object, field: string, message: RegExp][] = [
    ['an unknown field', { tools: { alow: ['a/*'] } }, 'spec.tools.alow', /no field of a policy/],
    ['a wrong type', { tools: { allow: 'a/*' } }, 'spec.tools.allow', /must be of type array/],
    ['an unknown mode', { mode: 'Enforced' }, 'spec.mode', /supported values: "Enforce"/],
    ['a pattern without slash', { tools: { deny: ['a/*', 'shell'] } }, 'spec.tools.deny[1]', /no slash/],
    ['an agent of no possible name', { match: { agents: ['Billing'] } }, 'spec.match.agents[0]', /can match nothing/],
    [
      'an unknown provider',
      { llms: { allow: ['gpt-4o', 'mistral/*'] } },
      'spec.llms.allow[1]',
      /providers are openai, anthropic/,
    ],
    ['an address without scheme', { llms: { baseURLs: ['api.openai.com'] } }, 'spec.llms.baseURLs[0]', /no URL/],
    [
      'an image without registry',
      { mcpServers: { images: ['fetch:*'] } },
      'spec.mcpServers.images[0]',
      /docker\.io\/library/,
    ],
    [
      'a host with scheme',
      { secrets: { allow: [{ name: 'a', hosts: ['https://x'] }] } },
      'spec.secrets.allow[0].hosts[0]',
      /no host/,
    ],
    [
      'a host with path among those to reach',
      { mcpServers: { egress: { hosts: ['api.example.com/v1'] } } },
      'spec.mcpServers.egress.hosts[0]',
      /no host/,
    ],
    [
      'a network that is none',
      { containers: { egress: { networks: [{ cidr: '10.0.0.0' }] } } },
      'spec.containers.egress.networks[0].cidr',
      /must be a network/,
    ],
    [
      'a taint in another language of patterns',
      { mcpServers: { podTemplate: { tolerations: [{ key: 'gpu?' }] } } },
      'spec.mcpServers.podTemplate.tolerations[0].key',
      /has "\?": "\*" is the only wildcard/,
    ],
    [
      'a ServiceAccount that cannot be',
      { containers: { podTemplate: { serviceAccountNames: ['system:*'] } } },
      'spec.containers.podTemplate.serviceAccountNames[0]',
      /can match nothing/,
    ],
    [
      'a proxy without scheme',
      { mcpServers: { podTemplate: { proxies: ['proxy.internal:3128'] } } },
      'spec.mcpServers.podTemplate.proxies[0]',
      /no URL/,
    ],
    [
      'both cel and schema',
      { tools: { arguments: [{ tools: ['a/b'], cel: 'true', schema: {} }] } },
      'spec.tools.arguments[0]',
      /exactly one/,
    ],
    [
      'a rule for a kind that the policy is not about',
      { match: { kinds: ['Agent'] }, rules: [{ name: 'r', expression: 'true', kinds: ['Tool'] }] },
      'spec.rules[0].kinds[0]',
      /can match nothing/,
    ],
    [
      'a rule that is never asked',
      { match: { kinds: ['Agent'] }, rules: [{ name: 'r', expression: 'args.n == 1' }] },
      'spec.rules[0].expression',
      /never asked/,
    ],
    [
      'a schema that is none',
      { tools: { arguments: [{ tools: ['a/b'], schema: { type: 'strin' } }] } },
      'spec.tools.arguments[0].schema',
      /no JSON Schema/,
    ],
    [
      'a schema with a misspelt keyword',
      { tools: { arguments: [{ tools: ['a/b'], schema: { maxLenght: 1 } }] } },
      'spec.tools.arguments[0].schema',
      /unknown keyword: "maxLenght"/,
    ],
    [
      'a schema with a pattern that RE2 has not',
      { tools: { arguments: [{ tools: ['a/b'], schema: { pattern: '(?=x)' } }] } },
      'spec.tools.arguments[0].schema',
      /invalid or unsupported Perl syntax/,
    ],
    [
      'a message that is no text',
      { rules: [{ name: 'r', expression: 'true', messageExpression: '1' }] },
      'spec.rules[0].messageExpression',
      /must give a string/,
    ],
    [
      'an argument rule for no tool',
      { tools: { arguments: [{ tools: [], cel: 'true' }] } },
      'spec.tools.arguments[0].tools',
      /names no tool/,
    ],
  ];
  for (const [why, spec, field, message] of errors) {
    it(`refuses ${why}, and denies what the policy is about until it is mended`, () => {
      const found = problems(spec).filter(({ level }) => level === 'error');
      const first = found.find((problem) => problem.field === field);
      assert.match(first?.message ?? JSON.stringify(found), message);
      const set = compile(clusterPolicy(spec as PolicySpec));
      const kinds = (spec as PolicySpec).match?.kinds;
      const verdict = evaluate(set, kinds === undefined ? call('a/b')({}) : about(agent())({}));
      if ((spec as PolicySpec).match?.agents !== undefined) return;
      assert.equal(verdict.effect, 'deny');
      assert.deepEqual(rulesOf(verdict), ['policyInvalid']);
      assert.match(verdict.decidedBy?.message ?? '', /the policy itself is invalid/);
    });
  }

  const expressions: [expression: string, message: RegExp, line: number, column: number][] = [
    ['object.spec.system ==', /Syntax error/, 1, 22],
    ["agnet.metadata.name == 'x'", /undeclared reference to 'agnet'/, 1, 1],
    ["1 == 'x'", /found no matching overload/, 1, 3],
    ['true &&\n  size(object)', /expected type 'bool' but found 'int'/, 2, 7],
    ["'x'", /must give a bool/, 1, 1],
    ['object.spec.sytem.size() > 0', /object\.spec\.sytem: there is no such field/, 1, 12],
    ['has(agent.spec.toolz)', /agent\.spec\.toolz: there is no such field/, 1, 4],
  ];
  for (const [expression, message, line, column] of expressions) {
    it(`says where an expression is wrong: ${JSON.stringify(expression)}`, () => {
      const [problem] = problems({ rules: [{ name: 'r', kinds: ['Agent'], expression }] });
      assert.match(problem?.message ?? '', message);
      assert.deepEqual([problem?.field, problem?.line, problem?.column], ['spec.rules[0].expression', line, column]);
    });
  }

  it('warns of fields that some kinds lack, and of an allow list that limits nothing', () => {
    const [unguarded] = problems({ rules: [{ name: 'r', expression: 'object.spec.system.size() > 3' }] });
    assert.equal(unguarded?.level, 'warning');
    assert.match(unguarded?.message ?? '', /LLM, .* have no such field/);
    assert.deepEqual(
      problems({ rules: [{ name: 'r', expression: '!has(object.spec.system) || object.metadata.name != "x"' }] }),
      [],
    );
    assert.match(problems({ tools: { allow: ['a/*'] } })[0]?.message ?? '', /limits nothing/);
  });

  it('tells all mistakes at once: of its shape, its patterns, its schemas, and each of an expression', () => {
    const told = problems({
      mode: 'Enforced',
      tolls: { allow: ['x/*'] },
      tools: {
        allow: ['fetch', '?bad/x', 'fetch/*'],
        arguments: [
          { tools: 3, cel: 'args.x' },
          { tools: ['fetch/fetch'], cel: 'argz.url == foo' },
          { tools: ['fetch/fetch'], schema: { type: 'strin' } },
        ],
      },
      limits: { maxTurns: 'lots', maxDuration: '3 fortnights' },
      llms: { allow: ['openai/*', 7], baseURLs: ['htp:/x'] },
      secrets: { allow: [{ hosts: ['https://x'] }, { name: 'a', hosts: ['https://y'] }] },
      rules: [
        { expression: 'object.spec.x' },
        { name: 'r', kinds: ['Agent'], expression: "1 + 'x' == 2", when: 'object.' },
      ],
    });
    assert.deepEqual(
      told.map(({ field, column }) => (column === undefined ? field : `${field} ${column}`)).sort(),
      [
        'spec.llms.allow[1]',
        'spec.llms.baseURLs[0]',
        'spec.limits.maxDuration',
        'spec.limits.maxTurns',
        'spec.mode',
        'spec.rules[0].name',
        'spec.rules[1].expression 3',
        'spec.rules[1].when 8',
        'spec.secrets.allow[0].name',
        'spec.secrets.allow[1].hosts[0]',
        'spec.tolls',
        'spec.tools.allow[0]',
        'spec.tools.allow[1]',
        'spec.tools.arguments[0].tools',
        'spec.tools.arguments[1].cel 1',
        'spec.tools.arguments[1].cel 13',
        'spec.tools.arguments[2].schema',
      ].sort(),
    );
  });

  it('lets a broken policy deny only what it is about, by its mode', () => {
    const bad = { tools: { deny: ['x'] } };
    const effect = (spec: object): string =>
      evaluate(compile(clusterPolicy(spec as PolicySpec)), call('a/b')({})).effect;
    assert.equal(effect(bad), 'deny');
    assert.equal(effect({ ...bad, match: { agents: ['sales-*'] } }), 'allow');
    assert.equal(effect({ ...bad, match: { agents: [7] } }), 'deny', 'what it is about cannot be read');
    assert.equal(effect({ ...bad, mode: 'Warn' }), 'allow');
    assert.equal(evaluate(compile(namespacePolicy(bad as PolicySpec, 'p', 'team-b')), call('a/b')({})).effect, 'allow');
  });

  it('denies what asks for parameters that are not there', () => {
    const set = compile(
      clusterPolicy({
        params: { configMapRef: { name: 'gone', namespace: 'platform' } },
        rules: [{ name: 'r', expression: "args.host == params['host']" }],
      }),
    );
    assert.deepEqual(rulesOf(evaluate(set, call('a/b', { host: 'x' })({}))), ['r']);
  });

  it('gives the same digest for the same policies in any order, and another for others', () => {
    const one = clusterPolicy({ tools: { deny: ['a/*'] } }, 'one');
    const two = clusterPolicy({ tools: { deny: ['b/*'] } }, 'two');
    const status = { ...two, metadata: { ...two.metadata, resourceVersion: '7', labels: { a: 'b' } }, status: {} };
    assert.equal(compile(one, two).digest, compile(status, one).digest);
    assert.notEqual(compile(one, two).digest, compile(one).digest);
    assert.match(compile().digest, /^sha256:[0-9a-f]{64}$/);
  });

  it('takes what has not changed from the set before', () => {
    const one = clusterPolicy({ tools: { deny: ['a/*'] } }, 'one');
    const before = compilePolicies([one, clusterPolicy({}, 'two')]);
    const after = compilePolicies([structuredClone(one), clusterPolicy({ mode: 'Warn' }, 'two')], { previous: before });
    assert.equal(after.policies[0], before.policies[0]);
    assert.notEqual(after.policies[1], before.policies[1]);
  });

  it('names the rules of a policy, for coverage', () => {
    const [policy] = compile(
      clusterPolicy({
        defaultAction: 'Deny',
        llms: { allow: ['openai/*'] },
        rules: [{ name: 'r', expression: 'true' }],
      }),
    ).policies;
    for (const rule of ['defaultAction', 'llms.allow', 'r']) assert.ok(policy?.rules.includes(rule), rule);
    assert.ok(!policy?.rules.includes('llms.deny'));
    assert.ok(!policy?.rules.includes('tools.deny'));
  });
});
