import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PolicySpec } from '../../api/index.ts';
import { compileGlob } from '../../policies/engine/glob.ts';
import { checkPolicy, evaluate, evaluateToolCall } from '../../policies/engine/index.ts';
import { createArgumentSchemaCompiler } from '../../policies/engine/jsonschema.ts';
import { findSecret } from '../../policies/engine/secretpatterns.ts';
import { processorTime } from '../support/processorTime.ts';
import { policySpec } from './arbitraries.ts';
import { about, agent, ask, call, clusterPolicy, compile, NOW, rulesOf, server, tool } from './support.ts';

/** Of processor time. Generous: what it is to catch takes minutes, or for ever. */
function within(milliseconds: number, task: () => void): void {
  const spent = processorTime();
  task();
  const took = spent();
  assert.ok(took < milliseconds, `took ${Math.round(took)} ms`);
}

const argument = (rule: object): PolicySpec => ({ tools: { arguments: [{ tools: ['a/b'], ...rule }] } }) as PolicySpec;

describe('hostile patterns', () => {
  it('of stars take linear time', () => {
    const glob = compileGlob(`${'*a'.repeat(200)}*b`);
    const sawtooth = compileGlob(`*${'a'.repeat(200)}b*${'a'.repeat(200)}c*`);
    within(2000, () => {
      assert.equal(glob.test('a'.repeat(500_000)), false);
      assert.equal(sawtooth.test('a'.repeat(500_000)), false);
    });
  });

  it('in schemas and expressions take linear time', () => {
    const text = JSON.stringify({ s: `${'a'.repeat(50_000)}!` });
    within(2000, () => {
      const schema = argument({ schema: { properties: { s: { pattern: '^(a+)+$' } } } });
      assert.equal(ask(schema, call('a/b', text)).effect, 'deny');
      assert.equal(ask(argument({ cel: "args.s.matches('^(a+)+$')" }), call('a/b', text)).effect, 'deny');
    });
  });

  it('that look for secrets take linear time', () => {
    within(2000, () => {
      for (const unit of ['sk-', 'eyJa', 'password:', 'https://a:', '-----BEGIN RSA ', 'xoxb-', 'AKIA0', 'a', ' ']) {
        findSecret(unit.repeat(Math.ceil(300_000 / unit.length)));
      }
    });
  });
});

describe('hostile expressions', () => {
  it('that cost without end are stopped, and deny', () => {
    const bomb = 'args.l.all(a, args.l.all(b, args.l.all(c, args.l.all(d, a + b + c + d >= 0))))';
    const numbers = JSON.stringify({ l: Array.from({ length: 300 }, (_, i) => i) });
    within(5000, () => {
      const verdict = ask(argument({ cel: bomb }), call('a/b', numbers));
      assert.equal(verdict.effect, 'deny');
      assert.match(verdict.decidedBy?.message ?? '', /cost/);
    });
  });

  it('in great number share one budget', () => {
    const rules = Array.from({ length: 100 }, (_, i) => ({
      name: `r${i}`,
      expression: 'args.l.all(a, args.l.all(b, a + b >= 0))',
    }));
    const numbers = JSON.stringify({ l: Array.from({ length: 2000 }, (_, i) => i) });
    within(5000, () => assert.equal(ask({ rules }, call('a/b', numbers)).effect, 'deny'));
  });

  it('that grow texts or nest deeply are refused or stopped', () => {
    const doubling = `${'['.repeat(0)}${Array.from({ length: 40 }, () => '[1,2].map(x, ').join('')}'x'${')'.repeat(40)} == []`;
    const deep = `${'('.repeat(4000)}true${')'.repeat(4000)}`;
    const long = `${"'a' + ".repeat(1500)}'a' == args.s`;
    within(10_000, () => {
      for (const cel of [doubling, deep, long]) {
        const set = compile(clusterPolicy(argument({ cel })));
        assert.equal(evaluate(set, call('a/b', { s: 'x' })({})).effect, 'deny');
      }
    });
  });
});

