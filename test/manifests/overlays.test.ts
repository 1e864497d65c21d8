import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { kustomize } from '../../scripts/kustomize.ts';
import { ROOT } from '../cli/support/kubechain.ts';
import { writeOverlay } from '../support/overlay.ts';

const MANIFESTS = join(ROOT, 'manifests');
const GOLDEN = join(import.meta.dirname, 'golden');
/** `npm run generate` and UPDATE_GOLDEN=1 rewrite what is expected. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

interface PodTemplate {
  readonly spec: {
    readonly automountServiceAccountToken?: boolean;
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly containers: readonly Readonly<Record<string, unknown>>[];
    readonly topologySpreadConstraints?: readonly unknown[];
  };
}

const render = async (folder: string): Promise<Rendered[]> =>
  parseAllDocuments(await kustomize(folder)).map((document) => document.toJS() as Rendered);
const templateOf = (object: Rendered): PodTemplate => (object.spec as { template: PodTemplate }).template;

describe('manifests/overlays', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-overlays-'));
  const rendered = new Map<string, Rendered[]>();

  before(async () => {
    const named = (name: string, overlay: string) =>
      writeOverlay(folder, `${name}-named`, overlay, ['vap'], { namespace: 'agents', namePrefix: 'acme-' });
    const folders: Record<string, string> = Object.fromEntries(
      readdirSync(join(MANIFESTS, 'overlays')).map((name) => [name, join(MANIFESTS, 'overlays', name)]),
    );
    folders.renamed = writeOverlay(folder, 'renamed', named('renamed', 'default'), ['wiring']);
    folders['renamed-ha'] = writeOverlay(folder, 'renamed-ha', named('renamed-ha', 'ha'), [
      'wiring',
      'cert-manager/wiring',
    ]);
    for (const [name, path] of Object.entries(folders)) rendered.set(name, await render(path));
  });
  after(() => rmSync(folder, { recursive: true }));

  const without = (name: string, kinds: readonly string[]): Rendered[] =>
    (rendered.get(name) ?? []).filter(({ kind }) => !kinds.includes(kind));
  const each = (kind: string): [string, Rendered][] =>
    [...rendered].flatMap(([name, objects]) =>
      objects.filter((object) => object.kind === kind).map((object): [string, Rendered] => [name, object]),
    );

  it('render what is expected of them', () => {
    mkdirSync(GOLDEN, { recursive: true });
    for (const [name] of rendered) {
      if (name === 'default' || name === 'crds-only') continue; // manifests/release
      // What the code or other files say is not said again.
      const elsewhere = ['CustomResourceDefinition', 'ClusterRole', 'Role', 'MutatingWebhookConfiguration'];
      const text = without(name, [...elsewhere, 'ValidatingWebhookConfiguration', 'ValidatingAdmissionPolicy'])
        .map((object) => stringify(object, { lineWidth: 0 }))
        .join('---\n');
      const file = join(GOLDEN, `${name}.yaml`);
      if (UPDATE) writeFileSync(file, text);
      assert.equal(text, readFileSync(file, 'utf8'), `${file}; UPDATE_GOLDEN=1 rewrites it`);
    }
  });

  it('are what manifests/release was rendered from', async () => {
    for (const [file, overlay] of [
      ['latest', 'default'],
      ['latest-crds', 'crds-only'],
    ] as const) {
      const release = parseAllDocuments(readFileSync(join(MANIFESTS, 'release', `${file}.yaml`), 'utf8'));
      assert.deepEqual(
        release.map((document) => document.toJS()),
        rendered.get(overlay),
        `manifests/release/${file}.yaml is out of date: npm run generate`,
      );
    }
  });

  it('run Pods that the profile "restricted" takes, with probes and resources', () => {
    const deployments = each('Deployment');
    assert.equal(deployments.length, 2 * (rendered.size - 1));
    for (const [overlay, object] of deployments) {
      const where = `${overlay}: ${object.metadata.name}`;
      const { spec } = templateOf(object);
      assert.equal(spec.securityContext.runAsNonRoot, true, where);
      assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' }, where);
      for (const container of spec.containers) {
        assert.deepEqual(
          container.securityContext,
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          where,
        );
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) assert.ok(container[probe], where);
        const { requests, limits } = container.resources as Record<string, Record<string, string>>;
        assert.ok(requests?.cpu && requests.memory && limits?.memory, where);
      }
    }
  });

  it('leave the authority of webhooks to who knows it', () => {
    for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
      for (const [overlay, object] of each(kind)) {
        assert.doesNotMatch(JSON.stringify(object), /caBundle/, overlay);
      }
    }
  });

  it('open the ports of Pods and no others', () => {
    for (const [overlay, { metadata, spec }] of each('NetworkPolicy')) {
      const { ingress } = spec as { ingress: { ports: { port: string }[]; from?: unknown }[] };
      assert.equal(ingress.length, 1, overlay);
      assert.equal(ingress[0]?.from, undefined, 'the API server is no Pod');
      const ports = ingress[0]?.ports.map(({ port }) => port);
      const deployment = (rendered.get(overlay) ?? []).find(
        ({ kind, metadata: { name } }) => kind === 'Deployment' && name === metadata.name,
      );
      assert.ok(deployment, overlay);
      const [container = {}] = templateOf(deployment).spec.containers;
      const served = (container.ports as { name: string }[]).map(({ name }) => name);
      assert.deepEqual(ports, served, overlay);
    }
  });

  it('carry a namespace and a prefix of yours into every name', () => {
    // Names that the programs themselves give: of Secrets, of the Lease, of the field manager.
    const own = /kubechain-(webhook-(cert|tls)|approval-key)|app\.kubernetes\.io|"kubechain-operator"\]/;
    for (const name of ['renamed', 'renamed-ha']) {
      for (const object of without(name, ['CustomResourceDefinition'])) {
        assert.doesNotMatch(JSON.stringify(object), /kubechain-system/, `${name}: ${object.metadata.name}`);
        for (const [, word = ''] of JSON.stringify(object).matchAll(/["/ ](kubechain-[a-z-]+)/g)) {
          assert.match(`"${word}"]`, own, `${name}: ${object.kind} ${object.metadata.name} names ${word}`);
        }
      }
    }
    const find = (kind: string): Rendered => {
      const found = rendered.get('renamed-ha')?.find((object) => object.kind === kind);
      assert.ok(found, kind);
      return found;
    };
    assert.deepEqual((find('Certificate').spec as { dnsNames: string[] }).dnsNames, [
      'acme-kubechain-webhook.agents.svc',
      'acme-kubechain-webhook.agents.svc.cluster.local',
    ]);
    const configuration = find('ValidatingWebhookConfiguration');
    const { annotations = {} } = configuration.metadata;
    assert.equal(annotations['cert-manager.io/inject-ca-from'], 'agents/acme-kubechain-webhook');
    const account = '"system:serviceaccount:" + "agents" + ":" + "acme-kubechain-operator"';
    const named = (object: Rendered): number =>
      JSON.stringify(object).split(JSON.stringify(account).slice(1, -1)).length - 1;
    assert.equal(named(configuration), 3);
    assert.equal(named(find('MutatingWebhookConfiguration')), 2);
  });

  it('spread two of each where asked for high availability', () => {
    for (const [overlay, object] of each('Deployment')) {
      const { replicas } = object.spec as { replicas: number };
      const spread = templateOf(object).spec.topologySpreadConstraints?.length ?? 0;
      assert.deepEqual([replicas, spread], overlay.includes('ha') ? [2, 2] : [1, 0], overlay);
    }
  });

  it('leave Secrets of other namespaces alone where Secrets are by namespace', () => {
    const bindings = (name: string): string[] =>
      (rendered.get(name) ?? [])
        .filter(({ kind }) => kind === 'ClusterRoleBinding')
        .map(({ metadata }) => metadata.name);
    assert.ok(bindings('default').includes('kubechain-operator-secrets'));
    assert.ok(!bindings('namespaced').includes('kubechain-operator-secrets'));
  });
});
