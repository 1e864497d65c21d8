/** Garbage collection by ownerReferences: background, foreground, orphan. */
import type { Logger } from '../logger.ts';
import type { Call, RegistryContext } from '../registry/call.ts';
import { remove } from '../registry/delete.ts';
import { modify, systemCall } from '../registry/internal.ts';
import { storageName } from '../registry/resources.ts';
import { StatusError } from '../request/status.ts';
import type { Entry, StoreEvent } from '../storage/entry.ts';
import type { KubeObject, OwnerReference, ResourceDefinition } from '../types.ts';
import type { Controllers } from './types.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** Starts the collector. */
export function startGarbageCollector(context: RegistryContext, logger: Logger): Controllers {
  const collector = new GarbageCollector(context, logger);
  return { close: () => collector.close() };
}

class GarbageCollector {
  private readonly context: RegistryContext;
  private readonly logger: Logger;
  /** uid of an owner → `resource key` of what it owns. */
  private readonly dependents = new Map<string, Set<string>>();
  /** `resource key` → uids of its owners. */
  private readonly owners = new Map<string, string[]>();
  private readonly uids = new Set<string>();
  /** Of the objects that are there: `resource key` → uid. An object of the same name that comes later is added anew. */
  private readonly uidOf = new Map<string, string>();
  private readonly queue = new Set<string>();
  private readonly retries = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stop: () => void;
  private running = false;
  private closed = false;

  constructor(context: RegistryContext, logger: Logger) {
    this.context = context;
    this.logger = logger;
    for (const resource of context.store.resources()) {
      for (const entry of context.store.list(resource)) this.index(entry, false);
    }
    for (const id of this.owners.keys()) this.enqueue(id);
    this.stop = context.store.subscribe('', (event) => this.onEvent(event));
  }

  close(): void {
    this.closed = true;
    this.stop();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private onEvent(event: StoreEvent): void {
    const { entry, previous } = event;
    const deleted = event.type === 'DELETED';
    const id = idOf(entry);
    const hadOwners = this.owners.has(id);
    const uid = this.index(entry, deleted);
    if (deleted) {
      if (uid !== undefined) for (const dependent of this.dependents.get(uid) ?? []) this.enqueue(dependent);
      const owners = previous === undefined ? [] : ownerUids(this.context.store.object(previous));
      for (const owner of owners) this.enqueueOwner(owner);
      return;
    }
    if (this.owners.has(id) || hadOwners) this.enqueue(id);
    // It may not block them any more.
    if (this.waiting.size > 0) for (const owner of this.owners.get(id) ?? []) this.enqueueOwner(owner);
    if (entry.json.includes('"deletionTimestamp"')) {
      this.enqueue(id);
      if (uid !== undefined) for (const dependent of this.dependents.get(uid) ?? []) this.enqueue(dependent);
    }
  }

  /** Notes who owns an object and returns its UID. Without ownerReferences a text is parsed once in the object's life: for the UID. */
  private index(entry: Entry, deleted: boolean): string | undefined {
    const id = idOf(entry);
    const uid = this.uidOf.get(id) ?? this.context.store.object(entry).metadata.uid;
    if (uid !== undefined) {
      if (deleted) {
        this.uidOf.delete(id);
        this.uids.delete(uid);
      } else {
        this.uidOf.set(id, uid);
        this.uids.add(uid);
      }
    }
    const before = this.owners.get(id);
    const now = deleted || !entry.json.includes('"ownerReferences"') ? [] : ownerUids(this.context.store.object(entry));
    if (before === undefined && now.length === 0) return uid;
    for (const owner of before ?? []) {
      const set = this.dependents.get(owner);
      set?.delete(id);
      if (set?.size === 0) this.dependents.delete(owner);
    }
    for (const owner of now) {
      const set = this.dependents.get(owner) ?? new Set();
      set.add(id);
      this.dependents.set(owner, set);
    }
    if (now.length > 0) this.owners.set(id, now);
    else this.owners.delete(id);
    return uid;
  }

  /** An owner in foreground deletion may go once its last dependent has. */
  private enqueueOwner(uid: string): void {
    if (!this.uids.has(uid) || this.waiting.size === 0) return;
    const id = this.waiting.get(uid);
    if (id !== undefined) this.enqueue(id);
  }

  /** Owners that wait for their dependents: uid → `resource key`. */
  private readonly waiting = new Map<string, string>();

  private enqueue(id: string): void {
    this.queue.add(id);
    if (this.running || this.closed) return;
    this.running = true;
    setImmediate(() => void this.work());
  }

  private async work(): Promise<void> {
    while (!this.closed) {
      const id = this.queue.values().next().value;
      if (id === undefined) break;
      this.queue.delete(id);
      try {
        await this.process(id);
        this.retries.delete(id);
      } catch (error) {
        if (error instanceof StatusError && error.code === 404) continue;
        const tries = (this.retries.get(id) ?? 0) + 1;
        this.retries.set(id, tries);
        this.logger.warn({ error, object: id, tries }, 'garbage collection will be retried');
        const timer = setTimeout(
          () => {
            this.timers.delete(timer);
            this.enqueue(id);
          },
          Math.min(60_000, 100 * 2 ** tries),
        );
        timer.unref();
        this.timers.add(timer);
      }
    }
    this.running = false;
  }

  private async process(id: string): Promise<void> {
    const { store } = this.context;
    const space = id.indexOf(' ');
    const resource = id.slice(0, space);
    const entry = store.latest(resource, id.slice(space + 1));
    if (entry === undefined) return;
    const object = store.object(entry);
    const definition = this.context.resources.storedAs(resource);
    if (definition === undefined) return;
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp !== undefined) {
      if (finalizers.includes(orphan)) return this.orphanDependents(definition, object);
      if (finalizers.includes(foreground)) return this.deleteDependents(definition, object, id);
    }
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    await this.judge(definition, object, references);
  }

