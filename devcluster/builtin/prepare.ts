/** What the server itself writes into builtin objects before they are stored, by kind. */
import type { Json, JsonObject, KubeObject } from '../types.ts';
import { at, child, list, objects, record, text } from './access.ts';
import { jobLabels } from './joblabels.ts';
import { parseQuantity } from './quantity.ts';

/** Generated label keys of a Job and its pods. */
export function prepareJob(object: KubeObject): void {
  const spec = child(object, 'spec');
  if (spec === undefined || spec.manualSelector === true) return;
  const template = child(spec, 'template');
  if (template === undefined) return;
  const uid = object.metadata.uid ?? '';
  const name = object.metadata.name ?? '';
  const metadata = child(template, 'metadata') ?? {};
  template.metadata = metadata;
  const before = record(metadata, 'labels');
  // What a user says is left, to be refused where it is another.
  metadata.labels = { ...before, ...jobLabels(name, uid), ...before };
  const selector = child(spec, 'selector') ?? {};
  const label = 'batch.kubernetes.io/controller-uid';
  selector.matchLabels = { [label]: uid, ...record(selector, 'matchLabels') };
  spec.selector = selector;
  // A Job without labels of its own has those of its template, as they become.
  if (Object.keys(object.metadata.labels ?? {}).length === 0 || (object.metadata.labels as unknown) === before)
    object.metadata.labels = { ...record(metadata, 'labels') } as { [key: string]: string };
}

const burstable = ['cpu', 'memory'];

/** `Guaranteed` when every container limits cpu and memory and requests as much, `BestEffort` when none asks for any. */
export function qualityOfService(spec: unknown): string {
  // Resources of the pod as a whole count instead of those of its containers.
  const containers =
    at(spec, 'resources') === undefined
      ? [...objects(spec, 'containers'), ...objects(spec, 'initContainers')]
      : [{ resources: at(spec, 'resources') }];
  const amount = (container: unknown, kind: string, name: string) => {
    const value = record(container, `resources.${kind}`)[name];
    // Nothing of a resource counts as not asked for.
    return parseQuantity(String(value))?.nano === 0n ? undefined : value;
  };
  const asks = (container: unknown, kind: string) =>
    burstable.some((name) => amount(container, kind, name) !== undefined);
  if (!containers.some((container) => asks(container, 'requests') || asks(container, 'limits'))) return 'BestEffort';
  const guaranteed = containers.every((container) => {
    return burstable.every((name) => {
      const [limit, request] = [amount(container, 'limits', name), amount(container, 'requests', name)];
      return limit !== undefined && (request === undefined || request === limit);
    });
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const notReady = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };

/** Pods stay for five minutes on a node that is not heard of, unless they say otherwise. */
export function tolerateAbsence(spec: JsonObject): void {
  const tolerated = (key: string): boolean =>
    objects(spec, 'tolerations').some(
      (item) => ['', key].includes(text(item, 'key')) && ['', 'NoExecute'].includes(text(item, 'effect')),
    );
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter((key) => !tolerated(key));
  if (missing.length === 0) return;
  spec.tolerations = [...list(spec, 'tolerations'), ...missing.map((key) => ({ key, ...notReady }))];
}

const appArmor = 'container.apparmor.security.beta.kubernetes.io/';
const profileTypes: { readonly [annotation: string]: string } = {
  'runtime/default': 'RuntimeDefault',
  unconfined: 'Unconfined',
};

/** Containers whose profile was that of an annotation: a warning says so. */
const fromAnnotations = new WeakSet<object>();

export const hasProfileOfAnnotation = (container: object): boolean => fromAnnotations.has(container);

/** AppArmor profiles that annotations of a pod name stand in the fields that there are for them now. */
function profilesOfAnnotations(pod: KubeObject, spec: JsonObject): void {
  if (text(spec, 'os.name') === 'windows') return;
  const ofPod = at(spec, 'securityContext.appArmorProfile');
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const container of objects(spec, field)) {
      const annotation = pod.metadata.annotations?.[`${appArmor}${text(container, 'name')}`];
      if (annotation === undefined || at(container, 'securityContext.appArmorProfile') !== undefined) continue;
      const local = /^localhost\/(\S.*\S|\S)$/.exec(annotation)?.[1];
      const type = local === undefined ? profileTypes[annotation] : 'Localhost';
      if (type === undefined) continue;
      const profile: JsonObject = { type, ...(local === undefined ? {} : { localhostProfile: local }) };
      if (JSON.stringify(profile) === JSON.stringify(ofPod)) continue;
      container.securityContext = { ...record(container, 'securityContext'), appArmorProfile: profile };
      fromAnnotations.add(container);
    }
}

/** What admission plugins of the real server put into every pod: service account, tolerations, priority. */
export function preparePod(object: KubeObject): void {
  object.status = { phase: 'Pending', qosClass: qualityOfService(object.spec) };
  if (list(object, 'spec.schedulingGates').length > 0) {
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: object.metadata.creationTimestamp ?? null,
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    };
    object.status = { ...record(object, 'status'), conditions: [condition] };
  }
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  profilesOfAnnotations(object, spec);
  if (typeof spec.terminationGracePeriodSeconds === 'number' && spec.terminationGracePeriodSeconds < 0)
    spec.terminationGracePeriodSeconds = 1;
}

