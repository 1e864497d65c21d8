import assert from 'node:assert/strict';
import type { AgentPolicyException, PolicySpec } from '../../api/index.ts';
import type { PolicyRequest } from '../../policies/engine/index.ts';
import {
  checkLimits,
  durationMs,
  effectiveLimits,
  evaluate,
  evaluateModelCall,
  evaluateToolCall,
  evaluateUpdate,
  exceptionState,
  explain,
  parseToolId,
} from '../../policies/engine/index.ts';
import {
  about,
  agent,
  api,
  ask,
  call,
  clusterPolicy,
  compile,
  exception,
  llm,
  NOW,
  namespacePolicy,
  rulesOf,
  server,
  task,
  tool,
} from './support.ts';

const none: PolicySpec = {};
const request = (question: (spec: PolicySpec) => PolicyRequest): PolicyRequest => question(none);

describe('verdict: what becomes of tools', () => {
  const table: [spec: PolicySpec, id: string, effect: string, rule?: string][] = [
    [{}, 'a/b', 'allow'],
    [{ tools: { allow: ['x/*'] } }, 'a/b', 'allow'],
    [{ tools: { allow: ['x/*'] }, defaultAction: 'Deny' }, 'a/b', 'deny', 'defaultAction'],
    [{ tools: { allow: ['a/*'] }, defaultAction: 'Deny' }, 'a/b', 'allow'],
    [{ tools: { allow: ['a/*'], deny: ['*/b'] } }, 'a/b', 'deny', 'tools.deny'],
    [{ tools: { allow: ['a/b'], requireApproval: ['a/*'] } }, 'a/b', 'requireApproval', 'tools.requireApproval'],
    [{ tools: { deny: ['a/b'], requireApproval: ['a/*'] } }, 'a/b', 'deny', 'tools.deny'],
    [{ defaultAction: 'RequireApproval' }, 'a/b', 'requireApproval', 'defaultAction'],
    [{ tools: { deny: ['a/*'] } }, 'a/b/c', 'deny', 'tools.deny'],
    [{ tools: { deny: ['a/b/*'] } }, 'a/b/c', 'deny', 'tools.deny'],
    [{ tools: { deny: ['*'] } }, 'a/b', 'deny', 'tools.deny'],
    [{ tools: { deny: ['a/B'] } }, 'a/b', 'allow'],
    [{ tools: { deny: ['agent/*'] } }, 'agent/helper', 'deny', 'tools.deny'],
    [{ tools: { deny: ['human/*'] } }, 'human/ops', 'deny', 'tools.deny'],
  ];
  for (const [spec, id, effect, rule] of table) {
    it(`${id} under ${JSON.stringify(spec)}: ${effect}`, () => {
      const verdict = ask(spec, call(id));
      assert.equal(verdict.effect, effect);
      assert.equal(verdict.decidedBy?.rule, rule);
    });
  }

  it('knows a Tool by what it executes, too', () => {
    const adder = tool({ execute: { builtin: { name: 'add' } } }, 'sums');
    const helper = tool({ agentRef: { name: 'helper' } }, 'ask-helper');
    const asked = (name: string, spec: PolicySpec) => {
      const object = {
        kind: 'TaskRunToolCall',
        metadata: { namespace: 'team-a' },
        spec: { tool: { kind: 'Tool', name } },
      };
      return ask(spec, about(object, { place: 'runtime', context: { agent: agent(), tools: [adder, helper] } })).effect;
    };
    assert.equal(asked('sums', { tools: { deny: ['builtin/add'] } }), 'deny');
    assert.equal(asked('sums', { tools: { deny: ['tool/sums'] } }), 'deny');
    assert.equal(asked('sums', { tools: { allow: ['builtin/*'] }, defaultAction: 'Deny' }), 'allow');
    assert.equal(asked('ask-helper', { tools: { deny: ['agent/*'] } }), 'deny');
    assert.equal(asked('gone', { tools: { deny: ['agent/*'] } }), 'deny', 'nobody knows what it executes');
  });

  it('says which policy, rule and pattern decided, what is allowed and how to mend it, on one line', () => {
    const spec: PolicySpec = {
      defaultAction: 'Deny',
      tools: { allow: ['fetch/*'] },
      docs: 'https://docs.example.com/',
    };
    const judged = agent({ mcpServers: [{ name: 'fetch' }, { name: 'shell' }] });
    const [finding, ...more] = ask(
      spec,
      about(judged, { context: { mcpServers: [server({}, 'shell', ['exec'])] } }),
    ).findings;
    assert.equal(more.length, 0);
    assert.equal(
      finding?.message,
      '[production/defaultAction] spec.mcpServers[1].name: "shell/exec" is not allowed for agent billing-bot; allowed: fetch/*; fix: use an allowed tool, or add it to tools.allow of ClusterAgentPolicy production; docs: https://docs.example.com/',
    );
    assert.equal(finding?.tool, 'shell/exec');
  });

  it('admits an agent whose server has one permitted tool, and judges each call', () => {
    const github = server({}, 'github', ['delete_repo', 'read_file']);
    const judged = agent({ mcpServers: [{ name: 'github' }] });
    const spec: PolicySpec = { tools: { deny: ['*/delete_*'] } };
    assert.equal(ask(spec, about(judged, { context: { mcpServers: [github] } })).effect, 'allow');
    assert.equal(ask(spec, call('github/delete_repo')).effect, 'deny');
    const only = server({}, 'github', ['delete_repo', 'delete_org']);
    assert.equal(ask(spec, about(judged, { context: { mcpServers: [only] } })).effect, 'deny');
  });

  it('judges an agent on what is known while a Tool is not there yet', () => {
    const judged = agent({ tools: [{ name: 'sums' }] });
    const spec: PolicySpec = { defaultAction: 'Deny', tools: { allow: ['builtin/add'] } };
    assert.equal(ask(spec, about(judged)).effect, 'allow');
    const adder = tool({ execute: { builtin: { name: 'add' } } }, 'sums');
    assert.equal(ask(spec, about(judged, { context: { tools: [adder] } })).effect, 'allow');
    const divider = tool({ execute: { builtin: { name: 'divide' } } }, 'sums');
    assert.equal(ask(spec, about(judged, { context: { tools: [divider] } })).effect, 'deny');
  });
});

