import assert from 'node:assert/strict';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import type { PolicyPlace } from '../../api/index.ts';
import {
  agentPolicyExceptions,
  agentRevisions,
  agents,
  clusterAgentPolicies,
  DEFAULT_BASE_URLS,
  DEFAULT_MODELS,
  GROUP,
  KINDS,
  mcpServers,
  taskRuns,
  taskRunToolCalls,
  VERSION,
} from '../../api/index.ts';
import { createSchemaChecker } from '../../cli/manifests/schema.ts';
import { runProgram } from '../../cli/runProgram.ts';
import { createInformers } from '../../controller/informers.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { systemClock } from '../../kube/index.ts';
import type { AnyPolicy } from '../../policies/engine/index.ts';
import { compilePolicies } from '../../policies/engine/index.ts';
import { validate } from '../../webhooks/admission/validate.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { atRunTime, fromBackground, fromCommandLine, fromWebhook, toldBy } from '../policies/places.ts';
import {
  atObjects,
  counted,
  inModes,
  movedTo,
  nameOf,
  policiesOf,
  sorted,
  type Told,
  type World,
  world,
} from '../policies/worlds.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { namespaces } from '../support/objects.ts';
import { createRawRequests, type RawRequests } from '../support/rawRequests.ts';
import { edits, spoil } from './support/spoilt.ts';
import { RESTORER, startWebhookStage, type WebhookStage } from './support/stage.ts';
import { createAdmission, OPERATOR, requestOf } from './support/world.ts';

/** How many generated worlds come to the API server, each with its policies enforced and with each in its own modes. */
const WORLDS = Number(process.env.KUBECHAIN_API_WORLDS ?? 4);
/** How many spoilt objects. */
const SPOILT = WORLDS * 20;
const SEED = Number(process.env.KUBECHAIN_API_SEED ?? Date.now() % 2 ** 31);

const HOUR = 3_600_000;

type Spec = Readonly<Record<string, unknown>>;

interface Placed {
  readonly world: World;
  readonly enforced: boolean;
  readonly policies: readonly AnyPolicy[];
}

const resourceOf = ({ kind = '' }: KubeObject): Resource<KubeObject> => {
  const found = KINDS.find((each) => each.kind === kind);
  assert.ok(found, kind);
  return found as unknown as Resource<KubeObject>;
};

/**
 * Worlds in which something is refused, by policies that an API server takes. Exceptions end an hour ago or in one, since here time does
 * not stand still.
 */
function sample(): World[] {
  const { faults } = createSchemaChecker();
  const telling = world.filter((each) => {
    const policies = policiesOf(each, true);
    if (policies.some((policy) => faults({ object: policy as never }).length > 0)) return false;
    return [...fromWebhook(each, policies).values()].flat().some((finding) => finding.endsWith('deny'));
  });
  return fc.sample(telling, { numRuns: WORLDS, seed: SEED }).map((each) => ({
    ...each,
    exceptions: each.exceptions.map(({ spec, ...rest }) => {
      const late = Date.parse(spec.expiresAt) <= each.now;
      return { ...rest, spec: { ...spec, expiresAt: new Date(each.now + (late ? -HOUR : HOUR)).toISOString() } };
    }),
  }));
}

/** A report calls both a notice: what has to be approved, and what is only recorded. */
const asNotice = (finding: Told): Told => finding.replace(/requireApproval$/, 'audit');

