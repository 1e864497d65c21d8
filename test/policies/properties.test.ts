import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PolicySpec } from '../../api/index.ts';
import { DEFAULT_BASE_URLS, DEFAULT_MODELS } from '../../api/index.ts';
import type { Effect, PolicyRequest, Verdict } from '../../policies/engine/index.ts';
import { evaluate, evaluateUpdate } from '../../policies/engine/index.ts';
import { apiSpec, llmSpec, policySpec, serverSpec, toolCall } from './arbitraries.ts';
import {
  about,
  agent,
  api,
  call,
  clusterPolicy,
  compile,
  exception,
  llm,
  namespacePolicy,
  server,
  task,
} from './support.ts';

const RANK: Record<Effect, number> = { allow: 0, requireApproval: 1, deny: 2 };
const RUNS = { numRuns: 100 };

/** Something to judge, of every kind. */
const judged: fc.Arbitrary<PolicyRequest> = fc
  .record({
    call: toolCall,
    llm: llmSpec,
    server: serverSpec,
    api: apiSpec,
    what: fc.constantFrom('call', 'llm', 'server', 'agent', 'tool'),
    labels: fc.constantFrom({}, { env: 'prod' }, { team: 'x' }),
    name: fc.constantFrom('billing-bot', 'sales-bot'),
  })
  .map(({ what, labels, name, ...made }) => {
    const context = {
      llm: llm(made.llm),
      mcpServers: [server(made.server, 'fetch', ['fetch'])],
      tools: [api(made.api)],
    };
    const who = agent(
      { tools: [{ name: 'orders' }], mcpServers: [{ name: 'fetch' }, { name: 'github' }] },
      { labels },
      name,
    );
    switch (what) {
      case 'call':
        return call(made.call.id, made.call.args, {
          as: who,
          counters: made.call.counters,
          context: { ...context, agent: who },
        })({});
      case 'llm':
        return about(context.llm)({});
      case 'server':
        return about(context.mcpServers[0])({});
      case 'tool':
        return about(context.tools[0])({});
      default:
        return about(who, { context })({});
    }
  });

const named = (specs: readonly PolicySpec[]) => specs.map((spec, i) => clusterPolicy(spec, `p${i}`));
const strictest = (...effects: Effect[]): number => Math.max(...effects.map((effect) => RANK[effect]));

describe('policies, whatever they are', () => {
  it('the strictest wins, and each says the same alone as in company', () => {
    fc.assert(
      fc.property(fc.array(policySpec, { minLength: 1, maxLength: 4 }), judged, (specs, request) => {
        const policies = named(specs);
        const together = evaluate(compile(...policies), request);
        const alone = policies.map((policy) => evaluate(compile(policy), request));
        assert.equal(RANK[together.effect], strictest(...alone.map(({ effect }) => effect)));
        assert.deepEqual(
          together.findings.map(({ message }) => message).sort(),
          alone.flatMap(({ findings }) => findings.map(({ message }) => message)).sort(),
        );
      }),
      RUNS,
    );
  });

  it('a policy of a namespace can only tighten', () => {
    fc.assert(
      fc.property(policySpec, policySpec, judged, (cluster, local, request) => {
        const without = evaluate(compile(clusterPolicy(cluster)), request);
        const { namespaces: _n, namespaceSelector: _s, ...match } = local.match ?? {};
        const set = compile(clusterPolicy(cluster), namespacePolicy({ ...local, match }));
        assert.ok(RANK[evaluate(set, request).effect] >= RANK[without.effect]);
      }),
      RUNS,
    );
  });

  it('their order makes no difference, to the last letter', () => {
    const shuffled = fc
      .array(policySpec, { minLength: 2, maxLength: 5 })
      .chain((specs) =>
        fc.tuple(fc.constant(named(specs)), fc.shuffledSubarray(named(specs), { minLength: specs.length })),
      );
    fc.assert(
      fc.property(shuffled, judged, ([one, other], request) => {
        assert.deepEqual(evaluate(compile(...one), request), evaluate(compile(...other), request));
      }),
      RUNS,
    );
  });

  it('find the same in every place', () => {
    const core = ({ findings, excepted }: Verdict) => ({ findings, excepted });
    fc.assert(
      fc.property(policySpec, judged, (spec, request) => {
        const set = compile(clusterPolicy(spec));
        const verdicts = (['admission', 'runtime', 'background', 'cli'] as const).map((place) =>
          core(evaluate(set, { ...request, place })),
        );
        for (const verdict of verdicts) assert.deepEqual(verdict, verdicts[0]);
      }),
      RUNS,
    );
  });

  it('exceptions take findings away, and never add any', () => {
    fc.assert(
      fc.property(policySpec, judged, fc.integer({ min: -1, max: 1 }), (spec, request, offset) => {
        const rules = ['defaultAction', 'tools.deny', 'tools.requireApproval', 'llms.allow', 'named', 'small'];
        const given = exception({
          policies: [{ kind: 'ClusterAgentPolicy', name: 'production', rules }],
          expiresAt: new Date(request.now + offset).toISOString(),
        });
        const set = compile(clusterPolicy(spec));
        const before = evaluate(set, request);
        const after = evaluate(set, { ...request, exceptions: [given] });
        assert.ok(RANK[after.effect] <= RANK[before.effect]);
        assert.equal(after.findings.length + after.excepted.length, before.findings.length);
        if (offset <= 0) assert.equal(after.excepted.length, 0);
      }),
      RUNS,
    );
  });

  it('let an update pass that changes nothing', () => {
    fc.assert(
      fc.property(policySpec, judged, (spec, request) => {
        const { verdict } = evaluateUpdate(compile(clusterPolicy(spec)), {
          ...request,
          operation: 'UPDATE',
          oldObject: request.object,
        });
        assert.deepEqual(verdict.findings, []);
        assert.equal(verdict.effect, 'allow');
      }),
      RUNS,
    );
  });
});

