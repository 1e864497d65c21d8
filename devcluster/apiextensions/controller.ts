/** What happens to a CRD once it is stored: its names are judged, its resources served, and on deletion its objects removed. */
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { timestamp } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { remove } from '../registry/delete.ts';
import { modify, systemCall } from '../registry/internal.ts';
import type { StoreEvent } from '../storage/entry.ts';
import type { KubeObject, MergeTypeFromSchema, ResourceDefinition } from '../types.ts';
import type { ConverterFactory } from './conversion.ts';
import { type CrdNames, type CrdSpec, customDefinitions } from './custom.ts';
import { cleanupFinalizer } from './strategy.ts';
import { approval, conditionTrue, isProtected } from './validation.ts';

/** Storage name of CRDs. */
export const crdResource = 'apiextensions.k8s.io/customresourcedefinitions';

interface Condition {
  type: string;
  status: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

/** Keeps the served resources in step with the stored CRDs. */
export class CrdController {
  private readonly context: RegistryContext;
  private readonly definition: ResourceDefinition;
  private readonly mergeTypeFromSchema: MergeTypeFromSchema;
  private readonly logger: Logger;
  private readonly converterOf: ConverterFactory;
  private readonly stop: () => void;
  /** What is served at present: name of the CRD → what it was built from. */
  private readonly served = new Map<string, { spec: string; group: string; plural: string; since: number }>();
  private readonly busy = new Set<string>();
  private readonly again = new Set<string>();

  constructor(
    context: RegistryContext,
    definition: ResourceDefinition,
    mergeTypeFromSchema: MergeTypeFromSchema,
    logger: Logger,
    converterOf: ConverterFactory,
  ) {
    this.context = context;
    this.definition = definition;
    this.mergeTypeFromSchema = mergeTypeFromSchema;
    this.logger = logger;
    this.converterOf = converterOf;
    for (const entry of context.store.list(crdResource)) this.serve(context.store.object(entry), 0);
    this.stop = context.store.subscribe(crdResource, (event) => this.onEvent(event));
    for (const entry of context.store.list(crdResource)) this.sync(entry.key);
  }

  close(): void {
    this.stop();
  }

  private onEvent(event: StoreEvent): void {
    const object = this.context.store.object(event.entry);
    if (event.type === 'DELETED') this.withdraw(event.entry.key);
    else this.serve(object, event.revision);
    this.sync(event.entry.key);
    // A name that is free again may be what another CRD waits for.
    if (event.type === 'DELETED') for (const entry of this.context.store.list(crdResource)) this.sync(entry.key);
  }

  /** @param since version from which on watches of its objects may begin; those that an earlier process made begin anywhere */
  private serve(crd: KubeObject, since: number): void {
    const name = crd.metadata.name ?? '';
    if (!conditionTrue(crd, 'Established')) return;
    const spec = crd.spec as unknown as CrdSpec;
    const accepted = (isObject(crd.status) ? crd.status.acceptedNames : undefined) as CrdNames | undefined;
    const terminating = conditionTrue(crd, 'Terminating');
    const text = JSON.stringify([spec, accepted, terminating]);
    const known = this.served.get(name);
    if (known?.spec === text) return;
    if (known !== undefined) this.context.resources.remove(known.group, known.plural);
    this.served.set(name, { spec: text, group: spec.group, plural: spec.names.plural, since: known?.since ?? since });
    const names = { ...spec.names, ...(accepted ?? {}) };
    const definitions = customDefinitions(spec, names, this.mergeTypeFromSchema, this.converterOf);
    this.context.resources.add(
      definitions.map((item) => ({
        ...item,
        servedSince: known?.since ?? since,
        ...(terminating ? { terminating, verbs: item.verbs.filter((verb) => !makes.has(verb)) } : {}),
      })),
    );
  }

  private withdraw(name: string): void {
    const known = this.served.get(name);
    if (known === undefined) return;
    this.served.delete(name);
    this.context.resources.remove(known.group, known.plural);
  }

  /** Brings the status of one CRD up to date; one run at a time for each. */
  private sync(name: string): void {
    if (this.busy.has(name)) {
      this.again.add(name);
      return;
    }
    this.busy.add(name);
    this.reconcile(name)
      .catch((error: unknown) => this.logger.error({ error, crd: name }, 'CRD could not be brought up to date'))
      .finally(() => {
        this.busy.delete(name);
        if (this.again.delete(name)) this.sync(name);
      });
  }

  private async reconcile(name: string): Promise<void> {
    const { context, definition } = this;
    const entry = context.store.latest(crdResource, name);
    if (entry === undefined) return;
    const crd = context.store.object(entry);
    if (crd.metadata.deletionTimestamp !== undefined) {
      await this.finalize(crd);
      return;
    }
    const call = systemCall(definition, '', name, { subresource: 'status' });
    await modify(context, call, (object) => this.updateNames(object));
  }