describe('hostile schemas', () => {
  const schemas = createArgumentSchemaCompiler();
  const refused: [why: string, schema: unknown, message: RegExp][] = [
    ['a file', { $ref: 'file:///etc/passwd' }, /leads out of the schema/],
    ['a URL', { properties: { a: { $ref: 'https://evil.example/schema' } } }, /leads out of the schema/],
    ['a sibling', { $ref: 'other.json#/a' }, /leads out of the schema/],
    ['nothing', { $ref: '#/$defs/gone' }, /leads nowhere/],
    ['the prototype', { $ref: '#/constructor/prototype' }, /leads nowhere/],
    ['itself', { properties: { a: { $ref: '#' } } }, /recursive/],
    ['a circle', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, /recursive/],
    ['an anchor', { $ref: '#a', $defs: { a: { $anchor: 'a' } } }, /path such as|not supported/],
    ['a dynamic place', { $dynamicRef: '#a' }, /not supported/],
    ['bad encoding', { $ref: '#/%E0%A4%A' }, /not well encoded/],
  ];
  for (const [why, schema, message] of refused) {
    it(`with a reference to ${why} are refused`, () => {
      const compiled = schemas.compile(schema);
      assert.match('problem' in compiled ? compiled.problem : 'compiled', message);
    });
  }

  it('that are none are refused, in either dialect', () => {
    for (const dialect of [{}, { $schema: 'http://json-schema.org/draft-07/schema#' }]) {
      for (const wrong of [{ multipleOf: -1 }, { required: ['a', 'a'] }]) {
        const compiled = schemas.compile({ ...dialect, ...wrong });
        assert.match(
          'problem' in compiled ? compiled.problem : 'compiled',
          /is no JSON Schema: schema is invalid: data\//,
        );
      }
    }
  });

  it('that multiply by references, are too deep or too large are refused in bounded time', () => {
    const laughs: Record<string, unknown> = { l0: { type: 'string' } };
    for (let i = 1; i < 40; i++) {
      laughs[`l${i}`] = { anyOf: Array.from({ length: 10 }, () => ({ $ref: `#/$defs/l${i - 1}` })) };
    }
    let deep: object = { type: 'string' };
    for (let i = 0; i < 100_000; i++) deep = { not: deep };
    const large = { enum: Array.from({ length: 100_000 }, (_, i) => i) };
    within(3000, () => {
      for (const schema of [
        { $ref: '#/$defs/l39', $defs: laughs },
        deep,
        large,
        { $async: true },
        [],
        'x',
        null,
        true,
      ]) {
        assert.ok('problem' in schemas.compile(schema));
      }
    });
  });

  it('say no to arguments that would take too long', () => {
    const unique = argument({ schema: { properties: { l: { uniqueItems: true } } } });
    const objects = JSON.stringify({ l: Array.from({ length: 50_000 }, (_, i) => ({ i })) });
    const wide = argument({
      schema: {
        properties: {
          l: { items: { anyOf: Array.from({ length: 999 }, (_, i) => ({ type: 'object', title: `${i}` })) } },
        },
      },
    });
    const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    within(3000, () => {
      assert.equal(ask(unique, call('a/b', objects)).effect, 'deny');
      // They fit: so many values under so wide a schema are not looked at.
      assert.equal(ask(wide, call('a/b', objects)).effect, 'deny');
      assert.equal(ask(unique, call('a/b', `{"l": ${nested}}`)).effect, 'deny');
    });
  });

  it('do not reach each other by their ids', () => {
    const own = schemas.compile({ $id: 'https://x.example/a', properties: { a: { type: 'string' } } });
    assert.ok('nodes' in own);
    assert.ok('problem' in schemas.compile({ $ref: 'https://x.example/a' }));
    for (let i = 0; i < 300; i++) {
      const same = schemas.compile({ $id: 'https://x.example/a', properties: { a: { type: 'integer', maximum: i } } });
      assert.ok('nodes' in same && same.check({ a: i }) === undefined && same.check({ a: i + 1 }) !== undefined);
    }
    assert.equal(own.check({ a: 'x' }), undefined);
  });

  it('see own properties only', () => {
    const schema = argument({ schema: { required: ['constructor'] } });
    assert.equal(ask(schema, call('a/b', '{}')).effect, 'deny');
    assert.equal(ask(schema, call('a/b', '{"constructor": 1}')).effect, 'allow');
    const closed = argument({ schema: { properties: { a: {} }, additionalProperties: false } });
    assert.equal(ask(closed, call('a/b', '{"__proto__": {"a": 1}}')).effect, 'deny');
  });
});