describe('omission never bypasses', () => {
  /** What is found, without how it is worded. */
  const found = ({ effect, findings }: Verdict) => ({
    effect,
    findings: findings.map(({ policy, rule, value, via, action }) => ({ policy, rule, value, via, action })),
  });
  const same = (spec: PolicySpec, one: PolicyRequest, other: PolicyRequest): void => {
    const set = compile(clusterPolicy(spec));
    assert.deepEqual(found(evaluate(set, one)), found(evaluate(set, other)));
  };

  it('of an LLM: model, address and temperature that are used', () => {
    fc.assert(
      fc.property(policySpec, llmSpec, (spec, given) => {
        const { provider, parameters } = given as { provider: 'openai'; parameters?: object };
        const written = {
          ...given,
          parameters: {
            model: DEFAULT_MODELS[provider],
            baseUrl: DEFAULT_BASE_URLS[provider],
            temperature: '1',
            ...parameters,
          },
        };
        same(spec, about(llm(given))({}), about(llm(written))({}));
        const through = (it: object) => about(agent(), { context: { llm: llm(it) } })({});
        same(spec, through(given), through(written));
      }),
      RUNS,
    );
  });

  it('of an MCPServer: arguments and variables; of a Tool: the method', () => {
    fc.assert(
      fc.property(policySpec, serverSpec, apiSpec, (spec, given, http) => {
        const { transport } = given as { transport: string };
        const written = transport === 'stdio' ? { args: [], env: [], ...given } : { headers: [], ...given };
        same(spec, about(server(given))({}), about(server(written))({}));
        same(spec, about(api(http))({}), about(api({ method: 'GET', ...http }))({}));
      }),
      RUNS,
    );
  });

  it('of an Agent: tools and servers; of a Task: goal and history; of a call: its arguments', () => {
    const labels = fc.constantFrom({}, { env: 'prod' });
    fc.assert(
      fc.property(policySpec, labels, fc.constantFrom('github/read', 'fetch/fetch', 'builtin/add'), (spec, own, id) => {
        const written = { tools: [], mcpServers: [] };
        same(spec, about(agent({}, { labels: own }))({}), about(agent(written, { labels: own }))({}));
        same(spec, about(agent())({}), about(agent({}, { labels: {}, annotations: {} }))({}));
        same(spec, about(task())({}), about(task({ goal: '', everythingThatHappenedSoFar: [] }))({}));
        // A tool whose arguments are left out is called with {}.
        same(spec, call(id, '')({}), call(id, '{}')({}));
      }),
      RUNS,
    );
  });

  it('of a policy: mode, approval, exceptions and what rules do', () => {
    fc.assert(
      fc.property(policySpec, judged, (spec, request) => {
        const written = {
          ...spec,
          mode: spec.mode ?? 'Enforce',
          approval: { minApprovals: 1, notRequester: true, allowServiceAccounts: false, ...spec.approval },
          exceptions: { allow: false, ...spec.exceptions },
          severity: 'high',
          ...(spec.rules === undefined ? {} : { rules: spec.rules.map((rule) => ({ action: 'Deny', ...rule })) }),
        } as PolicySpec;
        const asked = { ...request, exceptions: [exception({})] };
        const verdict = (each: PolicySpec): Verdict => evaluate(compile(clusterPolicy(each)), asked);
        assert.deepEqual(verdict(written), verdict(spec));
      }),
      RUNS,
    );
  });
});
