import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MCPServer, MCPServerSpec } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import { podFor } from '../../controller/mcpserver/pod/pod.ts';
import { SERVER_LABEL } from '../../controller/mcpserver/pod/serverPod.ts';
import { podState } from '../../controller/mcpserver/pod/state.ts';
import { bridgeToken } from '../../controller/mcpserver/pod/token.ts';
import { literal, TEMPLATE_ANNOTATION } from '../../controller/pods/parts.ts';
import type { Pod } from '../../controller/pods/types.ts';
import { expand } from '../support/kubelet.ts';

const OPTIONS = {
  runnerImage: 'runner:v1',
  tokenSha256: 'ab'.repeat(32),
  client: { namespace: 'system', labels: { app: 'operator' } },
};

const server = (spec: Partial<MCPServerSpec> = {}, metadata: Partial<MCPServer['metadata']> = {}): MCPServer => ({
  apiVersion: API_VERSION,
  kind: 'MCPServer',
  metadata: { namespace: 'team', name: 'tools', uid: 'uid-1', ...metadata },
  spec: { transport: 'stdio', command: 'npx', args: ['-y', 'a-server'], ...spec },
});
const made = (spec: Partial<MCPServerSpec> = {}, metadata = {}) => podFor(server(spec, metadata), OPTIONS);
const containerOf = (spec: Partial<MCPServerSpec> = {}) => {
  const [container] = made(spec).pod.spec?.containers ?? [];
  assert.ok(container);
  return container;
};
const egressOf = (egress: MCPServerSpec['egress']) =>
  (made({ ...(egress === undefined ? {} : { egress }) }).networkPolicy.spec as { egress: unknown[] }).egress;

describe('podFor', () => {
  it('is a Pod of the restricted profile, without a token of its account', () => {
    const { spec } = made({ image: 'other:v1' }).pod;
    assert.deepEqual(spec?.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.equal(spec?.automountServiceAccountToken, false);
    for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('belongs to the server, by name, label and owner', () => {
    for (const { metadata } of Object.values(made())) {
      assert.equal(metadata.name, 'tools-mcp');
      assert.equal(metadata.labels?.[SERVER_LABEL], 'tools');
      assert.equal(metadata.ownerReferences?.[0]?.uid, 'uid-1');
    }
    const long = made({}, { name: 'a'.repeat(250) });
    assert.ok((long.pod.metadata.name ?? '').length <= 63);
    assert.ok((long.pod.metadata.labels?.[SERVER_LABEL] ?? '').length <= 63);
  });

  it('takes values of Secrets by reference only, and tells the bridge to hide them', () => {
    const container = containerOf({
      env: [
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'PLAIN', value: 'a$b' },
        { name: 'HOME', value: '/elsewhere' },
      ],
    });
    assert.ok(container.command.includes('--secret-env=TOKEN'));
    assert.deepEqual(
      container.env?.filter(({ name }) => ['TOKEN', 'PLAIN', 'HOME'].includes(name)),
      [
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'PLAIN', value: 'a$$b' },
        { name: 'HOME', value: '/elsewhere' },
      ],
    );
  });

  it('brings the bridge along into images of others, and only there', () => {
    assert.equal(made().pod.spec?.initContainers, undefined);
    assert.equal(containerOf().image, 'runner:v1');
    const { spec } = made({ image: 'other:v1' }).pod;
    assert.equal(spec?.initContainers?.[0]?.image, 'runner:v1');
    assert.equal(spec?.containers[0]?.image, 'other:v1');
    assert.equal(spec?.containers[0]?.command[0], '/kubechain/lib/ld.so');
  });

  it('has what the platform says: account, pull secrets, place, proxy, certificates', () => {
    const podTemplate = {
      serviceAccountName: 'sa',
      imagePullSecrets: [{ name: 'registry' }],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'gpu', operator: 'Exists' as const }],
      runtimeClassName: 'gvisor',
      proxy: { httpsProxy: 'http://proxy:3128' },
      caBundle: { name: 'ca', key: 'bundle.pem' },
    };
    const { spec } = made({ podTemplate }).pod;
    const { proxy: _proxy, caBundle: _ca, ...placed } = podTemplate;
    for (const [name, value] of Object.entries(placed)) assert.deepEqual(spec?.[name], value, name);
    const env = new Map(spec?.containers[0]?.env?.map(({ name, value }) => [name, value]));
    assert.equal(env.get('HTTPS_PROXY'), 'http://proxy:3128');
    assert.equal(env.get('https_proxy'), 'http://proxy:3128');
    assert.equal(env.get('NODE_EXTRA_CA_CERTS'), '/etc/kubechain/ca/ca.crt');
    assert.equal(env.get('SSL_CERT_FILE'), '/etc/kubechain/ca/ca.crt');
  });

  it('never has a request above its limit', () => {
    assert.deepEqual(containerOf({ resources: { limits: { memory: '64Mi' } } }).resources, {
      limits: { memory: '64Mi' },
    });
    assert.deepEqual(containerOf().resources, {
      limits: { memory: '512Mi' },
      requests: { cpu: '50m', memory: '128Mi' },
    });
  });

  it('lets in the operator alone, and out only where it is said, to no metadata service by the way', () => {
    assert.deepEqual(egressOf(undefined), []);
    assert.deepEqual(egressOf([]), []);
    const blocks = (cidr: string) => (egressOf([{ cidr }])[1] as { to: [{ ipBlock: object }] }).to[0].ipBlock;
    assert.deepEqual(blocks('10.0.0.0/8'), { cidr: '10.0.0.0/8' });
    assert.deepEqual(blocks('0.0.0.0/0'), { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] });
    assert.deepEqual(blocks('169.0.0.0/8'), { cidr: '169.0.0.0/8', except: ['169.254.0.0/16'] });
    assert.deepEqual(blocks('169.254.169.254/32'), { cidr: '169.254.169.254/32' });
    assert.deepEqual(blocks('::/0'), { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::254/128'] });
    assert.deepEqual(
      (egressOf([{ cidr: '10.0.0.0/8', ports: [{ port: 1, endPort: 9 }] }])[1] as { ports: unknown }).ports,
      [{ protocol: 'TCP', port: 1, endPort: 9 }],
    );
    const { ingress } = made().networkPolicy.spec as { ingress: unknown };
    assert.deepEqual(ingress, [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'system' } },
            podSelector: { matchLabels: { app: 'operator' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ]);
  });

  it('gives the program the very words that were written, whatever Kubernetes makes of dollars', () => {
    const words = fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[$()A-Z]{0,12}$/)), { maxLength: 6 });
    fc.assert(
      fc.property(words, fc.dictionary(fc.stringMatching(/^[A-Z]{1,3}$/), fc.string()), (args, env) => {
        for (const word of args) assert.equal(expand(literal(word), env), word);
        const { command } = containerOf({ args });
        const shown = command.map((word) => expand(word, env));
        assert.deepEqual(shown.slice(shown.indexOf('--') + 1), ['npx', ...args]);
      }),
    );
  });

  it('is another template when anything of it changes, and the same when nothing does', () => {
    const hash = (spec: Partial<MCPServerSpec>, metadata = {}) =>
      made(spec, metadata).pod.metadata.annotations?.[TEMPLATE_ANNOTATION];
    const changes: Partial<MCPServerSpec>[] = [
      {},
      { args: [] },
      { image: 'x' },
      { env: [{ name: 'A', value: 'b' }] },
      { resources: { limits: { cpu: '1' } } },
      { podTemplate: { serviceAccountName: 'x' } },
    ];
    assert.equal(new Set(changes.map((change) => hash(change))).size, changes.length);
    assert.equal(hash({}), hash({ egress: [{ cidr: '10.0.0.0/8' }], timeoutSeconds: 5 }));
    assert.notEqual(hash({}), hash({}, { uid: 'uid-2' }));
  });
});