describe('verdict: merging and modes', () => {
  it('takes the strictest of all policies, and a namespace only tightens', () => {
    const set = compile(
      clusterPolicy({ defaultAction: 'Deny', tools: { allow: ['github/*'] } }),
      namespacePolicy({ tools: { requireApproval: ['github/create_*'], deny: ['github/delete_*'] } }),
    );
    const effect = (id: string): string => evaluate(set, request(call(id))).effect;
    assert.equal(effect('github/read'), 'allow');
    assert.equal(effect('github/create_issue'), 'requireApproval');
    assert.equal(effect('github/delete_repo'), 'deny');
    const loose = compile(clusterPolicy({ tools: { deny: ['*'] } }), namespacePolicy({ defaultAction: 'Allow' }));
    assert.equal(evaluate(loose, request(call('a/b'))).effect, 'deny');
  });

  it('lets a denial by one policy stand against an approval that another asks for', () => {
    const set = compile(
      clusterPolicy({ tools: { requireApproval: ['github/*'] } }, 'a'),
      clusterPolicy({ tools: { deny: ['github/delete_*'] } }, 'b'),
    );
    const verdict = evaluate(set, request(call('github/delete_repo')));
    assert.equal(verdict.effect, 'deny');
    assert.equal(verdict.decidedBy?.policy.name, 'b');
    assert.equal(verdict.approval, undefined);
  });

  it('keeps an AgentPolicy to its namespace', () => {
    const set = compile(namespacePolicy({ tools: { deny: ['*'] } }, 'local', 'team-b'));
    assert.equal(evaluate(set, request(call('a/b'))).effect, 'allow');
  });

  it('finds the same in every mode and place; only the effect differs', () => {
    const effects = (['Enforce', 'Warn', 'Audit', 'Off'] as const).map((mode) => {
      const verdict = ask({ mode, tools: { deny: ['a/*'] } }, call('a/b'));
      return [
        verdict.effect,
        verdict.findings.map(({ effect, rule }) => `${rule}: ${effect}`).join(),
        verdict.warnings.length,
      ];
    });
    assert.deepEqual(effects, [
      ['deny', 'tools.deny: deny', 0],
      ['allow', 'tools.deny: warn', 1],
      ['allow', 'tools.deny: audit', 0],
      ['allow', '', 0],
    ]);
    const findings = (['admission', 'runtime', 'background', 'cli'] as const).map(
      (place) => ask({ tools: { deny: ['a/*'] } }, call('a/b', {}, { place })).findings,
    );
    for (const each of findings) assert.deepEqual(each, findings[0]);
  });

  it('asks for the approval of everybody who demands one', () => {
    const held = { tools: { requireApproval: ['a/*'] } };
    const set = compile(
      clusterPolicy({
        ...held,
        approval: { minApprovals: 2, approvers: { groups: ['leads'] }, allowServiceAccounts: true },
      }),
      namespacePolicy({
        ...held,
        approval: { approvers: { groups: ['finance'] }, expiresAfter: '1h', onTimeout: 'Fail' },
      }),
    );
    const { approval } = evaluate(set, request(call('a/b')));
    assert.equal(approval?.minApprovals, 2);
    assert.deepEqual(approval?.approverGroups, [['leads'], ['finance']]);
    assert.equal(approval?.allowServiceAccounts, false);
    assert.equal(approval?.notRequester, true);
    assert.equal(approval?.expiresAfterMs, 3_600_000);
    assert.equal(approval?.onTimeout, 'Fail');
    assert.equal(approval?.demandedBy.length, 2);
  });
});

