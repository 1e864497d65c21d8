import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { stringify } from 'yaml';
import { API_VERSION, GROUP, KINDS, taskRuns, tasks, toCustomResourceDefinition } from '../../../api/index.ts';
import { configMaps } from '../../../argocd/configMaps.ts';
import type { KubeClient, KubeObject, Resource } from '../../../kube/index.ts';
import { createKubeClient, loadKubeConfig } from '../../../kube/index.ts';
import { manifestsOf } from '../drift/objects.ts';
import type { Map as Manifest } from '../drift/threeWay.ts';
import { threeWayDrift } from '../drift/threeWay.ts';
import { argocd, argocdFolder } from '../realArgocd.ts';
import type { ArgoStage } from './stage.ts';
import { argoStage, untilQuiet } from './stage.ts';

const OBJECTS = 120;
const WRITES = 1000;
const NAMESPACE = 'drift';

interface Application {
  status?: {
    sync?: { status?: string };
    health?: { status?: string };
    resources?: { kind: string; name: string; status?: string }[];
  };
}

/** What somebody may do to an object that Argo CD brought, by number. */
const CHANGES: readonly ((live: Record<string, unknown>) => void)[] = [
  () => undefined,
  // A field of a map that Git does not set.
  (live) => Object.assign(live.metadata as object, { labels: { ...labelsOf(live), 'example.com/added': 'x' } }),
  // A value that Git sets.
  (live) => {
    const spec = live.spec as Record<string, unknown>;
    for (const field of ['system', 'message', 'description', 'reason', 'goal']) {
      if (typeof spec[field] === 'string') {
        spec[field] = 'changed by hand';
        return;
      }
    }
  },
  // A list that grows, or is there at all.
  (live) => {
    const spec = live.spec as Record<string, unknown>;
    if (Array.isArray(spec.tools)) spec.tools = [...spec.tools, { name: 'one-more' }];
    else if (Array.isArray(spec.args)) spec.args = [...spec.args, 'one-more'];
    else if (Array.isArray(spec.everythingThatHappenedSoFar)) spec.everythingThatHappenedSoFar = ['else'];
    else if (live.kind === 'Task') spec.runHistoryLimit = spec.runHistoryLimit === 7 ? 8 : 7;
  },
  (live) => {
    const spec = live.spec as Record<string, unknown>;
    if (live.kind === 'Agent') spec.maxTurns = spec.maxTurns === 5 ? 6 : 5;
    if (live.kind === 'Task') spec.suspend = spec.suspend !== true;
    if (live.kind === 'MCPServer') spec.timeoutSeconds = spec.timeoutSeconds === 9 ? 10 : 9;
  },
];

const labelsOf = (live: Record<string, unknown>) => (live.metadata as { labels?: object }).labels;

