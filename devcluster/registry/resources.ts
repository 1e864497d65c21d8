import type { ResourceDefinition } from '../types.ts';

/** All versions of one resource; they share one place in storage. */
export interface ResourceGroupEntry {
  readonly group: string;
  readonly plural: string;
  /** Served versions in order of preference. */
  readonly versions: readonly ResourceDefinition[];
}

/** `group/plural` under which a resource is stored. */
export function storageName(definition: ResourceDefinition): string {
  const { group, plural } = definition.storageResource ?? definition;
  return `${group}/${plural}`;
}

/** `apps/v1` or `v1`. */
export function groupVersion(definition: { readonly group: string; readonly version: string }): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}

/** The resources that the server serves at this moment. Changes when CRDs come and go. */
export class Resources {
  private readonly byPath = new Map<string, ResourceDefinition>();
  private readonly byKind = new Map<string, ResourceDefinition>();
  private readonly listeners = new Set<() => void>();
  private index: Index | undefined;
  /** Grows with each change, so that discovery and OpenAPI know when to rebuild. */
  generation = 0;

  add(definitions: Iterable<ResourceDefinition>): void {
    for (const definition of definitions) {
      this.byPath.set(pathKey(definition.group, definition.version, definition.plural), definition);
      this.byKind.set(pathKey(definition.group, definition.version, definition.kind), definition);
    }
    this.changed();
  }

  /** Removes all versions of a resource. */
  remove(group: string, plural: string): void {
    for (const [key, definition] of this.byPath) {
      if (definition.group !== group || definition.plural !== plural) continue;
      this.byPath.delete(key);
      this.byKind.delete(pathKey(group, definition.version, definition.kind));
    }
    this.changed();
  }

  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return this.byPath.get(pathKey(group, version, plural));
  }

  /** Whether a group's version has builtin kinds. */
  servesVersion(apiVersion: string): boolean {
    return this.all().some((definition) => !definition.custom && groupVersion(definition) === apiVersion);
  }

  findKind(apiVersion: string, kind: string): ResourceDefinition | undefined {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    return this.byKind.get(pathKey(group, apiVersion.slice(slash + 1), kind));
  }

  /** Any version of a resource, the first registered (preferred) one first. */
  versions(group: string, plural: string): ResourceDefinition[] {
    return this.all().filter((definition) => definition.group === group && definition.plural === plural);
  }

  /** Any one definition per place in storage, in which its objects can be read. */
  stored(): Iterable<ResourceDefinition> {
    return this.indexed().stored.values();
  }

  /** That definition for one place in storage, by its name (`storageName`). */
  storedAs(name: string): ResourceDefinition | undefined {
    return this.indexed().stored.get(name);
  }

  /** All definitions whose objects are in one place in storage: versions, and groups that share it. */
  sharing(name: string): readonly ResourceDefinition[] {
    return this.indexed().sharing.get(name) ?? [];
  }

  all(): readonly ResourceDefinition[] {
    return this.indexed().all;
  }

  hasGroup(group: string): boolean {
    return this.all().some((definition) => definition.group === group);
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.all().some((definition) => definition.group === group && definition.version === version);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Made once and kept until definitions come or go: admission and garbage collection look into it with each write. */
  private indexed(): Index {
    this.index ??= indexOf([...this.byPath.values()]);
    return this.index;
  }

  private changed(): void {
    this.index = undefined;
    this.generation++;
    for (const listener of this.listeners) listener();
  }
}

interface Index {
  readonly all: readonly ResourceDefinition[];
  readonly stored: ReadonlyMap<string, ResourceDefinition>;
  readonly sharing: ReadonlyMap<string, readonly ResourceDefinition[]>;
}

function indexOf(all: readonly ResourceDefinition[]): Index {
  const stored = new Map<string, ResourceDefinition>();
  for (const definition of all) {
    const name = storageName(definition);
    const isStorage =
      definition.storageResource === undefined &&
      (definition.storageVersion ?? definition.version) === definition.version;
    if (!stored.has(name) || isStorage) stored.set(name, definition);
  }
  return { all, stored, sharing: Map.groupBy(all, storageName) };
}

function pathKey(group: string, version: string, name: string): string {
  return `${group}/${version}/${name}`;
}