describe('verdict: what cannot be known', () => {
  it('says that rules about users cannot be evaluated where nobody is known', () => {
    const spec: PolicySpec = {
      rules: [{ name: 'gitops', expression: "request.userInfo.username == 'argocd'", kinds: ['Agent'] }],
    };
    const unknown = ask(spec, about(agent(), { place: 'cli' }));
    assert.equal(unknown.effect, 'allow');
    assert.deepEqual(
      unknown.notEvaluable.map(({ rule }) => rule),
      ['gitops'],
    );
    assert.equal(ask(spec, about(agent(), { user: { username: 'ann' } })).effect, 'deny');
    assert.equal(ask(spec, about(agent(), { user: { username: 'argocd' } })).effect, 'allow');
    const subjects: PolicySpec = { match: { subjects: [{ kind: 'Group', name: 'x' }] }, tools: { deny: ['*'] } };
    assert.equal(ask(subjects, call('a/b')).notEvaluable.length, 1);
  });

  it('matches, and does not exclude, what it cannot read', () => {
    const selector = { matchLabels: { env: 'prod' } };
    assert.equal(ask({ match: { namespaceSelector: selector }, tools: { deny: ['*'] } }, call('a/b')).effect, 'deny');
    assert.equal(ask({ exclude: { namespaceSelector: selector }, tools: { deny: ['*'] } }, call('a/b')).effect, 'deny');
  });

  it('asks rules about objects that are not there yet again at run time, and fails then', () => {
    const spec: PolicySpec = { rules: [{ name: 'r', expression: "run.status.phase == 'ToolCallsPending'" }] };
    assert.equal(ask(spec, call('a/b', {}, { place: 'admission' })).notEvaluable.length, 1);
    assert.equal(ask(spec, call('a/b', {}, { place: 'runtime' })).effect, 'deny');
  });

  it('denies where arguments are no JSON object, and where an expression fails', () => {
    const spec: PolicySpec = { tools: { arguments: [{ tools: ['a/b'], cel: 'args.n < 5' }] } };
    assert.equal(ask(spec, call('a/b', '{"n": 4}')).effect, 'allow');
    assert.equal(ask(spec, call('a/b', '{"n": "4"}')).effect, 'deny');
    assert.equal(ask(spec, call('a/b', '{}')).effect, 'deny');
    assert.equal(ask(spec, call('a/b', '[4]')).effect, 'deny');
    assert.equal(ask(spec, call('a/b', '{"n": 4')).effect, 'deny');
    const schema: PolicySpec = {
      tools: { arguments: [{ tools: ['a/b'], schema: { required: ['n'] }, action: 'RequireApproval' }] },
    };
    assert.equal(ask(schema, call('a/b', '{}')).effect, 'requireApproval');
    assert.equal(ask(schema, call('a/b', 'nonsense')).effect, 'requireApproval');
  });

  it('is no stranger to a variable of a comprehension that is called like one of its own', () => {
    const spec: PolicySpec = {
      rules: [{ name: 'few', kinds: ['Agent'], expression: "object.spec.tools.all(tool, tool.name != 'shell')" }],
    };
    assert.deepEqual(rulesOf(ask(spec, about(agent({ tools: [{ name: 'shell' }] })))), ['few']);
    assert.deepEqual(rulesOf(ask(spec, about(agent({ tools: [{ name: 'sums' }] })))), []);
  });
});