describe('hostile names', () => {
  const strict: PolicySpec = { tools: { deny: ['*/delete_*'], allow: ['github/*'] }, defaultAction: 'Deny' };

  it('that look like others count only where a list has them exactly', () => {
    for (const id of [
      'github/dеlete_repo',
      'github/delete\u200b_repo',
      'github/ｄelete_repo',
      'github/del\u202eete',
      'github/a\nb',
      'github/a b',
    ]) {
      const verdict = ask(strict, call(id));
      assert.equal(verdict.effect, 'deny', id);
      assert.equal(verdict.decidedBy?.rule, 'tools.name');
      assert.ok(!/[\u200b\u202e\n]/.test(verdict.decidedBy?.message ?? ''), 'nothing hidden in the message');
    }
    const exact: PolicySpec = { tools: { allow: ['github/søk'] }, defaultAction: 'Deny' };
    assert.equal(ask(exact, call('github/søk')).effect, 'allow');
    assert.equal(ask(exact, call('github/søke')).effect, 'deny');
    assert.equal(ask({}, call('github/søk')).effect, 'allow', 'who says nothing of tools says nothing of names');
  });

  it('of servers do not pass for tools of the program', () => {
    const spoofed = { tool: { kind: 'MCPServer', server: 'builtin', name: 'add' } as const, arguments: '{}' };
    const set = compile(clusterPolicy({ tools: { allow: ['builtin/*'] }, defaultAction: 'Deny' }));
    const verdict = evaluateToolCall(set, { agent: agent(), ...spoofed, now: NOW });
    assert.deepEqual(rulesOf(verdict), ['tools.name']);
    const judged = agent({ mcpServers: [{ name: 'builtin' }] });
    assert.deepEqual(
      rulesOf(evaluate(set, about(judged, { context: { mcpServers: [server({}, 'builtin', ['add'])] } })({}))),
      ['tools.name'],
    );
  });

  it('of prototype keys are names like any other', () => {
    const text = '{"__proto__": {"n": 1}, "constructor": {"prototype": {"polluted": true}}}';
    assert.equal(ask(argument({ cel: 'args.n == 1' }), call('a/b', text)).effect, 'deny');
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    const labels = JSON.parse('{"__proto__": {"team": "x"}}');
    assert.equal(
      ask({ require: { labels: ['team', 'constructor'] } }, about(agent({}, { labels }))).findings.length,
      2,
    );
    for (const id of ['__proto__/x', 'constructor/toString', 'toString/__proto__']) {
      assert.equal(ask({ defaultAction: 'Deny' }, call(id)).effect, 'deny');
    }
    const object = JSON.parse('{"kind": "__proto__", "metadata": {"name": "x"}, "spec": {"__proto__": {"system": 1}}}');
    assert.equal(ask({ tools: { deny: ['*'] } }, about(object)).effect, 'allow');
  });
});

