/** Subresources of pods: binding to a node, eviction, containers added later, and what only a node could answer. */

import { admitBody } from './admission/bodies.ts';
import { at, objects, record, text } from './builtin/access.ts';
import { selectorMatches } from './builtin/validation/common.ts';
import { dateConditions, signingStatus } from './builtin/validation/signing.ts';
import { wholePod } from './builtin/validation/workloads.ts';
import { checkContainer, checkLogOptions, checkPorts } from './podoptions.ts';
import { ephemeralContainers, type Part, resize } from './podparts.ts';
import type { RegistryContext } from './registry/call.ts';
import { timestamp } from './registry/call.ts';
import { convertEntries, readEntry } from './registry/convert.ts';
import { copyJson, isObject } from './registry/copy.ts';
import { ensureNamespace, track } from './registry/create.ts';
import { remove } from './registry/delete.ts';
import { modify, systemCall } from './registry/internal.ts';
import { storageName } from './registry/resources.ts';
import { update } from './registry/update.ts';
import type { Exchange } from './request/exchange.ts';
import { negotiate } from './request/negotiate.ts';
import { readObject } from './request/object.ts';
import { writeRequest } from './request/resource.ts';
import { sendObject, sendWarnings } from './request/response.ts';
import { sendResult } from './request/result.ts';
import {
  badRequest,
  conflict,
  failure,
  fieldError,
  methodNotAllowed,
  notFound,
  StatusError,
  unknownError,
} from './request/status.ts';
import { callOf } from './request/writeOptions.ts';
import { entryKey } from './storage/entry.ts';
import type { FieldError, JsonObject, KubeObject, ResourceDefinition } from './types.ts';

type Handler = (exchange: Exchange, definition: ResourceDefinition) => Promise<void>;

const pods = { group: '', resource: 'pods' };

/** Handlers by `group/plural/subresource`. */
export function podSubresources(context: () => RegistryContext): Map<string, Handler> {
  const onNode: Handler = async (exchange, definition) => {
    const { info } = exchange;
    const kind = info.subresource;
    if (kind === 'log') checkLogOptions(info.query, info.name);
    if (kind === 'portforward') checkPorts(info.query);
    const pod = await find(context(), exchange, definition);
    if (kind !== 'portforward') checkContainer(pod, info.query.get('container') ?? '');
    const node = text(pod, 'spec.nodeName');
    if (node !== '') throw notFound(pods, node);
    if (kind !== 'log') throw badRequest(`pod ${exchange.info.name} does not have a host assigned`);
    // A pod that no node has begun has no log yet.
    exchange.response.statusCode = 204;
    exchange.response.setHeader('Cache-Control', 'no-cache, private');
    exchange.response.end();
  };
  const method =
    (methods: readonly string[], handler: Handler): Handler =>
    (exchange, definition) => {
      if (!methods.includes(exchange.info.method)) throw methodNotAllowed();
      return handler(exchange, definition);
    };
  const streams = ['GET', 'POST'];
  return new Map<string, Handler>([
    ['/pods/binding', method(['POST'], (exchange, definition) => bind(context(), exchange, definition))],
    ['/pods/eviction', method(['POST'], (exchange, definition) => evict(context(), exchange, definition))],
    ['/pods/ephemeralcontainers', part(context, ephemeralContainers)],
    ['/pods/resize', part(context, resize)],
    ['/pods/log', method(['GET'], onNode)],
    ['/pods/exec', method(streams, onNode)],
    ['/pods/attach', method(streams, onNode)],
    ['/pods/portforward', method(streams, onNode)],
    ['certificates.k8s.io/certificatesigningrequests/approval', approval(context)],
  ]);
}

async function find(context: RegistryContext, { info }: Exchange, definition: ResourceDefinition): Promise<KubeObject> {
  const key = entryKey(definition.namespaced ? info.namespace : '', info.name);
  const entry = context.store.get(storageName(definition), key);
  if (entry === undefined) throw notFound({ group: definition.group, resource: definition.plural }, info.name);
  await convertEntries(context.store, [entry], definition);
  return readEntry(context.store, entry, definition).object;
}