  /** Deletes an object whose owners are all gone, or drops the references to those that are. */
  private async judge(
    definition: ResourceDefinition,
    object: KubeObject,
    references: readonly OwnerReference[],
  ): Promise<void> {
    const { context } = this;
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const leaving: OwnerReference[] = [];
    for (const reference of references) {
      const owner = this.find(reference, object.metadata.namespace ?? '');
      if (owner === 'unknown') solid.push(reference);
      else if (owner === undefined) dangling.push(reference);
      else if (isLeaving(owner)) leaving.push(reference);
      else solid.push(reference);
    }
    const call = systemCall(definition, object.metadata.namespace ?? '', object.metadata.name ?? '', {
      manager: 'kube-controller-manager',
    });
    if (solid.length > 0) {
      if (dangling.length === 0 && leaving.length === 0) return;
      const drop = new Set([...dangling, ...leaving].map((reference) => reference.uid));
      await modify(context, call, (copy) => {
        const kept = (copy.metadata.ownerReferences ?? []).filter((reference) => !drop.has(reference.uid));
        copy.metadata.ownerReferences = kept;
        return true;
      });
      return;
    }
    if (object.metadata.deletionTimestamp !== undefined && leaving.length === 0) return;
    if (object.metadata.deletionTimestamp !== undefined) return;
    const uid = object.metadata.uid;
    const hasDependents = (this.dependents.get(uid ?? '')?.size ?? 0) > 0;
    const policy = leaving.length > 0 && hasDependents ? 'Foreground' : this.policyOf(object);
    // In a circle each would wait for the next: who closes it blocks nobody any more.
    if (policy === 'Foreground' && this.dependentsLeave(uid ?? '')) await this.unblock(call);
    await remove(context, call, {
      propagationPolicy: policy,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    });
  }

  /** Whether something that the object owns waits for its own dependents. */
  private dependentsLeave(uid: string): boolean {
    const { store } = this.context;
    return [...(this.dependents.get(uid) ?? [])].some((id) => {
      const space = id.indexOf(' ');
      const entry = store.latest(id.slice(0, space), id.slice(space + 1));
      return entry !== undefined && isLeaving(store.object(entry));
    });
  }