describe('verdict: what an object uses', () => {
  it('judges the LLM, tools and servers of an agent, by policies about that agent', () => {
    const spec: PolicySpec = {
      match: { agents: ['billing-*'] },
      llms: { allow: ['openai/gpt-4o'] },
      externalAPIs: { urls: ['https://api.example.com/'] },
      mcpServers: { transports: ['http'] },
    };
    const judged = agent({ tools: [{ name: 'orders' }], mcpServers: [{ name: 'fetch' }] });
    const context = {
      llm: llm({ parameters: { model: 'gpt-5' } }),
      tools: [api({ url: 'http://api.example.com/' })],
      mcpServers: [server()],
    };
    const { findings } = ask(spec, about(judged, { context }));
    assert.deepEqual(
      findings.map(({ rule, field, via }) => [rule, field, via?.kind]),
      [
        ['externalAPIs.urls', 'spec.tools[0].name', 'Tool'],
        ['llms.allow', 'spec.llmRef.name', 'LLM'],
        ['mcpServers.transports', 'spec.mcpServers[0].name', 'MCPServer'],
      ],
    );
    assert.equal(ask(spec, about(context.llm)).effect, 'allow', 'of an LLM alone nobody knows whose it is');
    const others = { ...judged, metadata: { ...judged.metadata, name: 'sales-bot' } };
    assert.equal(ask(spec, about(others, { context })).effect, 'allow');
  });

  it('judges what executes a call when it is called, whatever was admitted', () => {
    const spec: PolicySpec = { mcpServers: { commands: [{ command: 'uvx', args: ['mcp-server-fetch'] }] } };
    const evil = server({ command: 'sh', args: ['-c', 'curl evil'] });
    const question = call('fetch/fetch', {}, { context: { agent: agent(), mcpServers: [evil] } });
    assert.deepEqual(rulesOf(ask(spec, question)), ['mcpServers.commands']);
  });

  it('takes no path out of a folder that a pattern names', () => {
    const spec: PolicySpec = { mcpServers: { commands: [{ command: 'npx', args: ['fs', '/data/*'] }] } };
    const effect = (...args: string[]): string => ask(spec, about(server({ command: 'npx', args }))).effect;
    assert.equal(effect('fs', '/data/books'), 'allow');
    assert.equal(effect('fs', '/data/../etc'), 'deny');
    assert.equal(effect('fs', '/data/books', '/etc'), 'deny');
    assert.equal(effect('fs'), 'deny');
  });

  it('reads the image of docker run, and refuses what it cannot read', () => {
    const spec: PolicySpec = { mcpServers: { images: ['ghcr.io/acme/*@sha256:*', 'docker.io/mcp/*'] } };
    const effect = (...args: string[]): string => ask(spec, about(server({ command: 'docker', args }))).effect;
    assert.equal(effect('run', '-i', '--rm', '-e', 'TOKEN', 'ghcr.io/acme/x@sha256:abc'), 'allow');
    assert.equal(effect('run', '-i', 'mcp/fetch'), 'allow');
    assert.equal(effect('run', '-i', 'ghcr.io/acme/x:latest'), 'deny');
    assert.equal(effect('run', '-v', 'mcp/fetch', 'evil/image'), 'deny');
    assert.equal(effect('run', '--new-option', 'mcp/fetch', 'evil/image'), 'deny');
    assert.equal(effect('exec', '-i', 'mcp/fetch'), 'deny');
    assert.equal(ask(spec, about(server({ command: 'uvx' }))).effect, 'allow');
  });

  it('judges the image of a server’s Pod, its registry written out', () => {
    const spec: PolicySpec = { mcpServers: { images: ['ghcr.io/acme/*@sha256:*', 'docker.io/mcp/*'] } };
    const effect = (image: string): string => ask(spec, about(server({ command: 'serve', image }))).effect;
    assert.equal(effect('ghcr.io/acme/x@sha256:abc'), 'allow');
    assert.equal(effect('mcp/fetch'), 'allow');
    assert.equal(effect('ghcr.io/acme/x:latest'), 'deny');
    assert.equal(effect('evil'), 'deny');
  });

  describe('where a server may connect to', () => {
    const networks: PolicySpec = {
      mcpServers: {
        egress: {
          networks: [
            { cidr: '10.20.0.0/16', ports: [{ port: 5432 }, { port: 8000, endPort: 8999 }] },
            { cidr: '0.0.0.0/0', ports: [{ port: 443 }] },
            { cidr: '2001:db8::/32' },
          ],
        },
      },
    };
    const ofNetwork = (cidr: string, ...ports: object[]): string => {
      const egress = [{ cidr, ...(ports.length === 0 ? {} : { ports }) }];
      return ask(networks, about(server({ egress }))).effect;
    };

    const cases: [what: string, effect: string, cidr: string, ...ports: object[]][] = [
      ['a part of a network', 'allow', '10.20.30.0/24', { port: 5432 }],
      ['the same, with bits of a host', 'allow', '10.20.30.7/24', { port: 5432 }],
      ['a network that is wider', 'deny', '10.0.0.0/8', { port: 5432 }],
      ['another network', 'deny', '10.21.0.0/16', { port: 5432 }],
      ['a range within a range', 'allow', '10.20.0.0/16', { port: 8080, endPort: 8090 }],
      ['a range beyond a range', 'deny', '10.20.0.0/16', { port: 8080, endPort: 9000 }],
      ['another protocol', 'deny', '10.20.0.0/16', { port: 5432, protocol: 'UDP' }],
      ['one port of two', 'deny', '10.20.0.0/16', { port: 5432 }, { port: 22 }],
      ['all ports', 'deny', '10.20.0.0/16'],
      ['everywhere, with a port', 'allow', '0.0.0.0/0', { port: 443 }],
      ['everywhere, with all', 'deny', '0.0.0.0/0'],
      ['everywhere in IPv6', 'deny', '::/0', { port: 443 }],
      ['all ports of a network that has all', 'allow', '2001:db8:1::/48'],
      ['IPv4 in the clothes of IPv6', 'deny', '::ffff:10.20.0.0/112', { port: 5432 }],
      ['what is no network', 'deny', '10.20.0.0', { port: 5432 }],
      // A NetworkPolicy of 0.0.0.0/0 leaves it out: so does a policy.
      ['where clouds keep their metadata', 'deny', '169.254.169.254/32', { port: 443 }],
    ];
    for (const [what, effect, cidr, ...ports] of cases) {
      it(`${effect === 'allow' ? 'takes' : 'refuses'} ${what}`, () => assert.equal(ofNetwork(cidr, ...ports), effect));
    }

    it('takes the metadata service where it is named', () => {
      const egress = { networks: [{ cidr: '169.254.169.254/32' }] };
      const question = about(server({ egress: [{ cidr: '169.254.169.254/32', ports: [{ port: 80 }] }] }));
      assert.equal(ask({ mcpServers: { egress } }, question).effect, 'allow');
    });

    it('says what is wrong and where, for each port', () => {
      const egress = [{ cidr: '0.0.0.0/0', ports: [{ port: 443 }, { port: 25 }] }, { cidr: '0.0.0.0/0' }];
      const { findings } = ask(networks, about(server({ egress })));
      const [, ...rest] = findings.map(({ field }) => field);
      assert.deepEqual([findings[0]?.field, ...rest], ['spec.egress[0].ports[1]', 'spec.egress[1].cidr']);
      assert.equal(
        findings[0]?.message,
        '[production/mcpServers.egress.networks] spec.egress[0].ports[1]: "0.0.0.0/0 25/TCP", every address there is, is not within an allowed network; allowed: 10.20.0.0/16 5432/TCP 8000-8999/TCP, 0.0.0.0/0 443/TCP, 2001:db8::/32; fix: name allowed networks and ports only',
      );
    });

    it('lets an update narrow what was there, and not widen it', () => {
      const before = server({ egress: [{ cidr: '0.0.0.0/0', ports: [{ port: 25 }, { port: 22 }] }] });
      const set = compile(clusterPolicy(networks));
      const update = (...ports: object[]): string => {
        const question = about(server({ egress: [{ cidr: '0.0.0.0/0', ports }] }), {
          operation: 'UPDATE',
          oldObject: before as never,
        });
        return evaluateUpdate(set, question(networks)).verdict.effect;
      };
      assert.equal(update({ port: 22 }), 'allow');
      assert.equal(update({ port: 22 }, { port: 23 }), 'deny');
    });

    const hosts = (allowed: string[], entry: object): string =>
      ask({ mcpServers: { egress: { hosts: allowed } } }, about(server({ egressHosts: [entry] }))).effect;

    it('compares hosts by label and port', () => {
      assert.equal(hosts(['api.example.com'], { host: 'API.example.com' }), 'allow');
      assert.equal(hosts(['api.example.com'], { host: 'api.example.com', ports: [443, 8443] }), 'deny');
      assert.equal(hosts(['api.example.com:*'], { host: 'api.example.com', ports: [443, 8443] }), 'allow');
      assert.equal(hosts(['*.example.com'], { host: 'api.example.com' }), 'allow');
      assert.equal(hosts(['*.example.com'], { host: 'api.example.com.evil.net' }), 'deny');
      assert.equal(hosts([], { host: 'api.example.com' }), 'deny');
    });

    it('knows that a server’s * stands for names of any depth', () => {
      assert.equal(hosts(['*.example.com'], { host: '*.example.com' }), 'deny');
      assert.equal(hosts(['**.example.com'], { host: '*.example.com' }), 'allow');
      assert.equal(hosts(['**.example.com'], { host: '*.api.example.com' }), 'allow');
      assert.equal(hosts(['**.api.example.com'], { host: '*.example.com' }), 'deny');
      assert.equal(hosts(['**.example.com'], { host: '*.com' }), 'deny');
      assert.equal(hosts(['**'], { host: '*.com' }), 'allow');
      assert.equal(hosts(['**.example.com'], { host: '*.example.com', ports: [22] }), 'deny');
    });

    it('judges an agent by its servers, and says nothing of what is not said', () => {
      const judged = agent({ mcpServers: [{ name: 'fetch' }] });
      const open = server({ egress: [{ cidr: '0.0.0.0/0' }], egressHosts: [{ host: '*.com', private: true }] });
      const verdict = ask(networks, about(judged, { context: { mcpServers: [open] } }));
      assert.deepEqual(
        verdict.findings.map(({ rule, field, via }) => [rule, field, via?.name]),
        [['mcpServers.egress.networks', 'spec.mcpServers[0].name', 'fetch']],
      );
      assert.equal(ask({ mcpServers: { egress: {} } }, about(open)).effect, 'allow');
      assert.equal(ask(networks, about(server())).effect, 'allow');
    });
  });

  describe('what a program asks of its Pod', () => {
    const judge = (podTemplate: object, asked: object, more: object = {}) =>
      ask({ mcpServers: { podTemplate } }, about(server({ podTemplate: asked, ...more })));
    const tolerates = (allowed: object[], ...tolerations: object[]): string =>
      judge({ tolerations: allowed }, { tolerations }).effect;

    it('judges tolerations by what they are about: no key, no value and no effect are about all', () => {
      const gpu = { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' };
      assert.equal(tolerates([]), 'allow');
      assert.equal(tolerates([], gpu), 'deny');
      assert.equal(tolerates([{ key: 'gpu' }], gpu, { key: 'gpu' }, { key: 'gpu', operator: 'Exists' }), 'allow');
      assert.equal(tolerates([{ key: 'gpu' }], gpu, { operator: 'Exists' }), 'deny');
      assert.equal(tolerates([{ key: '*' }], { operator: 'Exists' }), 'allow');
      assert.equal(tolerates([{ key: '*', effect: 'NoSchedule' }], { operator: 'Exists' }), 'deny');
      assert.equal(
        tolerates([{ key: '*', effect: 'NoSchedule' }], { operator: 'Exists', effect: 'NoSchedule' }),
        'allow',
      );
      assert.equal(tolerates([{ key: 'gpu', value: 'y*' }], gpu), 'allow');
      assert.equal(tolerates([{ key: 'gpu', value: 'y*' }], { key: 'gpu', operator: 'Exists' }), 'deny');
      assert.equal(tolerates([{ key: 'gpu', value: '*' }], { key: 'gpu', operator: 'Exists' }), 'allow');
      assert.equal(tolerates([{ key: 'gpu', value: 'yes' }], { key: 'gpu' }), 'deny');
      assert.equal(tolerates([{ key: 'gpu' }, { key: 'disk' }], gpu, { key: 'disk' }, { key: 'x' }), 'deny');
    });

    it('says what is wrong, and where', () => {
      const { findings } = judge(
        {
          serviceAccountNames: ['mcp-*'],
          runtimeClassNames: ['gvisor'],
          nodeSelector: { pool: 'agents' },
          tolerations: [{ key: 'dedicated', value: 'agents' }],
          proxies: [],
        },
        { tolerations: [{ operator: 'Exists' }], proxy: { httpProxy: 'http://me:hunter2@proxy.example:3128' } },
      );
      assert.deepEqual(findings.map(({ message }) => message).sort(), [
        '[production/mcpServers.podTemplate.nodeSelector] spec.podTemplate.nodeSelector[pool]: nodes are not selected by "pool"; required: pool=agents; fix: select nodes by it',
        '[production/mcpServers.podTemplate.proxies] spec.podTemplate.proxy.httpProxy: "http://…@proxy.example:3128/" carries a user name or password before its host; allowed: nothing; fix: remove it',
        '[production/mcpServers.podTemplate.runtimeClassNames] spec.podTemplate.runtimeClassName: no RuntimeClass is named; allowed: gvisor; fix: name an allowed RuntimeClass',
        '[production/mcpServers.podTemplate.serviceAccountNames] spec.podTemplate.serviceAccountName: ServiceAccount "default", which a Pod has that names none, is not allowed; allowed: mcp-*; fix: name an allowed ServiceAccount',
        '[production/mcpServers.podTemplate.tolerations] spec.podTemplate.tolerations[0]: toleration of every taint is not allowed; allowed: dedicated=agents; fix: tolerate allowed taints only',
      ]);
    });

    it('finds proxies that the author tells the program of otherwise', () => {
      const proxies = { proxies: ['http://proxy.internal:3128/'] };
      const env = (name: string, more: object) => judge(proxies, {}, { env: [{ name, ...more }] }).effect;
      assert.equal(env('HTTPS_PROXY', { value: 'http://proxy.internal:3128' }), 'allow');
      assert.equal(env('https_proxy', { value: 'http://proxy.evil:3128' }), 'deny');
      assert.equal(env('ALL_PROXY', { value: 'proxy.internal:3128' }), 'deny');
      assert.equal(env('http_proxy', { valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }), 'deny');
      assert.equal(env('HTTPS_PROXY', { value: '' }), 'allow');
      assert.equal(env('MY_PROXY', { value: 'http://proxy.evil:3128' }), 'allow');
    });

    it('says nothing of servers that run elsewhere, and judges an agent by its servers', () => {
      const spec: PolicySpec = { mcpServers: { podTemplate: { serviceAccountNames: ['mcp-*'] } } };
      const elsewhere = server({ transport: 'http', url: 'https://example.com/', command: undefined });
      assert.equal(ask(spec, about(elsewhere)).effect, 'allow');
      const { findings } = ask(
        spec,
        about(agent({ mcpServers: [{ name: 'fetch' }] }), { context: { mcpServers: [server()] } }),
      );
      assert.deepEqual(
        findings.map(({ rule, field, via }) => [rule, field, via?.name]),
        [['mcpServers.podTemplate.serviceAccountNames', 'spec.mcpServers[0].name', 'fetch']],
      );
    });
  });

  it('finds a password in the address of a proxy', () => {
    const spec: PolicySpec = { mcpServers: { env: { denyLiteralSecrets: true } } };
    const proxy = { httpsProxy: 'http://me:hunter2@proxy.example:3128' };
    const [found] = ask(spec, about(server({ podTemplate: { proxy } }))).findings;
    assert.equal(found?.field, 'spec.podTemplate.proxy.httpsProxy');
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  });

  it('keeps a key from addresses that its Secret is not for', () => {
    const spec: PolicySpec = {
      secrets: { allow: [{ name: 'openai*', hosts: ['api.openai.com', '*.internal:8443'] }] },
    };
    const effect = (baseUrl: string): string => ask(spec, about(llm({ parameters: { baseUrl } }))).effect;
    assert.equal(effect('https://api.openai.com/v1'), 'allow');
    assert.equal(effect('https://vllm.internal:8443/v1'), 'allow');
    assert.equal(effect('https://vllm.internal/v1'), 'deny');
    assert.equal(effect('https://api.openai.com@evil.com/v1'), 'deny');
    assert.equal(effect('https://api.openai.com.evil.com/v1'), 'deny');
    assert.equal(ask(spec, about(llm())).effect, 'allow');
  });

  it('secrets that images are pulled with go to the registry of the image', () => {
    const spec: PolicySpec = { secrets: { allow: [{ name: 'registry', hosts: ['ghcr.io', 'docker.io'] }] } };
    const podTemplate = { imagePullSecrets: [{ name: 'registry' }] };
    const image = (given: string | undefined) =>
      ask(spec, about(server({ podTemplate, ...(given === undefined ? {} : { image: given }) })));
    assert.equal(image('ghcr.io/acme/fetch:v1').effect, 'allow');
    assert.equal(image('acme/fetch').effect, 'allow', 'docker.io, which is left out');
    assert.equal(image('evil.example/acme/fetch:v1').effect, 'deny');
    assert.match(
      image(undefined).decidedBy?.message ?? '',
      /podTemplate\.imagePullSecrets\[0\]\.name: .* the operator chooses/,
    );
    const container = (given: string) => about(tool({ execute: { container: { image: given, podTemplate } } }));
    assert.equal(ask(spec, container('ghcr.io/acme/report:v1')).effect, 'allow');
    assert.equal(ask(spec, container('evil.example:5000/report:v1')).effect, 'deny');
    const other = { imagePullSecrets: [{ name: 'openai' }] };
    assert.equal(ask(spec, about(server({ podTemplate: other, image: 'ghcr.io/acme/fetch:v1' }))).effect, 'deny');
  });
});

describe('verdict: lists that are empty', () => {
  const empty = { agents: [], kinds: [], subjects: [], namespaces: [] };
  it('say nothing in match and exclude: a policy that is about nothing would be an open door that looks shut', () => {
    const deny: PolicySpec = { tools: { deny: ['github/*'] } };
    for (const spec of [
      { ...deny, match: empty },
      { ...deny, exclude: empty },
      { ...deny, match: empty, exclude: empty },
    ])
      for (const more of [{}, { user: { username: 'ann' } }])
        assert.equal(ask(spec, call('github/x', {}, more)).effect, 'deny');
    const some = { ...deny, match: { ...empty, agents: ['sales-*'] } };
    assert.equal(ask(some, call('github/x')).effect, 'allow');
    const broken = compile(clusterPolicy({ ...deny, match: empty, rules: [{ name: 'r', expression: 'object.(' }] }));
    assert.equal(evaluate(broken, call('github/x')({})).decidedBy?.rule, 'policyInvalid');
  });
});

describe('verdict: exceptions', () => {
  const spec: PolicySpec = { tools: { deny: ['github/*'] }, exceptions: { allow: true, maxDuration: '744h' } };
  const withException = (given: AgentPolicyException, more: object = {}) =>
    ask(spec, call('github/delete_repo', {}, { exceptions: [given], ...more }));

  it('takes away what it names, and says so', () => {
    const verdict = withException(exception({}));
    assert.equal(verdict.effect, 'allow');
    assert.deepEqual(
      verdict.excepted.map((each) => [each.rule, each.exception]),
      [['tools.deny', { name: 'waiver', namespace: 'team-a' }]],
    );
  });

  const others: [why: string, given: AgentPolicyException][] = [
    [
      'another rule',
      exception({ policies: [{ kind: 'ClusterAgentPolicy', name: 'production', rules: ['tools.allow'] }] }),
    ],
    ['another policy', exception({ policies: [{ kind: 'AgentPolicy', name: 'production', rules: ['tools.deny'] }] })],
    ['another object', exception({ objects: [{ kind: 'Agent', name: 'billing' }] })],
    ['a pattern, which is taken as a name', exception({ objects: [{ kind: 'Agent', name: 'billing-*' }] })],
    ['another tool', exception({ tools: ['github/delete_org'] })],
    ['another namespace', exception({}, { namespace: 'team-b' })],
    ['a time that is over', exception({ expiresAt: '2026-05-01T12:00:00Z' })],
    ['no time', exception({ expiresAt: 'never' })],
    ['too long a time', exception({ expiresAt: '2027-05-01T12:00:00Z' })],
    ['a creation that is no time', exception({}, { creationTimestamp: 'x' })],
  ];
  for (const [why, given] of others)
    it(`does not count with ${why}`, () => assert.equal(withException(given).effect, 'deny'));

  it('counts until the instant that it names, and in no place longer', () => {
    const given = exception({ expiresAt: '2026-05-01T12:00:00.001Z' });
    for (const place of ['admission', 'runtime', 'background', 'cli'] as const) {
      assert.equal(withException(given, { place, now: NOW }).effect, 'allow');
      assert.equal(withException(given, { place, now: NOW + 1 }).effect, 'deny');
    }
  });

  it('says what becomes of it', () => {
    const policies = [clusterPolicy(spec)];
    const state = (given: AgentPolicyException, now = NOW) => exceptionState(given, policies, now, durationMs);
    assert.equal(state(exception({})).state, 'Active');
    assert.equal(state(exception({}), Date.parse('2026-06-01T00:00:00Z')).state, 'Expired');
    assert.match(
      state(exception({ expiresAt: '2027-05-01T00:00:00Z' })).detail,
      /longer than ClusterAgentPolicy production allows/,
    );
    assert.match(exceptionState(exception({}), [clusterPolicy({})], NOW, durationMs).detail, /allows no exceptions/);
    assert.match(
      exceptionState(exception({}), [], NOW, durationMs).detail,
      /there is no ClusterAgentPolicy production/,
    );
  });
});

describe('verdict: updates', () => {
  const set = compile(clusterPolicy({ require: { labels: ['team'] }, tools: { deny: ['shell/*'] } }));
  const update = (object: unknown, oldObject: unknown) =>
    evaluateUpdate(set, request(about(object, { operation: 'UPDATE', oldObject: oldObject as never })));

  it('does not count findings that the old object has, and counts new ones', () => {
    const old = agent({ mcpServers: [{ name: 'shell' }] });
    const moved = agent({ mcpServers: [{ name: 'fetch' }, { name: 'shell' }], system: 'Be brief.' });
    assert.equal(update(moved, old).verdict.effect, 'allow');
    assert.deepEqual(
      update(moved, old)
        .ratcheted.map(({ rule }) => rule)
        .sort(),
      ['require.labels', 'tools.deny'],
    );
    const worse = update(moved, agent({}));
    assert.deepEqual(rulesOf(worse.verdict), ['tools.deny']);
    assert.equal(worse.verdict.effect, 'deny');
  });

  it('does not take the LLM of the new reference for that of the old one', () => {
    const models = compile(clusterPolicy({ llms: { allow: ['openai/gpt-4o'] } }));
    const bad = llm({ parameters: { model: 'gpt-5' } }, 'bad');
    const asked = request(
      about(agent({ llmRef: { name: 'bad' } }), {
        operation: 'UPDATE',
        oldObject: agent() as never,
        context: { llm: bad },
      }),
    );
    assert.equal(evaluateUpdate(models, asked).verdict.effect, 'deny');
  });
});

describe('verdict: run time', () => {
  const set = compile(
    clusterPolicy({ limits: { maxTurns: 5, maxToolCalls: 3 }, llms: { allow: ['openai/gpt-4o*'] } }),
    namespacePolicy({ limits: { maxTurns: 4 }, match: { kinds: ['TaskRun'] } }),
  );
  const run = { metadata: { name: 'r', namespace: 'team-a' }, spec: { taskRef: { name: 't' } } } as never;
  const question = { agent: agent(), context: { llm: llm(), run }, now: NOW };

  it('stops a run at the lowest limit, exactly there', () => {
    assert.equal(evaluateModelCall(set, { ...question, counters: { turns: 4 } }).effect, 'allow');
    const over = evaluateModelCall(set, { ...question, counters: { turns: 5 } });
    assert.deepEqual(
      over.findings.map(({ policy, rule }) => [policy.name, rule]),
      [['local', 'limits.maxTurns']],
    );
    assert.match(over.decidedBy?.message ?? '', /limit of 4 model calls \(5\)/);
    const third = { ...question, tool: parseToolId('a/b') as never, arguments: '{}', counters: { toolCalls: 3 } };
    assert.equal(evaluateToolCall(set, third).effect, 'allow');
    assert.equal(evaluateToolCall(set, { ...third, counters: { toolCalls: 4 } }).effect, 'deny');
  });

  it('judges the model before it is asked', () => {
    const changed = llm({ parameters: { model: 'o3' } });
    const { decidedBy } = evaluateModelCall(set, { ...question, context: { llm: changed, run } });
    assert.equal(decidedBy?.rule, 'llms.allow');
  });

  it('tells the limits that hold, and checks nothing else when asked for them alone', () => {
    const asked = request(about(agent(), { place: 'runtime' }));
    const limits = effectiveLimits(set, asked);
    assert.deepEqual([limits.maxTurns?.value, limits.maxTurns?.policy.name], [4, 'local']);
    assert.equal(limits.maxToolCalls?.value, 3);
    const changed = { ...question, context: { llm: llm({ parameters: { model: 'o3' } }), run } };
    assert.equal(checkLimits(set, { ...changed, counters: { turns: 4 } }).effect, 'allow');
    assert.equal(checkLimits(set, { ...changed, counters: { turns: 5 } }).effect, 'deny');
  });

  it('sees a key or a password in a prompt without repeating it', () => {
    const secret = `ghp_${'a1'.repeat(18)}`;
    const { decidedBy } = ask({ prompts: { denySecretPatterns: true } }, about(task({ message: `use ${secret}` })));
    assert.match(decidedBy?.message ?? '', /spec\.message: it seems to hold a GitHub token/);
    assert.ok(!JSON.stringify(decidedBy).includes(secret));
    assert.equal(
      ask({ prompts: { denySecretPatterns: true } }, about(task({ message: 'password: required' }))).effect,
      'allow',
    );
  });
});

describe('explain', () => {
  it('tells the way to the verdict: policies, rules, patterns', () => {
    const set = compile(
      clusterPolicy({ tools: { deny: ['*/delete_*'] } }),
      clusterPolicy({ match: { agents: ['sales-*'] }, defaultAction: 'Deny' }, 'sales'),
      namespacePolicy({ tools: { allow: ['github/*'] }, defaultAction: 'Deny' }),
    );
    const { verdict, policies } = explain(set, request(call('github/delete_repo')));
    assert.equal(verdict.effect, 'deny');
    assert.deepEqual(
      policies.map(({ policy, matched, result, why, steps }) => [
        policy.name,
        matched,
        result,
        why,
        steps.map(({ rule, outcome, pattern }) => `${rule} ${outcome} ${pattern}`).join(),
      ]),
      [
        ['production', true, 'deny', 'it matches', 'tools.deny deny */delete_*'],
        ['sales', false, 'abstain', 'spec.match.agents does not match', ''],
        ['local', true, 'allow', 'it matches', 'tools.allow allow github/*'],
      ],
    );
  });
});
