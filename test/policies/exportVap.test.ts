import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { ClusterAgentPolicy } from '../../api/index.ts';
import { API_VERSION, KINDS } from '../../api/index.ts';
import type { KubeObject, Resource } from '../../kube/index.ts';
import { compilePolicies, evaluate, findingsNotIn } from '../../policies/engine/index.ts';
import { exportPolicies } from '../../policies/vap/export.ts';
import { openTestCluster, type TestCluster } from '../support/cluster.ts';
import { namespaces } from '../support/objects.ts';

const policy = (name: string, spec: object): ClusterAgentPolicy =>
  ({ apiVersion: API_VERSION, kind: 'ClusterAgentPolicy', metadata: { name }, spec }) as ClusterAgentPolicy;

const admission = (plural: string, kind: string): Resource => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
const RESOURCES: Readonly<Record<string, Resource>> = {
  ValidatingAdmissionPolicy: admission('validatingadmissionpolicies', 'ValidatingAdmissionPolicy'),
  ValidatingAdmissionPolicyBinding: admission('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'),
};

describe('policy export-vap', () => {
  it('says what it leaves to the webhook, and leaves what exceptions may take away', () => {
    const { objects, left } = exportPolicies([
      policy('limits-only', { limits: { maxTurns: 3 } }),
      policy('excepted', { tools: { deny: ['shell/*'] }, exceptions: { allow: true } }),
      policy('off', { mode: 'Off', tools: { deny: ['shell/*'] } }),
      policy('cel', { rules: [{ name: 'r', expression: 'args.a < 3' }] }),
    ]);
    assert.deepEqual(objects, []);
    assert.deepEqual(
      left.map(({ policy: name, field }) => `${name} ${field}`),
      ['limits-only spec.limits', 'excepted spec.exceptions', 'off spec.mode', 'cel spec.rules[0]'],
    );
  });

  describe('on an API server', function () {
    this.timeout(120_000);
    let cluster: TestCluster;
    const namespace = `kc-vap-${randomBytes(3).toString('hex')}`;
    const here = { match: { namespaces: [namespace] } };
    const made: KubeObject[] = [];
    const PLACED = { 'kubechain.test/pods': 'judged' };
    const policies = [
      policy(`${namespace}-tools`, {
        ...here,
        defaultAction: 'Deny',
        tools: {
          allow: ['fetch/*', 'git*/read_*', 'builtin/*', 'tool/*'],
          deny: ['*/delete_*', 'shell/*', 'tool/bad*'],
        },
      }),
      policy(`${namespace}-models`, {
        ...here,
        llms: { allow: ['openai/gpt-4o*', 'anthropic/*'], deny: ['*/*-mini'], maxTemperature: '1.0', maxTokens: 4000 },
      }),
      policy(`${namespace}-servers`, {
        ...here,
        mcpServers: { deny: ['*-old'], allow: ['fetch', 'git*', 'shell', 'a*b*c'], transports: ['http', 'stdio'] },
      }),
      policy(`${namespace}-egress`, {
        ...here,
        mcpServers: {
          egress: {
            networks: [
              { cidr: '10.0.0.0/8', ports: [{ port: 443 }, { port: 8000, endPort: 8100 }] },
              { cidr: '10.20.0.0/16', ports: [{ port: 53, protocol: 'UDP' }] },
              { cidr: '169.0.0.0/8' },
              { cidr: '2001:db8::/32' },
            ],
            hosts: [
              'api.example.com',
              '*.internal:8443',
              '**.deep.example.com',
              '**.ported.example.com:*',
              '10.1.2.3',
              '10.0.0.0',
              '10.9.*.*',
            ],
            privateHosts: ['**.internal:*', 'API.example.com'],
          },
        },
        containers: {
          images: ['docker.io/library/*', 'ghcr.io/acme/*@sha256:*', 'localhost/x'],
          egress: { networks: [{ cidr: '10.0.0.0/8', ports: [{ port: 443 }] }] },
        },
      }),
      policy(`${namespace}-pods`, {
        match: { ...here.match, objectSelector: { matchLabels: PLACED } },
        mcpServers: {
          podTemplate: {
            serviceAccountNames: ['default', 'mcp-*'],
            runtimeClassNames: ['gvisor', 'kata-*'],
            nodeSelector: { pool: 'agents*' },
            tolerations: [
              { key: 'gpu*', effect: 'NoSchedule' },
              { key: 'dedicated', value: 'agents' },
            ],
            caBundles: ['corp-*'],
            proxies: [],
          },
        },
        containers: {
          podTemplate: {
            serviceAccountNames: ['reports'],
            tolerations: [{ key: '*', value: '*', effect: 'NoExecute' }],
          },
        },
      }),
      policy(`${namespace}-labels`, {
        match: { ...here.match, kinds: ['Agent', 'LLM'], objectSelector: { matchLabels: { tier: 'prod' } } },
        exclude: { agents: ['free-*'], kinds: ['Agent'] },
        require: { labels: ['team'] },
        rules: [
          {
            name: 'prompt',
            expression: "object.spec.system.contains('please')",
            when: 'has(object.spec.system)',
            kinds: ['Agent'],
          },
        ],
      }),
    ];
    const exported = exportPolicies(policies);
    const rulesOf = (kind: string): Set<string> =>
      new Set(exported.exported.filter((each) => each.kind === kind).map((each) => `${each.policy}/${each.rule}`));

    before(async () => {
      cluster = await openTestCluster();
      await cluster.client.create(namespaces, { metadata: { name: namespace } });
      for (const object of exported.objects) {
        await cluster.client.create(RESOURCES[object.kind] as Resource, object as unknown as KubeObject);
        made.push(object as unknown as KubeObject);
      }
      // A policy counts a moment after it was created.
      for (const object of [
        agent({ mcpServers: ['shell'] }),
        llm({ provider: 'openai', model: 'x-mini' }),
        server('x-old', 'http'),
        call('shell', 'exec'),
        container('evil.example/x', []),
      ]) {
        for (const deadline = Date.now() + 30_000; (await verdict(object)) === 'allow'; ) {
          assert.ok(Date.now() < deadline, `nothing denies ${JSON.stringify(object)}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    });
    after(async () => {
      for (const { kind, metadata } of made.toReversed()) {
        await cluster.client.delete(RESOURCES[kind ?? ''] as Resource, { name: metadata.name ?? '' });
      }
      await cluster.client.delete(namespaces, { name: namespace });
      await cluster[Symbol.asyncDispose]();
    });

    const make = (kind: string, name: string, spec: object, labels: Record<string, string> = {}): KubeObject =>
      ({ apiVersion: API_VERSION, kind, metadata: { namespace, name, labels }, spec }) as KubeObject;
    function agent(given: {
      tools?: string[];
      mcpServers?: string[];
      system?: string;
      name?: string;
      labels?: Record<string, string>;
    }): KubeObject {
      const names = (list: string[] = []) => list.map((name) => ({ name }));
      const { tools, mcpServers, system = 'please', name = 'a', labels } = given;
      const lists = { tools: names(tools), mcpServers: names(mcpServers) };
      return make('Agent', name, { llmRef: { name: 'l' }, system, ...lists }, labels);
    }
    function llm(
      given: { provider: string; model?: string; temperature?: string; maxTokens?: number },
      labels = {},
    ): KubeObject {
      const { provider, ...parameters } = given;
      const apiKeyFrom = { secretKeyRef: { name: 's', key: 'k' } };
      return make('LLM', 'l', { provider, apiKeyFrom, parameters }, labels);
    }
    function server(name: string, transport: string, more: object = {}): KubeObject {
      const where = transport === 'stdio' ? { command: 'x', ...more } : { url: 'https://example.com/mcp' };
      return make('MCPServer', name, { transport, ...where });
    }
    const container = (image: string, egress: object[], podTemplate?: object): KubeObject =>
      make('Tool', 'tool', {
        execute: { container: { image, egress, ...(podTemplate === undefined ? {} : { podTemplate }) } },
      });
    function call(name: string, tool: string): KubeObject {
      const spec = { toolCallId: 'x', taskRunRef: { name: 'r' }, toolRef: { name: 'f' }, arguments: '{}' };
      return make('TaskRunToolCall', 'r-toolcall-01', { ...spec, tool: { kind: 'MCPServer', name, tool } });
    }

    const ports = fc.array(
      fc.record(
        {
          port: fc.constantFrom(53, 443, 8000, 8050),
          endPort: fc.constantFrom(8050, 8100, 8101),
          protocol: fc.constantFrom('TCP', 'UDP'),
        },
        { requiredKeys: ['port'] },
      ),
      { minLength: 1, maxLength: 2 },
    );
    const egress = fc.array(
      fc.record(
        {
          cidr: fc.constantFrom(
            ...['10.1.0.0/16', '10.20.3.0/24', '10.0.0.0/7', '0.0.0.0/0', '10.20.3.4/32', '10.99.1.2/8'],
            ...['169.253.0.0/16', '169.254.169.254/32', '169.0.0.0/8', '2001:db8:1::/48', '2001:db9::/32', '::/0'],
          ),
          ports,
        },
        { requiredKeys: ['cidr'] },
      ),
      { maxLength: 2 },
    );
    const host = fc.constantFrom(
      ...['api.example.com', 'API.Example.com', 'db.internal', 'a.b.internal', '*.internal', 'internal'],
      ...['deep.example.com', '*.deep.example.com', 'a.deep.example.com', '*.x.deep.example.com'],
      ...[
        'x.ported.example.com',
        '10.1.2.3',
        '10.1.2.4',
        '10.9.2.3',
        '0x7f.1',
        ...[
          '167838211',
          '0XA.66051',
          '012.01.0x000203',
          '10.1.2.0x3',
          '10.1.2.03',
          '012.1.2.4',
          '10.1.2.3.0',
          '0xg.1.2.3',
          '10.0',
          '0xa.0x.00.0x0',
        ],
        '*.10.1.2.3',
        'a.deep.example.com.evil.org',
      ],
    );
    const egressHosts = fc.array(
      fc.record(
        {
          host,
          ports: fc.array(fc.constantFrom(443, 8443, 8080), { minLength: 1, maxLength: 2 }),
          private: fc.constant(true),
        },
        { requiredKeys: ['host'] },
      ),
      { minLength: 1, maxLength: 2 },
    );
    const images = fc.constantFrom(
      ...['python', 'python:3', 'acme/x', 'ghcr.io/acme/x', `ghcr.io/acme/x@sha256:${'0'.repeat(64)}`],
      ...['localhost/x', 'localhost:5000/x', 'docker.io/library/x', 'evil.example/docker.io/library/x'],
    );
    const reaching = fc.oneof(
      egress.map((to) => server('shell', 'stdio', { egress: to })),
      egressHosts.map((hosts) => server('shell', 'stdio', { egressHosts: hosts })),
      host.map((only) => server('shell', 'stdio', { egressHosts: [{ host: only }] })),
      fc.tuple(images, egress).map(([image, to]) => container(image, to)),
    );

    const toleration = fc.oneof(
      fc.constantFrom({ operator: 'Exists' }, { operator: 'Exists', effect: 'NoExecute' }),
      fc.record(
        {
          key: fc.constantFrom('gpu', 'gpu.example.com/kind', 'dedicated', 'control-plane'),
          value: fc.constantFrom('', 'agents', 'infra'),
          effect: fc.constantFrom('NoSchedule', 'NoExecute'),
        },
        { requiredKeys: ['key'] },
      ),
      fc.record(
        {
          key: fc.constantFrom('gpu', 'dedicated'),
          operator: fc.constant('Exists'),
          effect: fc.constant('NoSchedule'),
        },
        { requiredKeys: ['key', 'operator'] },
      ),
    );
    /** Mostly one that passes, so that the fields are told apart. */
    const template = fc.record(
      {
        serviceAccountName: fc.constantFrom('default', 'mcp-a', 'reports', 'admin'),
        runtimeClassName: fc.constantFrom('gvisor', 'gvisor', 'kata-qemu', 'runc'),
        nodeSelector: fc.constantFrom(
          { pool: 'agents' },
          { pool: 'agents-2', disk: 'ssd' },
          { disk: 'ssd' },
          { pool: '' },
        ),
        tolerations: fc.array(toleration, { maxLength: 2 }),
        caBundle: fc.constantFrom('corp-ca', 'mine').map((name) => ({ name, key: 'ca.crt' })),
      },
      { requiredKeys: [] },
    );
    const passing = { runtimeClassName: 'gvisor', nodeSelector: { pool: 'agents' } };
    const placed = fc
      .oneof(
        template.map((podTemplate) => server('shell', 'stdio', { podTemplate })),
        template.map((podTemplate) => server('shell', 'stdio', { podTemplate: { ...podTemplate, ...passing } })),
        template.map(({ tolerations = [] }) => server('shell', 'stdio', { podTemplate: { ...passing, tolerations } })),
        fc.constantFrom(server('shell', 'stdio'), server('shell', 'http'), container('localhost/x', [])),
        template.map((podTemplate) => container('localhost/x', [], { ...podTemplate, serviceAccountName: 'reports' })),
        template.map((podTemplate) => container('localhost/x', [], podTemplate)),
      )
      .map((object): KubeObject => ({ ...object, metadata: { ...object.metadata, labels: PLACED } }));

    const resourceOf = (object: KubeObject): Resource => KINDS.find(({ kind }) => kind === object.kind) as Resource;
    async function verdict(object: KubeObject): Promise<'allow' | string> {
      try {
        await cluster.client.create(resourceOf(object), object, { dryRun: true });
        return 'allow';
      } catch (error) {
        const text = String(error);
        assert.match(text, /ValidatingAdmissionPolicy/, `${text}: ${JSON.stringify(object)}`);
        return text;
      }
    }
    const compiled = compilePolicies(policies);
    /** What the engine denies. */
    const denials = (object: KubeObject) =>
      evaluate(compiled, {
        place: 'admission',
        operation: 'CREATE',
        object: object as never,
        now: Date.now(),
      }).findings.filter(({ effect }) => effect === 'deny');
    /** Whether one of the rules that were exported denies it. */
    const isExported =
      (object: KubeObject) =>
      ({ policy: { name }, rule }: ReturnType<typeof denials>[number]): boolean =>
        rulesOf(object.kind ?? '').has(`${name}/${rule}`);

    const word = fc.constantFrom('fetch', 'git', 'github', 'shell', 'x-old', 'abc', 'a-b-c', 'other', 'ab');
    const some = fc.array(word, { maxLength: 2 }).map((names) => [...new Set(names)]);
    const labels = fc.record(
      { tier: fc.constantFrom('prod', 'test'), team: fc.constantFrom('', 'a') },
      { requiredKeys: [] },
    );
    const objects = fc.oneof(
      fc
        .record({
          tools: fc
            .array(fc.constantFrom('good', 'bad', 'badly', 'delete_all', 'x'))
            .map((names) => [...new Set(names)]),
          mcpServers: some,
          system: fc.constantFrom('please', 'do it'),
          name: fc.constantFrom('a', 'free-a'),
          labels: labels as fc.Arbitrary<Record<string, string>>,
        })
        .map(agent),
      fc
        .tuple(
          fc.record(
            {
              provider: fc.constantFrom('openai', 'anthropic'),
              model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'gpt-5', 'claude'),
              temperature: fc.constantFrom('0.2', '1.0', '1.5'),
              maxTokens: fc.constantFrom(1, 4000, 4001),
            },
            { requiredKeys: ['provider'] },
          ),
          labels as fc.Arbitrary<Record<string, string>>,
        )
        .map(([given, with_]) => llm(given, with_)),
      fc.tuple(word, fc.constantFrom('http', 'stdio', 'sse')).map(([name, transport]) => server(name, transport)),
      fc
        .tuple(word, fc.constantFrom('read_file', 'delete_repo', 'fetch', 'exec', 'ré'))
        .map(([name, tool]) => call(name, tool)),
    );

    for (const [what, generated, runs] of [
      ['names, models and labels', objects, 600],
      ['where servers and containers may connect to', reaching, 600],
      ['what servers and containers ask of their Pods', placed, 200],
    ] as const) {
      it(`denies and lets pass what the engine does: ${what}`, () => sameVerdicts(generated, runs));
      it(`judges of updates what is new: ${what}`, () => sameUpdates(generated));
    }

    async function sameVerdicts(generated: fc.Arbitrary<KubeObject>, numRuns: number): Promise<void> {
      const seen = { allow: 0, deny: 0 };
      for (const object of fc.sample(generated, { numRuns, seed: 7 })) {
        const found = denials(object);
        const said = await verdict(object);
        const shown = `${JSON.stringify(object)}\nengine: ${found.map(({ message }) => message).join('; ')}\nserver: ${said}`;
        if (found.some(isExported(object))) assert.notEqual(said, 'allow', shown);
        if (said !== 'allow') assert.notEqual(found.length, 0, shown);
        seen[said === 'allow' ? 'allow' : 'deny'] += 1;
      }
      assert.ok(seen.allow > 20 && seen.deny > 20, JSON.stringify(seen));
    }

    async function sameUpdates(generated: fc.Arbitrary<KubeObject>): Promise<void> {
      const pairs = fc.sample(fc.tuple(generated, generated), { numRuns: 2000, seed: 11 });
      let changed = 0;
      for (const [old, object] of pairs) {
        if (old.kind !== object.kind || old.kind === 'TaskRunToolCall' || old.metadata.name !== object.metadata.name)
          continue;
        if (denials(old).length > 0 || changed >= 40) continue;
        const resource = resourceOf(object);
        const created = await cluster.client.create(resource, old);
        try {
          const found = findingsNotIn(denials(object), denials(old));
          const next = {
            ...object,
            metadata: { ...object.metadata, resourceVersion: created.metadata.resourceVersion },
          };
          const said = await cluster.client.replace(resource, next as KubeObject, { dryRun: true }).then(
            () => 'allow',
            (error: unknown) => String(error),
          );
          const shown = `${JSON.stringify([old, object])}\n${said}`;
          if (found.some(isExported(object))) assert.notEqual(said, 'allow', shown);
          if (said !== 'allow') assert.notEqual(found.length, 0, shown);
          changed += 1;
        } finally {
          await cluster.client.delete(resource, { namespace, name: old.metadata.name ?? '' });
        }
      }
      assert.ok(changed >= 10, `${changed} updates`);
    }
  });
});