/** Answers with the object itself. */
async function answer(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const object = await find(context, exchange, definition);
  const form = negotiate(exchange.request.headers.accept, false);
  sendResult(context, exchange, definition, 200, form, object, undefined);
}

/** Reads a body of another kind than the resource's own. */
async function readBodyOf(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  group: string,
  version: string,
  kind: string,
): Promise<KubeObject> {
  const known = context.resources.find(group, version, `${kind.toLowerCase()}s`);
  const { decode: _, applyDefaults: __, ...rest } = definition;
  const own = known ?? { ...rest, group, version, kind };
  return readObject(context, exchange, { ...callOf(exchange, own, 'CreateOptions'), definition: own });
}

function done({ request, response, info }: Exchange): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  sendObject(request, response, 201, status, info.query, negotiate(request.headers.accept, false).mediaType);
}

/** POST of a Binding, to a pod's own path or to the collection. */
export async function bind(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  let binding = await readBodyOf(context, exchange, definition, '', 'v1', 'Binding');
  const sent = callOf(exchange, definition, 'CreateOptions');
  ensureNamespace(sent, binding);
  const name = exchange.info.name || (binding.metadata.name ?? '');
  if ((binding.metadata.name ?? '') !== name) throw badRequest('name in URL does not match name in Binding object');
  const kind = text(binding, 'target.kind');
  const node = text(binding, 'target.name');
  const { body } = fieldError.notSupported('', kind, ['Node', '<empty>']);
  const problems = [
    ...(kind !== '' && kind !== 'Node' ? [`target.kind: ${body}`] : []),
    ...(node === '' ? ['target.name: Required value'] : []),
  ];
  if (problems.length > 0) throw unknownError(problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]`);
  if (name === '') throw badRequest('Name parameter required.');
  const bindings = context.resources.find('', 'v1', 'bindings') ?? definition;
  track(context, { ...sent, name, definition: bindings }, undefined, binding);
  binding = await admitBody(context, { ...sent, name }, binding, sent.subresource === '' ? bindings : definition);
  const call = { ...callOf(exchange, definition, 'UpdateOptions'), name, subresource: '', admitted: true };
  // A binding is no change of the pod's own.
  const { prepareForUpdate: _, ...rest } = definition;
  const own = { ...rest, hasStatus: false, hasGeneration: false, validateUpdate: () => [], warnings: () => [] };
  await update(
    context,
    { ...call, definition: own },
    {
      createMissing: false,
      uid: binding.metadata.uid || undefined,
      retry: true,
      next: (live) => {
        const pod = copyJson(live as KubeObject);
        const spec = isObject(pod.spec) ? pod.spec : {};
        if (pod.metadata.deletionTimestamp !== undefined)
          throw assigned(name, `pod ${name} is being deleted, cannot be assigned to a host`);
        if (text(spec, 'nodeName') !== '')
          throw assigned(name, `pod ${name} is already assigned to node ${JSON.stringify(text(spec, 'nodeName'))}`);
        if (objects(spec, 'schedulingGates').length > 0)
          throw assigned(name, `pod ${name} has non-empty .spec.schedulingGates`);
        spec.nodeName = node;
        pod.spec = spec;
        if (binding.metadata.annotations !== undefined)
          pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
        const condition = {
          type: 'PodScheduled',
          status: 'True',
          lastProbeTime: null,
          lastTransitionTime: timestamp(context.now()),
        };
        const others = objects(pod, 'status.conditions').filter((item) => item.type !== 'PodScheduled');
        pod.status = { ...(isObject(pod.status) ? pod.status : {}), conditions: [...others, condition] };
        return { object: pod, tracked: true };
      },
    },
  );
  sendWarnings(exchange.response, sent.warnings);
  done(exchange);
}

function assigned(name: string, why: string): StatusError {
  return conflict({ group: '', resource: 'pods/binding' }, name, why);
}

async function evict(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info } = exchange;
  const reads = { ...definition, readsAlso: 'policy/v1beta1' };
  const eviction = await readBodyOf(context, exchange, reads, 'policy', 'v1', 'Eviction');
  const call = callOf(exchange, definition, 'CreateOptions');
  ensureNamespace(call, eviction);
  if ((eviction.metadata.name ?? '') !== info.name)
    throw badRequest('name in URL does not match name in Eviction object');
  await admitBody(context, call, eviction);
  const pod = await find(context, exchange, definition);
  const running = !['Succeeded', 'Failed', 'Pending'].includes(text(pod, 'status.phase'));
  const options = isObject(eviction.deleteOptions) ? eviction.deleteOptions : {};
  const dryRun = call.dryRun || (Array.isArray(options.dryRun) && options.dryRun.length > 0);
  const budget =
    running && pod.metadata.deletionTimestamp === undefined ? budgetOf(context, info.namespace, pod) : undefined;
  if (budget !== undefined && !dryRun) await disrupt(context, budget, info.name);
  if (!dryRun) await condemn(context, definition, info.namespace, info.name, options as JsonObject);
  await remove(context, { ...call, dryRun, subresource: '', admitted: true }, options);
  sendWarnings(exchange.response, call.warnings);
  done(exchange);
}

/** Says in a pod's status why it goes, where the preconditions of its deletion hold: those that do not are refused by the deletion itself. */
async function condemn(
  context: RegistryContext,
  definition: ResourceDefinition,
  namespace: string,
  name: string,
  options: JsonObject,
): Promise<void> {
  const { uid, resourceVersion } = record(options, 'preconditions');
  const call = { ...systemCall(definition, namespace, name, { subresource: 'status' }), admitted: true };
  const change = (pod: KubeObject): void => {
    if ((uid ?? pod.metadata.uid) !== pod.metadata.uid) return;
    if ((resourceVersion ?? pod.metadata.resourceVersion) !== pod.metadata.resourceVersion) return;
    const before = objects(pod, 'status.conditions');
    const known = before.find((item) => item.type === 'DisruptionTarget');
    const condition: JsonObject = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: known?.status === 'True' ? (known.lastTransitionTime ?? null) : timestamp(context.now()),
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    };
    const conditions =
      known === undefined ? [...before, condition] : before.map((item) => (item === known ? condition : item));
    pod.status = { ...(isObject(pod.status) ? pod.status : {}), conditions };
  };
  await update(context, call, {
    createMissing: false,
    uid: undefined,
    retry: true,
    // What the server itself says belongs to nobody.
    next: (live) => {
      const object = copyJson(live as KubeObject);
      change(object);
      return { object, tracked: true };
    },
  });
}

/** Takes a pod off what a budget allows, so that the next eviction sees it before any controller does. */
async function disrupt(context: RegistryContext, budget: KubeObject, pod: string): Promise<void> {
  const definition = context.resources.find('policy', 'v1', 'poddisruptionbudgets');
  if (definition === undefined) return;
  const { namespace = '', name = '' } = budget.metadata;
  await modify(context, systemCall(definition, namespace, name, { subresource: 'status' }), (live) => {
    const status: JsonObject = isObject(live.status) ? (live.status as JsonObject) : {};
    const allowed = Number(status.disruptionsAllowed ?? 0);
    if (allowed <= 0) throw refusedBy(live);
    const now = timestamp(context.now());
    const conditions = objects(live, 'status.conditions').filter((item) => item.type !== 'DisruptionAllowed');
    const none = {
      type: 'DisruptionAllowed',
      status: 'False',
      observedGeneration: status.observedGeneration ?? 0,
      lastTransitionTime: now,
      reason: 'InsufficientPods',
      message: '',
    };
    live.status = {
      ...status,
      disruptionsAllowed: allowed - 1,
      disruptedPods: { ...(isObject(status.disruptedPods) ? status.disruptedPods : {}), [pod]: now },
      ...(allowed === 1 ? { conditions: [...conditions, none] } : {}),
    };
    return true;
  });
}

/** The PodDisruptionBudget that a pod's eviction counts against, if any. Throws 429 where it does not let the pod go. */
function budgetOf(context: RegistryContext, namespace: string, pod: KubeObject): KubeObject | undefined {
  const { store } = context;
  const budgets = store
    .list('policy/poddisruptionbudgets', `${namespace}/`)
    .map((entry) => store.object(entry))
    .filter(
      (budget) => selectorMatches(at(budget, 'spec.selector'), (pod.metadata.labels ?? {}) as JsonObject) === true,
    );
  if (budgets.length > 1)
    throw unknownError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const [budget] = budgets;
  if (budget === undefined) return undefined;
  const name = budget.metadata.name ?? '';
  const count = (field: string): number => statusCount(budget, field);
  const [needed, healthy] = [count('desiredHealthy'), count('currentHealthy')];
  const ready = objects(pod, 'status.conditions').some((item) => item.type === 'Ready' && item.status === 'True');
  // A pod that is not ready counts for nobody.
  if (!ready && at(budget, 'spec.unhealthyPodEvictionPolicy') === 'AlwaysAllow') return undefined;
  if (!ready && needed > 0 && healthy >= needed) return undefined;
  if (count('observedGeneration') < (budget.metadata.generation ?? 0))
    throw violated(`The disruption budget ${name} is still being processed by the server.`, 10);
  if (count('disruptionsAllowed') > 0) return budget;
  throw refusedBy(budget);
}

function statusCount(budget: KubeObject, field: string): number {
  return Number(at(budget, `status.${field}`) ?? 0);
}

function refusedBy(budget: KubeObject): Error {
  const [needed, healthy] = [statusCount(budget, 'desiredHealthy'), statusCount(budget, 'currentHealthy')];
  const failed = objects(budget, 'status.conditions').find(
    (item) => item.type === 'DisruptionAllowed' && item.reason === 'SyncFailed',
  );
  const why =
    failed !== undefined
      ? `does not allow evicting pods currently because it failed sync: ${text(failed, 'message')}`
      : healthy <= needed
        ? `needs ${needed} healthy pods and has ${healthy} currently`
        : 'does not allow evicting pods currently';
  return violated(`The disruption budget ${budget.metadata.name ?? ''} ${why}`);
}

/** The 429 of a budget that does not let a pod go; `after` is when to ask again, in seconds. */
function violated(message: string, after?: number): Error {
  const error = failure(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(after === undefined ? {} : { retryAfterSeconds: after }),
  });
  return after === undefined ? error : new StatusError(error.status, { 'retry-after': String(after) });
}

/** The endpoint that writes the conditions of a signing request. */
function approval(context: () => RegistryContext): Handler {
  return async (exchange, definition) => {
    const own: ResourceDefinition = {
      ...definition,
      hasStatus: false,
      prepareForUpdate: (object, old) => {
        const sent = isObject(object.status) ? object.status : {};
        const { conditions: _, ...rest } = isObject(old.status) ? old.status : {};
        object.spec = old.spec;
        object.status = { ...rest, ...(sent.conditions === undefined ? {} : { conditions: sent.conditions }) };
        dateConditions(object, old, timestamp(context().now()));
      },
      validateUpdate: (object, old) => signingStatus(object, old, true),
    };
    return exchange.info.method === 'GET'
      ? answer(context(), exchange, definition)
      : writeRequest(context(), exchange, own);
  };
}

/** An endpoint that reads the pod and writes a part of it. */
function part(context: () => RegistryContext, { spec, check }: Part): Handler {
  return async (exchange, definition) => {
    let wanted: JsonObject = {};
    const own: ResourceDefinition = {
      ...definition,
      warnings: () => [],
      prepareForUpdate: (object, old) => {
        const live = isObject(old.spec) ? (old.spec as JsonObject) : {};
        const sent = isObject(object.spec) ? (object.spec as JsonObject) : {};
        wanted = sent;
        // Nothing of metadata is written here.
        for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const)
          if (old.metadata[field] === undefined) delete object.metadata[field];
          else object.metadata[field] = old.metadata[field] as never;
        object.spec = spec(sent, copyJson(live as never) as JsonObject);
      },
      validateUpdate: (object, old) => {
        const errors: FieldError[] = [];
        wholePod(object, errors, old);
        return [...errors, ...check(object.spec as JsonObject, old.spec as JsonObject, wanted)];
      },
    };
    return exchange.info.method === 'GET'
      ? answer(context(), exchange, definition)
      : writeRequest(context(), exchange, own);
  };
}