/** What admission plugins of the real server fill in when an update leaves it out. */
export function updatePod(object: KubeObject, old: KubeObject): void {
  const spec = child(object, 'spec');
  const before = child(old, 'spec');
  if (spec === undefined || before === undefined) return;
  for (const field of ['priority', 'preemptionPolicy'] as const)
    if (spec[field] === undefined && before[field] !== undefined) spec[field] = before[field] as Json;
}

/** The fields of `spec` are the cluster's to write. */
export function keepStatusAndSpec(object: KubeObject, old: KubeObject): void {
  object.spec = old.spec;
  object.status = old.status;
}

export function prepareNamespace(object: KubeObject): void {
  const finalizers = list(object, 'spec.finalizers').map(String);
  object.spec = {
    ...record(object, 'spec'),
    finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'],
  };
  object.status = { phase: 'Active' };
}

/** A source of a claim is given in one of two fields, and shows in both. */
export function pairSources(object: KubeObject, old?: KubeObject): void {
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  const inUse = (field: string) => at(old, `spec.${field}`) !== undefined;
  // Claims of other namespaces are a feature that is off.
  if (text(spec, 'dataSourceRef.namespace') !== '' && !inUse('dataSourceRef')) delete spec.dataSourceRef;
  const source = child(spec, 'dataSource');
  const kind = text(source, 'kind');
  const known =
    (kind === 'PersistentVolumeClaim' && text(source, 'apiGroup') === '') ||
    (kind === 'VolumeSnapshot' && text(source, 'apiGroup') === 'snapshot.storage.k8s.io');
  if (source !== undefined && !known && !inUse('dataSource') && spec.dataSourceRef === undefined)
    delete spec.dataSource;
  const [left, right] = [child(spec, 'dataSource'), child(spec, 'dataSourceRef')];
  if (left !== undefined && right === undefined) spec.dataSourceRef = { ...left };
  else if (left === undefined && right !== undefined && text(right, 'namespace') === '') spec.dataSource = { ...right };
}

const noSchedule = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** New nodes take no pods until somebody calls them ready. */
export function prepareNode(object: KubeObject): void {
  const spec = child(object, 'spec') ?? {};
  object.spec = spec;
  if (!objects(spec, 'taints').some((taint) => taint.key === noSchedule.key))
    spec.taints = [...list(spec, 'taints'), { ...noSchedule }];
}

/** An account refers to Secrets by nothing but their names. */
export function nameSecrets(object: KubeObject): void {
  const secrets = objects(object, 'secrets');
  if (secrets.length > 0) object.secrets = secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