describe('what Argo CD compares', function () {
  this.timeout(600_000);
  let stage: ArgoStage;
  let client: KubeClient;
  let folder: string;

  before(async function () {
    const opened = argoStage();
    if (opened === undefined) return this.skip();
    stage = await opened;
    client = createKubeClient({
      kubeConfig: loadKubeConfig({ path: stage.kubeconfig, env: {} }),
      fieldManager: 'by-hand',
    });
    await stage.apply('kubechain', ...configMaps({ namespace: 'argocd', links: [] }));
    await stage.apply('kubectl', ...KINDS.map(toCustomResourceDefinition));
    const crds = ['crd', '-l', 'app.kubernetes.io/part-of=kubechain'];
    // It gives up where a CRD has no conditions yet.
    await stage.eventually('the CRDs', async () => {
      await stage.kubectl(['wait', '--for=condition=Established', ...crds]);
      return true;
    });
    await stage.kubectl(['create', 'namespace', NAMESPACE]);
    folder = join(stage.folder, 'manifests');
    mkdirSync(folder);
    return undefined;
  });
  after(async () => {
    await client?.close();
    if (stage === undefined) return;
    // What comes after it begins with a cluster that knows none of our kinds.
    await stage.kubectl(['-n', 'argocd', 'delete', 'app', '--all']);
    await stage.kubectl(['delete', 'crd', '-l', 'app.kubernetes.io/part-of=kubechain']);
    await stage.kubectl(['delete', 'namespace', NAMESPACE]);
  });

  const resourceOf = (kind: unknown): Resource =>
    (KINDS.find((each) => each.kind === kind) as Resource | undefined) ?? assert.fail(String(kind));

  const application = (name: string, url: string, path: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      source: { repoURL: url, targetRevision: 'main', path },
      destination: { server: 'https://kubernetes.default.svc', namespace: NAMESPACE },
      syncPolicy: { automated: {} },
    },
  });

  it('is what our oracle says, on more than a hundred objects', async () => {
    const kinds = KINDS.filter(({ kind }) =>
      ['LLM', 'Agent', 'Tool', 'MCPServer', 'Task', 'ContactChannel'].includes(kind),
    );
    const made: Manifest[] = [];
    mkdirSync(join(folder, 'many'));
    const manifests = fc.oneof(...kinds.map(manifestsOf));
    for (let seed = 1; made.length < OBJECTS && seed < 60; seed += 1) {
      for (const object of fc.sample(manifests, { seed, numRuns: 20 })) {
        if (made.length >= OBJECTS) break;
        const plain = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
        const metadata = { ...(plain.metadata as object), name: `o-${made.length}`, namespace: NAMESPACE };
        const manifest: Manifest = { ...plain, metadata };
        const fits = await client
          .create(resourceOf(manifest.kind), manifest as unknown as KubeObject, { dryRun: true })
          .then(() => true)
          .catch(() => false);
        if (fits) made.push(manifest);
      }
    }
    assert.ok(made.length >= 100, `${made.length} objects`);
    writeFileSync(
      join(folder, 'many', 'objects.yaml'),
      made
        .map((each) =>
          stringify(each, { aliasDuplicateObjects: false, defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }),
        )
        .join('---\n'),
    );
    const url = await stage.commit(folder, 'drift');
    await stage.kubectl(['apply', '-f', '-'], stringify(application('many', url, 'many')));
    const app = () => stage.get<Application>('application', 'many', 'argocd');
    await stage.eventually('the first sync', async () => (await app())?.status?.sync?.status === 'Synced', 240);

    for (const [index, manifest] of made.entries()) {
      const resource = resourceOf(manifest.kind);
      const key = { namespace: NAMESPACE, name: `o-${index}` };
      const live = (await client.get(resource, key)) as unknown as Record<string, unknown>;
      CHANGES[index % CHANGES.length]?.(live);
      // What its rules refuse stays as it is.
      await client.replace(resource, live as unknown as KubeObject).catch(() => undefined);
    }
    const expected = new Map<string, string>();
    for (const [index, manifest] of made.entries()) {
      const live = await client.get(resourceOf(manifest.kind), { namespace: NAMESPACE, name: `o-${index}` });
      const drift = threeWayDrift(manifest, live as unknown as Manifest);
      expected.set(`o-${index}`, drift.length === 0 ? 'Synced' : 'OutOfSync');
    }
    const drifted = [...expected.values()].filter((status) => status === 'OutOfSync').length;
    assert.ok(drifted >= 15 && drifted <= made.length - 15, `${drifted} of ${made.length} drifted`);
    await stage.refresh('many', 'hard');
    const seen = () =>
      app().then((found) => new Map(found?.status?.resources?.map(({ name, status }) => [name, status ?? ''])));
    await stage
      .eventually(
        'the comparison',
        async () => {
          const statuses = await seen();
          return [...expected].every(([name, status]) => statuses.get(name) === status);
        },
        60,
      )
      .catch(async () => {
        const statuses = await seen();
        const wrong = [...expected].filter(([name, status]) => statuses.get(name) !== status);
        assert.deepEqual(
          wrong.map(([name, status]) => ({
            name,
            ours: status,
            theirs: statuses.get(name),
            manifest: made[Number(name.slice(2))],
          })),
          [],
        );
      });
    process.stderr.write(`      ${made.length} objects, ${drifted} drifted: agreed\n`);
  });

  it('tells of runs that failed, of humans that are waited for, and of what policies refused', async () => {
    const resource = { group: GROUP, version: 'v1alpha1', namespace: 'a', status: 'Synced' };
    const denial = 'admission webhook "validate.kubechain.humanlayer.dev" denied the request: [baseline/tools.deny] no';
    const waits = 'Waiting for a human: approval of multiply';
    const app = {
      ...application('told', 'https://git.example/x.git', '.'),
      status: {
        operationState: {
          phase: 'Failed',
          operation: {},
          startedAt: '2026-01-01T00:00:00Z',
          syncResult: {
            revision: 'abc',
            resources: [{ ...resource, kind: 'Agent', name: 'bad', status: 'SyncFailed', message: denial }],
          },
        },
        resources: [
          { ...resource, kind: 'Task', name: 'daily', health: { status: 'Suspended', message: waits } },
          {
            ...resource,
            kind: 'Task',
            name: 'other',
            health: { status: 'Degraded', message: 'the provider said 401' },
          },
          { ...resource, kind: 'Agent', name: 'fine' },
        ],
      },
    };
    const file = join(stage.folder, 'app.yaml');
    const cm = join(stage.folder, 'notifications.yaml');
    const [, , map] = configMaps({ namespace: 'argocd', links: [] });
    writeFileSync(file, stringify(app));
    writeFileSync(cm, stringify(map));
    const ask = async (given: object, ...args: string[]) => {
      writeFileSync(file, stringify(given));
      const where = [
        '--namespace',
        'argocd',
        '--config-map',
        cm,
        '--secret',
        ':empty',
        '--kubeconfig',
        stage.kubeconfig,
      ];
      return (await argocd(argocdFolder() ?? '', ['admin', 'notifications', ...args, file, ...where])).stdout;
    };
    for (const [name, text] of [
      ['run-failed', '- Task a/other: the provider said 401'],
      ['approval-needed', `- Task a/daily: ${waits}`],
      ['policy-violated', `- Agent a/bad: ${denial}`],
    ] as const) {
      assert.match(await ask(app, 'trigger', 'run', `on-kubechain-${name}`), /\strue\s/, name);
      const told = await ask(app, 'template', 'notify', `kubechain-${name}`);
      assert.ok(told.includes(text), told);
      assert.equal(told.split('- ').length, 2, told);
      assert.match(await ask({ ...app, status: {} }, 'trigger', 'run', `on-kubechain-${name}`), /\sfalse\s/, name);
    }
  });

  it('is not looked at for a thousand writes of status that leave the health as it is', async () => {
    mkdirSync(join(folder, 'storm'));
    const status = { observedGeneration: 1, ready: true, status: 'Ready', statusDetail: 'Task Run Created' } as const;
    writeFileSync(
      join(folder, 'storm', 'task.yaml'),
      stringify({
        apiVersion: API_VERSION,
        kind: 'Task',
        metadata: { name: 'storm' },
        spec: { agentRef: { name: 'a' }, message: 'm' },
      }),
    );
    const url = await stage.commit(folder, 'drift');
    await stage.kubectl(['apply', '-f', '-'], stringify(application('storm', url, 'storm')));
    const app = () => stage.get<Application>('application', 'storm', 'argocd');
    const key = { namespace: NAMESPACE, name: 'storm' };
    await stage.eventually('the sync', async () => (await app())?.status?.sync?.status === 'Synced');
    const write = (resource: Resource, name: string, value: object) =>
      client.patch(
        resource,
        { namespace: NAMESPACE, name },
        { type: 'merge', body: { status: value } },
        { subresource: 'status' },
      );
    await write(tasks as Resource, 'storm', status);
    const task = await client.get(tasks, key);
    await client.create(taskRuns, {
      apiVersion: API_VERSION,
      kind: 'TaskRun',
      metadata: {
        name: 'storm-1',
        namespace: NAMESPACE,
        annotations: { 'argocd.argoproj.io/ignore-resource-updates': 'true' },
        ownerReferences: [
          { apiVersion: API_VERSION, kind: 'Task', name: 'storm', uid: task.metadata.uid ?? '', controller: true },
        ],
      },
      spec: { taskRef: { name: 'storm' } },
    });
    await write(taskRuns as Resource, 'storm-1', { phase: 'SendContextWindowToLLM', statusDetail: 'Sending' });
    await stage.eventually('the health', async () => (await app())?.status?.health?.status === 'Healthy');
    const refreshes = () => stage.refreshes('storm');
    await untilQuiet(stage, 'storm');
    const before = refreshes();
    for (let written = 0; written < WRITES; written += 1) {
      const child = written % 2 === 0;
      await (child
        ? write(taskRuns as Resource, 'storm-1', { messageCount: written, turns: written })
        : write(tasks as Resource, 'storm', { output: `so far ${written}` }));
    }
    await untilQuiet(stage, 'storm');
    const during = refreshes() - before;
    // One a change of health is what a user wants to see.
    await write(taskRuns as Resource, 'storm-1', { phase: 'FinalAnswer', statusDetail: 'done' });
    await stage.eventually('a refresh', async () => refreshes() > before + during);
    process.stderr.write(`      ${WRITES} writes of status: ${during} refreshes\n`);
    assert.equal(during, 0);
  });
});