describe('podState', () => {
  const { pod } = made();
  const found = (more: Partial<Pod>): Pod => ({ ...pod, ...more, metadata: { ...pod.metadata, ...more.metadata } });
  const ready = { podIP: '10.1.2.3', conditions: [{ type: 'Ready', status: 'True' }] };
  const owner = { apiVersion: 'v1', kind: 'MCPServer', name: 'tools', uid: 'uid-0', controller: true };

  const cases: [string, Pod | undefined, object][] = [
    ['none', undefined, { kind: 'absent' }],
    ['a stranger', found({ metadata: { ownerReferences: [] } }), { kind: 'foreign' }],
    ['that of an earlier server', found({ metadata: { ownerReferences: [owner] } }), { kind: 'ending' }],
    ['one that is deleted', found({ metadata: { deletionTimestamp: 'now' } }), { kind: 'ending' }],
    ['another template', found({ metadata: { annotations: {} } }), { kind: 'outdated' }],
    ['evicted', found({ status: { phase: 'Failed', reason: 'Evicted' } }), { kind: 'over', detail: 'Evicted' }],
    ['ready', found({ status: ready }), { kind: 'ready', ip: '10.1.2.3' }],
    ['ready without address', found({ status: { conditions: ready.conditions } }), { kind: 'starting' }],
    [
      'creating',
      found({ status: { containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] } }),
      { kind: 'starting', fault: false, detail: 'it is not ready yet' },
    ],
    [
      'unschedulable',
      found({
        status: {
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' }],
        },
      }),
      { kind: 'starting', fault: true, detail: 'Unschedulable: no node' },
    ],
    [
      'crashing',
      found({
        status: {
          containerStatuses: [
            {
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
            },
          ],
        },
      }),
      { kind: 'starting', fault: true, detail: 'CrashLoopBackOff: OOMKilled with exit code 137' },
    ],
  ];
  for (const [name, present, expected] of cases) {
    it(`judges ${name}`, () => assert.partialDeepStrictEqual(podState(present, pod), expected));
  }
});

describe('bridgeToken', () => {
  it('is the same for the same key and server, and another for another', () => {
    const key = new Uint8Array(32).fill(1);
    assert.deepEqual(bridgeToken(key, 'a'), bridgeToken(key, 'a'));
    assert.notEqual(bridgeToken(key, 'a').token, bridgeToken(key, 'b').token);
    assert.notEqual(bridgeToken(key, 'a').token, bridgeToken(new Uint8Array(32), 'a').token);
    assert.match(bridgeToken(key, 'a').token, /^[\w-]{43}$/);
  });
});