  /** The object's owners no longer wait for it. */
  private async unblock(call: Call): Promise<void> {
    await modify(this.context, call, (copy) => {
      const references = copy.metadata.ownerReferences ?? [];
      if (!references.some((reference) => reference.blockOwnerDeletion === true)) return false;
      copy.metadata.ownerReferences = references.map((reference) => ({ ...reference, blockOwnerDeletion: false }));
      return true;
    });
  }

  private policyOf(object: KubeObject): string {
    if (object.metadata.finalizers?.includes(orphan)) return 'Orphan';
    if (object.metadata.finalizers?.includes(foreground)) return 'Foreground';
    return 'Background';
  }

  private async orphanDependents(definition: ResourceDefinition, owner: KubeObject): Promise<void> {
    const { context } = this;
    const uid = owner.metadata.uid ?? '';
    for (const id of [...(this.dependents.get(uid) ?? [])]) {
      const space = id.indexOf(' ');
      const dependent = this.context.resources.storedAs(id.slice(0, space));
      if (dependent === undefined) continue;
      const key = id.slice(space + 1);
      const slash = key.indexOf('/');
      const call = systemCall(dependent, slash < 0 ? '' : key.slice(0, slash), key.slice(slash + 1), {
        manager: 'kube-controller-manager',
      });
      await modify(context, call, (copy) => {
        const kept = (copy.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
        if (kept.length === (copy.metadata.ownerReferences ?? []).length) return false;
        if (kept.length > 0) copy.metadata.ownerReferences = kept;
        else delete copy.metadata.ownerReferences;
        return true;
      });
    }
    await this.dropFinalizer(definition, owner, orphan);
  }

  private async deleteDependents(definition: ResourceDefinition, owner: KubeObject, id: string): Promise<void> {
    const { context } = this;
    const uid = owner.metadata.uid ?? '';
    let blocking = 0;
    for (const dependentId of [...(this.dependents.get(uid) ?? [])]) {
      const space = dependentId.indexOf(' ');
      const entry = context.store.latest(dependentId.slice(0, space), dependentId.slice(space + 1));
      if (entry === undefined) continue;
      const object = context.store.object(entry);
      const reference = object.metadata.ownerReferences?.find((item) => item.uid === uid);
      if (reference === undefined) continue;
      if (reference.blockOwnerDeletion === true) blocking++;
      if (object.metadata.deletionTimestamp === undefined) this.enqueue(dependentId);
    }
    if (blocking > 0) {
      this.waiting.set(uid, id);
      return;
    }
    this.waiting.delete(uid);
    await this.dropFinalizer(definition, owner, foreground);
  }

  private async dropFinalizer(definition: ResourceDefinition, object: KubeObject, finalizer: string): Promise<void> {
    const call = systemCall(definition, object.metadata.namespace ?? '', object.metadata.name ?? '', {
      manager: 'kube-controller-manager',
    });
    await modify(this.context, call, (copy) => {
      if (!copy.metadata.finalizers?.includes(finalizer)) return false;
      copy.metadata.finalizers = copy.metadata.finalizers.filter((name) => name !== finalizer);
      return true;
    });
  }

  /** The owner that a reference names; undefined where it is gone, 'unknown' where its kind is not served. */
  private find(reference: OwnerReference, namespace: string): KubeObject | undefined | 'unknown' {
    const definition = this.context.resources.findKind(reference.apiVersion, reference.kind);
    if (definition === undefined) return 'unknown';
    const key = definition.namespaced ? `${namespace}/${reference.name}` : reference.name;
    if (definition.namespaced && namespace === '') return 'unknown';
    const entry = this.context.store.latest(storageName(definition), key);
    if (entry === undefined) return undefined;
    const object = this.context.store.object(entry);
    return object.metadata.uid === reference.uid ? object : undefined;
  }
}

function idOf(entry: Entry): string {
  return `${entry.resource} ${entry.key}`;
}

/** Whether an object is being deleted once what it owns is gone. */
function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(foreground) === true;
}

function ownerUids(object: KubeObject): string[] {
  return (object.metadata.ownerReferences ?? []).map((reference) => reference.uid);
}