/** The four places over objects that an API server keeps, with its defaults, and asked by it. */
describe(`the four places, on an API server (seed ${SEED})`, function () {
  this.timeout(60_000 + WORLDS * 5000);
  let stage: WebhookStage;
  let raw: RawRequests;
  let placed: Placed[];
  const stack = new AsyncDisposableStack();

  before(async () => {
    stage = stack.use(await startWebhookStage());
    const velero = await stage.as(RESTORER);
    const user = { ...stage.kubeConfig.user, impersonateUser: OPERATOR };
    raw = stack.use(await createRawRequests({ ...stage.kubeConfig, user }));
    const now = Date.now();
    placed = sample().flatMap((each, i) =>
      [true, false].map((enforced) => {
        const moved = movedTo(each, `${stage.namespace}-${i}${enforced ? 'e' : 'm'}`, now);
        const policies = policiesOf(moved, enforced).map(
          (policy) =>
            ({
              ...policy,
              spec: { ...policy.spec, match: { ...policy.spec.match, namespaces: [moved.namespace] } },
            }) as AnyPolicy,
        );
        return { world: moved, enforced, policies };
      }),
    );
    await Promise.all(placed.map((each) => settle(each, velero)));
    // The webhook hears of policies in the order in which they came.
    for (const policy of placed.flatMap(({ policies }) => policies))
      await velero.create(clusterAgentPolicies, policy as never);
    for (const { policies } of placed)
      for (const { metadata } of policies)
        stack.defer(() => stage.client.delete(clusterAgentPolicies, { name: metadata.name ?? '' }));
    await untilHeard();
  });
  after(() => stack.disposeAsync());

  async function settle({ world: each }: Placed, velero: KubeClient): Promise<void> {
    const { client, operator } = stage;
    await client.create(namespaces, { metadata: { name: each.namespace } });
    stack.defer(() => client.delete(namespaces, { name: each.namespace }));
    const status = async (resource: Resource<KubeObject>, object: KubeObject) => {
      const body = { status: (object as { status?: object }).status };
      if (body.status !== undefined)
        await operator.patch(
          resource,
          { namespace: each.namespace, name: object.metadata.name ?? '' },
          { type: 'merge', body },
          { subresource: 'status' },
        );
    };
    for (const object of [...each.objects, each.run as KubeObject]) {
      await operator.create(resourceOf(object), object);
      if (object.kind === mcpServers.kind || object.kind === taskRuns.kind) await status(resourceOf(object), object);
    }
    await operator.create(agentRevisions, {
      ...each.revision,
      spec: { ...each.revision.spec, tools: each.revision.spec.tools.map((tool) => ({ ...tool, digest: 'sha256:0' })) },
    } as never);
    await operator.create(taskRunToolCalls, each.call);
    // As a backup brings them back: those too that have expired, and those that no policy allows.
    for (const exception of each.exceptions) await velero.create(agentPolicyExceptions, exception as never);
  }

  /** A last policy, and an object that it refuses as soon as the webhook knows of it. */
  async function untilHeard(): Promise<void> {
    const { client, namespace } = stage;
    const name = `${namespace}-last`;
    const match = { namespaces: [namespace], kinds: [agents.kind] };
    const spec = { match, rules: [{ name: 'heard', expression: 'false' }] };
    await client.create(clusterAgentPolicies, {
      apiVersion: `${GROUP}/${VERSION}`,
      kind: clusterAgentPolicies.kind,
      metadata: { name },
      spec,
    } as never);
    stack.defer(() => client.delete(clusterAgentPolicies, { name }));
    const probe = {
      apiVersion: `${GROUP}/${VERSION}`,
      kind: agents.kind,
      metadata: { namespace, name: 'probe' },
      spec: { llmRef: { name: 'gpt' }, system: 's' },
    };
    for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
      const { body } = await raw.post(pathOf(probe as KubeObject), JSON.stringify(probe));
      if (body.message?.includes('/heard]')) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the webhook does not hear of policies');
  }

  const pathOf = (object: KubeObject): string =>
    `/apis/${GROUP}/${VERSION}/namespaces/${object.metadata.namespace}/${resourceOf(object).plural}?dryRun=All`;

  const expected = (each: Placed): { objects: Told[]; runs: Told[]; calls: Told[]; agents: Told[] } => {
    const told = fromWebhook(each.world, policiesOf(each.world, true));
    const objects = [...told].flatMap(([name, all]) => (name.startsWith('TaskRun') ? [] : all));
    return {
      objects,
      runs: told.get(nameOf(each.world.run as KubeObject)) ?? [],
      calls: told.get(nameOf(each.world.call as KubeObject)) ?? [],
      agents: objects.filter((finding) => finding.startsWith('Agent/')),
    };
  };
  const inPlace = ({ world: each, enforced }: Placed, place: PolicyPlace, all: readonly Told[]): Told[] =>
    enforced ? [...all] : inModes(each, place, all);

  it('admission: the API server refuses what the engine refuses, in the same words, and hands on the same warnings', async () => {
    let refused = 0;
    for (const { world: each, policies } of placed) {
      const admission = createAdmission({
        policies,
        objects: [...each.objects, ...each.exceptions, each.run],
        now: each.now,
      });
      for (const object of [...each.objects, each.run as KubeObject, each.call as KubeObject]) {
        const user = { username: OPERATOR, groups: ['system:authenticated'] };
        const request = requestOf(object, { user, namespace: each.namespace });
        const answer = await validate(request, admission, new AbortController().signal);
        const { status, body, warnings } = await raw.post(pathOf(object), JSON.stringify(object));
        const what = `${each.namespace} ${nameOf(object)}`;
        if (answer.allowed) assert.deepEqual([status, body.reason], [409, 'AlreadyExists'], `${what}: ${body.message}`);
        else {
          refused += 1;
          assert.equal(status, 403, `${what}: ${body.message}`);
          assert.equal(
            body.message,
            `admission webhook "validate.${GROUP}" denied the request: ${answer.message}`,
            what,
          );
        }
        assert.deepEqual(warnings, answer.warnings ?? [], what);
      }
    }
    assert.ok(refused >= WORLDS, 'the worlds are too tame to tell anything');
  });

  it('run time and background: the operator finds the same in its caches', async () => {
    const stop = new AbortController();
    const informers = createInformers({ client: stage.client, clock: systemClock, logger: createRecordingLogger() });
    const all = Object.values(informers).filter((each) => each !== undefined);
    const running = all.map((each) => each.run(stop.signal));
    try {
      await Promise.all(all.map((each) => each.synced(stop.signal)));
      const set = compilePolicies(informers.clusterPolicies.store.list());
      for (const each of placed) {
        const { objects, runs, calls, agents } = expected(each);
        const { namespace } = each.world;
        const stored = {
          ...each.world,
          run: informers.taskRuns.store.get(`${namespace}/run-1`),
          call: informers.toolCalls.store.get(`${namespace}/run-1-toolcall-02`),
        } as World;
        const live = atRunTime(stored, set, informers);
        assert.deepEqual(sorted(live.agent), sorted(inPlace(each, 'runtime', agents)), `${namespace}, the agent`);
        assert.deepEqual(sorted(live.call), sorted(inPlace(each, 'runtime', calls)), `${namespace}, the call`);
        assert.deepEqual(
          sorted(await fromBackground(each.world, set, informers)),
          sorted(counted(inPlace(each, 'background', [...objects, ...runs, ...calls]))),
          `${namespace}, background`,
        );
      }
    } finally {
      stop.abort();
      await Promise.allSettled(running);
    }
  });

  it('command line: audit reads the same from the cluster, and check from what kubectl writes of it', async () => {
    for (const each of placed) {
      const { objects, runs, calls } = expected(each);
      const { namespace } = each.world;
      const { io, out, err } = fakeIo();
      const args = ['policy', 'audit', '-o', 'json', '--kubeconfig', stage.kubeConfig.source, '-n', namespace];
      await runProgram([...args, '--now', new Date(each.world.now).toISOString()], io);
      assert.ok(out() !== '', err());
      assert.deepEqual(
        sorted(toldBy(out())),
        sorted(atObjects(inPlace(each, 'background', [...objects, ...runs, ...calls])).map(asNotice)),
        `${namespace}, audit`,
      );
      const exported = await Promise.all(
        each.world.objects.map(async (object) => ({
          ...(await stage.client.get(resourceOf(object), { namespace, name: object.metadata.name ?? '' })),
          apiVersion: object.apiVersion,
          kind: object.kind,
        })),
      );
      assert.deepEqual(
        sorted(await fromCommandLine({ ...each.world, objects: exported as KubeObject[] }, each.policies)),
        sorted(atObjects(inPlace(each, 'cli', objects))),
        `${namespace}, check`,
      );
    }
  });

  it('omission bypasses nothing: the API server refuses the same where a field is left out and where it is written', async () => {
    /** What fields come to that are left out, beside what stands there. */
    const written = ({ kind, spec }: { readonly kind?: string; readonly spec: Spec }): Spec => {
      const { parameters, execute, transport } = spec as {
        parameters?: Spec;
        execute?: { externalAPI: Spec };
        transport?: string;
      };
      if (kind === 'LLM') {
        const provider = spec.provider as 'openai' | 'anthropic';
        const used = { model: DEFAULT_MODELS[provider], baseUrl: DEFAULT_BASE_URLS[provider], temperature: '1' };
        return { ...spec, parameters: { ...used, ...parameters } };
      }
      if (kind === 'MCPServer')
        return transport === 'stdio'
          ? { args: [], env: [], egress: [], egressHosts: [], ...spec }
          : { headers: [], ...spec };
      if (kind === 'Tool') return { ...spec, execute: { externalAPI: { method: 'GET', ...execute?.externalAPI } } };
      if (kind === 'Agent') return { onDefinitionChange: 'Pin', ...spec };
      return { everythingThatHappenedSoFar: [], suspend: false, ...spec };
    };
    /** Which rules refuse what, without how they word it. */
    const refused = async (object: KubeObject): Promise<string[]> => {
      const { status, body } = await raw.post(pathOf(object), JSON.stringify(object));
      assert.ok(status === 409 || status === 403, `${nameOf(object)}: ${body.message}`);
      return [...(body.message ?? '').matchAll(/^(?:admission webhook .* request: )?(\[\S+\/\S+\] \S+):/gm)].map(
        ([, head = '']) => head,
      );
    };
    let told = 0;
    for (const { world: each } of placed.filter(({ enforced }) => enforced)) {
      for (const object of each.objects as unknown as (KubeObject & { readonly spec: Spec })[]) {
        const absent = await refused(object);
        assert.deepEqual(
          absent,
          await refused({ ...object, spec: written(object) } as KubeObject),
          `${each.namespace} ${nameOf(object)}`,
        );
        told += absent.length;
      }
    }
    assert.ok(told >= WORLDS, `${told} findings`);
  });

  it('objects that are spoilt anyhow get an answer that says why, and the webhook is there for the next one', async () => {
    const user = { ...stage.kubeConfig.user, impersonateUser: 'system:admin', impersonateGroups: ['system:masters'] };
    await using anybody = await createRawRequests({ ...stage.kubeConfig, user });
    let reached = 0;
    const given = placed.flatMap(({ world: each, policies }) => [
      ...policies,
      ...each.exceptions,
      ...each.objects,
      each.run,
    ]) as unknown as KubeObject[];
    const broken = fc.record({ object: fc.constantFrom(...given), changes: edits });
    for (const { object, changes } of fc.sample(broken, { numRuns: SPOILT, seed: SEED })) {
      const { kind = '' } = object;
      const whole = structuredClone({ ...object, metadata: { name: 'x' } }) as object;
      for (const change of changes) spoil(whole, change);
      const text = JSON.stringify(whole);
      const { plural, namespaced } = resourceOf({ ...object, kind });
      const scope = namespaced ? `/namespaces/${stage.namespace}` : '';
      const { status, body } = await anybody.post(`/apis/${GROUP}/${VERSION}${scope}/${plural}?dryRun=All`, text);
      const what = `${text}: ${status} ${body.message}`;
      if (status === 201 || body.message?.includes('denied the request') === true) reached += 1;
      assert.ok(status === 201 || (status >= 400 && status < 500), what);
      assert.ok(status === 201 || (body.kind === 'Status' && (body.message ?? '') !== ''), what);
      assert.doesNotMatch(body.message ?? '', /failed calling webhook|could not be decided/, what);
    }
    assert.ok(reached >= SPOILT / 10, `${reached} came as far as the webhook`);
    const errors = stage.logger.entries.filter(({ level }) => level === 'error');
    assert.deepEqual(errors, []);
  });
});
