import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { parseAllDocuments } from 'yaml';
import { API_VERSION } from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { KubeError } from '../../kube/index.ts';
import type { WebhookStage } from '../webhooks/support/stage.ts';
import { startWebhookStage } from '../webhooks/support/stage.ts';
import { FROM_GIT, manifestsOf } from './drift/objects.ts';
import type { Map as Manifest } from './drift/threeWay.ts';
import { differences, LAST_APPLIED, threeWayDrift } from './drift/threeWay.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
/** Of all kinds together. More where time is no matter. */
const GENERATED = Number(process.env.KUBECHAIN_DRIFT_RUNS ?? 55);

/** Every object of ours in the examples. */
function exampleObjects(): Manifest[] {
  return readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.includes('simulate-openai'))
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(join(EXAMPLES, name), 'utf8')).map((document) => document.toJS()))
    .filter((object) => object?.apiVersion === API_VERSION && FROM_GIT.some(({ kind }) => kind === object.kind));
}

describe('drift as Argo CD sees it', function () {
  this.timeout(120_000 + GENERATED * 100);
  let stage: WebhookStage;
  let argocd: KubeClient;
  let count = 0;
  before(async () => {
    stage = await startWebhookStage();
    argocd = await stage.as('system:serviceaccount:argocd:argocd-application-controller');
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const resourceOf = (object: Manifest): Resource => {
    const kind = FROM_GIT.find((each) => each.kind === object.kind);
    return (kind as Resource | undefined) ?? assert.fail(`${object.kind}`);
  };

  /** As a sync writes it: tracking id, and what was applied; undefined where the API server refuses it. */
  async function sync(git: Manifest, serverSide: boolean): Promise<{ git: Manifest; live: KubeObject } | undefined> {
    count += 1;
    const resource = resourceOf(git);
    const name = `drift-${count}`;
    const key = { name, ...(resource.namespaced ? { namespace: stage.namespace } : {}) };
    const given = git.metadata as { annotations?: Record<string, string> };
    const tracked = {
      ...git,
      metadata: {
        ...given,
        ...key,
        annotations: {
          ...given.annotations,
          'argocd.argoproj.io/tracking-id': `app:${resource.group}/${resource.kind}:${key.namespace ?? ''}/${name}`,
        },
      },
    };
    const named = { ...git, metadata: { ...given, ...key } };
    try {
      if (serverSide) {
        const live = await argocd.patch(
          resource,
          key,
          { type: 'apply', body: tracked },
          { fieldManager: 'argocd-controller', force: true },
        );
        return { git: named, live };
      }
      const applied = {
        ...tracked,
        metadata: {
          ...tracked.metadata,
          annotations: { ...tracked.metadata.annotations, [LAST_APPLIED]: JSON.stringify(tracked) },
        },
      };
      return { git: named, live: await argocd.create(resource, applied as KubeObject) };
    } catch (error) {
      if (error instanceof KubeError && (error.code === 'Invalid' || error.code === 'Forbidden')) return undefined;
      throw error;
    }
  }

  /** What a server-side dry run of the same manifest would change. */
  async function serverSideDrift(git: Manifest, live: KubeObject): Promise<string[]> {
    const resource = resourceOf(git);
    const { name = '', namespace } = live.metadata;
    const { annotations } = live.metadata;
    const tracked = {
      ...git,
      metadata: {
        ...(git.metadata as object),
        annotations: {
          ...(git.metadata as { annotations?: object }).annotations,
          'argocd.argoproj.io/tracking-id': annotations?.['argocd.argoproj.io/tracking-id'] ?? '',
        },
      },
    };
    const predicted = await argocd.patch(
      resource,
      { name, ...(namespace === undefined ? {} : { namespace }) },
      { type: 'apply', body: tracked },
      { fieldManager: 'argocd-controller', force: true, dryRun: true },
    );
    return differences(plain(predicted), plain(live), '');
  }

  const plain = (object: KubeObject) => {
    const { managedFields, resourceVersion, generation, ...metadata } = object.metadata as Record<string, unknown>;
    return { ...object, metadata, status: undefined };
  };

  /** A status as a controller might write it, on top of what there is. */
  async function withStatus(live: KubeObject): Promise<KubeObject> {
    const resource = resourceOf(live as unknown as Manifest);
    const { name = '', namespace } = live.metadata;
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'R',
      message: 'm',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    return stage.operator.patch(
      resource,
      { name, ...(namespace === undefined ? {} : { namespace }) },
      { type: 'merge', body: { status: { observedGeneration: 1, conditions: [condition] } } },
      { subresource: 'status' },
    );
  }

  async function check(git: Manifest, serverSide: boolean): Promise<boolean> {
    const synced = await sync(git, serverSide);
    if (synced === undefined) return false;
    const later = await withStatus(synced.live);
    for (const live of [synced.live, later]) {
      assert.deepEqual(threeWayDrift(synced.git, live as unknown as Manifest), [], JSON.stringify(git));
    }
    assert.deepEqual(await serverSideDrift(synced.git, later), [], JSON.stringify(git));
    return true;
  }

  /** A policy that is off everywhere judges nothing of what the next ones bring. */
  const quiet = (object: Manifest): Manifest => {
    if (object.kind !== 'AgentPolicy' && object.kind !== 'ClusterAgentPolicy') return object;
    const spec = object.spec as { modes?: Record<string, string> };
    const modes = spec.modes && Object.fromEntries(Object.keys(spec.modes).map((place) => [place, 'Off']));
    return { ...object, spec: { ...spec, mode: 'Off', ...(modes === undefined ? {} : { modes }) } };
  };

  it('is none in any example, applied on either side', async () => {
    const objects = exampleObjects();
    assert.ok(objects.length >= 30, `${objects.length} objects`);
    // Policies last: they judge what comes after them.
    const isPolicy = ({ kind }: Manifest) => String(kind).includes('Policy');
    const ordered = [...objects.filter((each) => !isPolicy(each)), ...objects.filter(isPolicy)];
    for (const object of ordered) {
      for (const serverSide of [false, true]) {
        assert.ok(await check(quiet(object), serverSide), `refused: ${JSON.stringify(object)}`);
      }
    }
  });

  for (const kind of FROM_GIT) {
    it(`is none in whatever the schemas admit: ${kind.kind}`, async () => {
      const property = fc.asyncProperty(manifestsOf(kind), fc.boolean(), async (object, serverSide) => {
        // The webhook knows rules that the schema has not. It takes more than half of all: a hundred refusals in a row would be its fault.
        fc.pre(await check(quiet(JSON.parse(JSON.stringify(object))), serverSide));
      });
      await fc.assert(property, { numRuns: Math.ceil(GENERATED / FROM_GIT.length), maxSkipsPerRun: 100 });
    });
  }

  it('is noticed where there is some', async () => {
    const agent = {
      apiVersion: API_VERSION,
      kind: 'Agent',
      metadata: {},
      spec: { llmRef: { name: 'l' }, system: 's', tools: [{ name: 'a' }] },
    };
    const synced = (await sync(agent, false)) ?? assert.fail();
    const drift = (change: (live: KubeObject & { spec: typeof agent.spec & Record<string, unknown> }) => void) => {
      const live = structuredClone(synced.live) as KubeObject & { spec: typeof agent.spec & Record<string, unknown> };
      change(live);
      return threeWayDrift(synced.git, live as unknown as Manifest);
    };
    assert.deepEqual(
      drift((live) => (live.spec.system = 'S')),
      ['/spec/system'],
    );
    assert.deepEqual(
      drift((live) => live.spec.tools.push({ name: 'b' })),
      ['/spec/tools'],
    );
    assert.deepEqual(
      drift((live) => (live.spec.tools = [])),
      ['/spec/tools'],
    );
    // A field of a map that Git does not set is nobody's business; so is one within an element of a list.
    assert.deepEqual(
      drift((live) => (live.spec.maxTurns = 5)),
      [],
    );
    assert.deepEqual(
      drift((live) => Object.assign(live.spec.tools[0] ?? {}, { more: 1 })),
      [],
    );
    const gone = { ...synced.git, spec: { llmRef: { name: 'l' }, system: 's' } };
    assert.deepEqual(threeWayDrift(gone, synced.live as unknown as Manifest), ['/spec/tools']);
  });
});