  /** Sets acceptedNames, NamesAccepted and Established; false where they stand already. */
  private updateNames(crd: KubeObject): boolean {
    const spec = crd.spec as unknown as CrdSpec;
    const status = (isObject(crd.status) ? crd.status : {}) as { [key: string]: unknown };
    const before = JSON.stringify(status);
    const conditions = (Array.isArray(status.conditions) ? status.conditions : []) as Condition[];
    const { accepted, problem } = this.judgeNames(crd, spec);
    const set = (type: string, value: string, reason: string, message: string): void => {
      const known = conditions.find((condition) => condition.type === type);
      const now = timestamp(this.context.now());
      if (known === undefined) conditions.push({ type, status: value, lastTransitionTime: now, reason, message });
      else {
        if (known.status !== value) known.lastTransitionTime = now;
        Object.assign(known, { status: value, reason, message });
      }
    };
    const { state, reason } = approval(crd);
    if (isProtected(spec.group)) {
      if (state === 'missing') set('KubernetesAPIApprovalPolicyConformant', 'False', 'MissingAnnotation', reason);
      if (state === 'invalid') set('KubernetesAPIApprovalPolicyConformant', 'False', 'InvalidAnnotation', reason);
      if (state === 'bypassed') set('KubernetesAPIApprovalPolicyConformant', 'False', 'UnapprovedAnnotation', reason);
      if (state === 'approved') set('KubernetesAPIApprovalPolicyConformant', 'True', 'ApprovedAnnotation', reason);
    }
    if (problem === undefined) set('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found');
    else set('NamesAccepted', 'False', problem.reason, problem.message);
    const established = conditions.some((condition) => condition.type === 'Established' && condition.status === 'True');
    if (!established) {
      if (problem === undefined)
        set('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
      else set('Established', 'False', 'NotAccepted', 'not all names are accepted');
    }
    status.acceptedNames = accepted;
    status.conditions = conditions;
    status.storedVersions ??= spec.versions.filter((version) => version.storage).map((version) => version.name);
    crd.status = status;
    return JSON.stringify(status) !== before;
  }

  private judgeNames(
    crd: KubeObject,
    spec: CrdSpec,
  ): { accepted: CrdNames; problem: { reason: string; message: string } | undefined } {
    const taken = new Set<string>();
    const kinds = new Set<string>();
    for (const other of this.context.resources.all()) {
      if (other.group !== spec.group || (other.custom && other.plural === spec.names.plural)) continue;
      for (const name of [other.plural, other.singular, ...other.shortNames]) taken.add(name);
      for (const kind of [other.kind, other.listKind ?? '']) kinds.add(kind);
    }
    const previous = (isObject(crd.status) ? crd.status.acceptedNames : undefined) as CrdNames | undefined;
    const accepted: { -readonly [K in keyof CrdNames]: CrdNames[K] } = {
      plural: previous?.plural ?? '',
      kind: previous?.kind ?? '',
    };
    const problems: { reason: string; message: string }[] = [];
    const judge = (
      field: string,
      names: readonly string[],
      reserved: Set<string>,
      reason: string,
      accept: () => void,
    ): void => {
      const clash = names.filter((name) => reserved.has(name));
      if (clash.length === 0) accept();
      else problems.push({ reason, message: clash.map((name) => `"${name}" is already in use`).join(', ') });
      void field;
    };
    const { names } = spec;
    judge('plural', [names.plural], taken, 'PluralConflict', () => {
      accepted.plural = names.plural;
    });
    judge('singular', names.singular ? [names.singular] : [], taken, 'SingularConflict', () => {
      if (names.singular) accepted.singular = names.singular;
    });
    judge('shortNames', names.shortNames ?? [], taken, 'ShortNamesConflict', () => {
      if (names.shortNames?.length) accepted.shortNames = names.shortNames;
    });
    judge('kind', [names.kind], kinds, 'KindConflict', () => {
      accepted.kind = names.kind;
    });
    judge('listKind', names.listKind ? [names.listKind] : [], kinds, 'ListKindConflict', () => {
      if (names.listKind) accepted.listKind = names.listKind;
    });
    if (names.categories?.length) accepted.categories = names.categories;
    return { accepted, problem: problems.at(-1) };
  }

  /** Removes all objects of a CRD that is being deleted, then lets it go. */
  private async finalize(crd: KubeObject): Promise<void> {
    const { context, definition } = this;
    const name = crd.metadata.name ?? '';
    if (!crd.metadata.finalizers?.includes(cleanupFinalizer)) return;
    if (!inProgress(crd)) {
      await this.terminating(name, 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
    }
    const spec = crd.spec as unknown as CrdSpec;
    const resource = `${spec.group}/${spec.names.plural}`;
    const served = context.resources.versions(spec.group, spec.names.plural)[0];
    if (served?.custom === true) {
      for (const entry of context.store.list(resource)) {
        const slash = entry.key.indexOf('/');
        const call = systemCall(served, slash < 0 ? '' : entry.key.slice(0, slash), entry.key.slice(slash + 1));
        await remove(context, call, { propagationPolicy: 'Background' }).catch((error: unknown) => {
          this.logger.warn({ error, object: entry.key }, 'object of a deleted CRD could not be deleted');
        });
      }
      if (context.store.count(resource) > 0) {
        const stop = context.store.subscribe(resource, () => {
          if (context.store.count(resource) > 0) return;
          stop();
          this.sync(name);
        });
        return;
      }
    }
    await modify(context, systemCall(definition, '', name), (object) => {
      object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((item) => item !== cleanupFinalizer);
      return true;
    });
  }

  private async terminating(name: string, reason: string, message: string): Promise<void> {
    const { context, definition } = this;
    await modify(context, systemCall(definition, '', name, { subresource: 'status' }), (object) => {
      const status = (isObject(object.status) ? object.status : {}) as { conditions?: Condition[] };
      const conditions = (status.conditions ?? []).filter((condition) => condition.type !== 'Terminating');
      conditions.push({
        type: 'Terminating',
        status: 'True',
        lastTransitionTime: timestamp(context.now()),
        reason,
        message,
      });
      object.status = { ...status, conditions };
      return true;
    });
  }
}

/** What objects of a definition that goes can no longer have done to them, as discovery has it. */
const makes = new Set<string>(['create', 'update', 'patch']);

/** Whether a definition says that its objects are being deleted. */
function inProgress(crd: KubeObject): boolean {
  const conditions = isObject(crd.status) && Array.isArray(crd.status.conditions) ? crd.status.conditions : [];
  return conditions.some((item) => isObject(item) && item.reason === 'InstanceDeletionInProgress');
}