describe('hostile amounts', () => {
  it('of tools are judged in bounded time', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `tool_${i}`);
    const big = server({}, 'big', names);
    const judged = agent({
      mcpServers: [{ name: 'big' }],
      tools: Array.from({ length: 128 }, (_, i) => ({ name: `t${i}` })),
    });
    const tools = Array.from({ length: 10_000 }, (_, i) => tool({ execute: { builtin: { name: 'add' } } }, `t${i}`));
    const deny = Array.from({ length: 999 }, (_, i) => `big/*_${i}*x`);
    within(5000, () => {
      const verdict = ask(
        { tools: { deny: [...deny, 'big/*'] } },
        about(judged, { context: { mcpServers: [big], tools } }),
      );
      assert.deepEqual(
        verdict.findings.map(({ value }) => value),
        ['big/*'],
      );
    });
  });

  it('of networks and hosts are judged in bounded time', () => {
    const ports = Array.from({ length: 32 }, (_, i) => ({ port: 1 + 2 * i, endPort: 2 + 2 * i }));
    const egress = Array.from({ length: 64 }, (_, i) => ({ cidr: `10.${i}.0.0/16`, ports }));
    const egressHosts = Array.from({ length: 64 }, (_, i) => ({
      host: `*.${'a.'.repeat(100)}h${i}`,
      ports: Array.from({ length: 16 }, (_, k) => 1 + k),
    }));
    const networks = egress.map(({ cidr }) => ({ cidr, ports: ports.map((each) => ({ ...each, protocol: 'UDP' })) }));
    const patterns = Array.from({ length: 256 }, (_, i) => `**.a*a*a*${i}:*`);
    within(5000, () => {
      const verdict = ask(
        { mcpServers: { egress: { networks: networks as never, hosts: patterns } } },
        about(server({ egress, egressHosts })),
      );
      assert.equal(verdict.findings.length, 64 * 32 + 64 * 16);
    });
  });

  it('and shapes of policies are refused, not fatal', () => {
    let deep: unknown = {};
    for (let i = 0; i < 200_000; i++) deep = { deep };
    const shapes: unknown[] = [
      null,
      7,
      'policy',
      [],
      {},
      { kind: 'ClusterAgentPolicy' },
      { kind: 'ClusterAgentPolicy', metadata: null, spec: null },
      { kind: 'AgentPolicy', metadata: { name: 7, namespace: [] }, spec: { rules: 'x' } },
      clusterPolicy(deep as PolicySpec),
      clusterPolicy({ tools: { allow: Array.from({ length: 300_000 }, () => 'a/b') } }),
      clusterPolicy(JSON.parse('{"__proto__": {"tools": {"deny": ["*"]}}}')),
      clusterPolicy({ rules: [{ name: 'r', expression: 'x'.repeat(20_000) }] }),
    ];
    within(10_000, () => {
      for (const shape of shapes) {
        const problems = checkPolicy(shape as never);
        assert.ok(
          problems.some(({ level }) => level === 'error'),
          `shape ${shapes.indexOf(shape)}`,
        );
      }
    });
  });

  it('of mistakes in one policy are all told, wherever they are and whatever stands there', () => {
    const previous = compile();
    const junk = fc.constantFrom<unknown>(null, 7, '', 'x', [], {}, [null], { name: null }, [{ name: 7 }, 'y'], true);
    const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
      typeof value !== 'object' || value === null
        ? [path]
        : [path, ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))];
    fc.assert(
      fc.property(policySpec, fc.array(fc.tuple(fc.nat(), junk), { maxLength: 4 }), (spec, spoils) => {
        const spoilt = structuredClone({ ...spec, rules: [{ name: 'last', expression: "1 + 'x' == 2" }] }) as object;
        for (const [number, value] of spoils) {
          const all = places(spoilt).filter(([section]) => section !== undefined && section !== 'rules');
          const path = all[number % Math.max(1, all.length)];
          if (path === undefined) continue;
          let at = spoilt as Record<string, unknown>;
          for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
          at[path.at(-1) as string] = structuredClone(value);
        }
        const problems = checkPolicy(clusterPolicy(spoilt as PolicySpec), { previous });
        assert.ok(problems.some(({ field }) => field === 'spec.rules[0].expression'));
      }),
      { numRuns: Number(process.env.KUBECHAIN_WORLDS ?? 100) },
    );
  });

  it('and shapes of objects are judged, not fatal', () => {
    const podTemplate = {
      serviceAccountNames: ['a'],
      runtimeClassNames: ['a'],
      nodeSelector: { constructor: 'a', __proto__: 'a' },
      tolerations: [{ key: 'a', value: 'b' }],
      proxies: ['http://x/'],
      caBundles: [],
    };
    const spec: PolicySpec = {
      defaultAction: 'Deny',
      llms: { allow: ['openai/*'], baseURLs: ['https://api.openai.com/'], maxTokens: 5 },
      mcpServers: {
        commands: [{ command: 'uvx' }],
        urls: ['https://x/'],
        images: ['ghcr.io/*'],
        egress: { networks: [{ cidr: '10.0.0.0/8' }], hosts: ['**.example.com'], privateHosts: ['x'] },
        podTemplate,
        env: { allow: ['A'], denyLiteralSecrets: true },
      },
      containers: { images: ['ghcr.io/*'], egress: { networks: [] }, podTemplate },
      secrets: { allow: [{ name: 'x' }] },
      prompts: { maxBytes: 5, denySecretPatterns: true },
      require: { labels: ['team'], provenance: true },
      rules: [{ name: 'r', expression: "object.spec.provider.contains('x')" }],
    };
    const junk = [null, 7, 'x', [], {}, [null], { name: null }, [{ name: 7 }], { secretKeyRef: [] }];
    for (const kind of [
      'Agent',
      'LLM',
      'MCPServer',
      'Tool',
      'ContactChannel',
      'Task',
      'TaskRun',
      'TaskRunToolCall',
      'Nothing',
      7,
      null,
    ]) {
      for (const value of junk) {
        const fields = [
          'llmRef',
          'system',
          'tools',
          'mcpServers',
          'parameters',
          'provider',
          'apiKeyFrom',
          'transport',
          'env',
        ];
        const more = [
          'headers',
          'args',
          'command',
          'url',
          'execute',
          'message',
          'everythingThatHappenedSoFar',
          'tool',
          'arguments',
          'egress',
          'egressHosts',
          'podTemplate',
        ];
        const filled = Object.fromEntries([...fields, ...more].map((name) => [name, value]));
        const template = Object.fromEntries(
          ['serviceAccountName', 'runtimeClassName', 'nodeSelector', 'tolerations', 'proxy', 'caBundle'].map((name) => [
            name,
            value,
          ]),
        );
        const container = { env: value, podTemplate: template };
        for (const object of [
          { kind, spec: { transport: 'stdio', podTemplate: template } },
          { kind, spec: { execute: { container } } },
          { kind, metadata: value, spec: filled },
          { kind, spec: value },
          { kind, status: value },
        ]) {
          ask(spec, about(object));
        }
      }
    }
  });
});
