import { GROUP, KINDS } from '../../api/index.ts';
import type { PolicyObject } from '../../policies/engine/index.ts';
import { type Finder, finderOver } from '../../policies/surroundings.ts';
import { configMapsOf, inNamespace } from '../../policies/testing/index.ts';
import { distance } from './distance.ts';
import type { Manifest, ManifestObject } from './parse.ts';

/** Manifests as one cluster: with namespaces, found by name. */
export interface Tree {
  /** Of our group, each with the namespace that it will have. An object that stands twice is here twice. */
  readonly ours: readonly Manifest[];
  readonly finder: Finder;
  /** Labels of a namespace, where a manifest or the options say them. */
  namespaceObject(name: string): { metadata: { name: string; labels: Record<string, string> } } | undefined;
  configMaps(namespace: string, name: string): Readonly<Record<string, string>> | undefined;
}

export interface TreeOptions {
  /** Of objects that name none. */
  readonly namespace: string;
  /** By namespace; they win over those of manifests. */
  readonly namespaceLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function treeOf(manifests: readonly Manifest[], { namespace, namespaceLabels = {} }: TreeOptions): Tree {
  const settled = manifests.map((manifest) => ({
    ...manifest,
    object: inNamespace(manifest.object as PolicyObject, namespace) as unknown as ManifestObject,
  }));
  const objects = settled.map(({ object }) => object as unknown as PolicyObject);
  const labels = new Map(
    objects
      .filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1')
      .map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]),
  );
  for (const [name, told] of Object.entries(namespaceLabels)) labels.set(name, { ...told });
  return {
    ours: settled.filter(isOurs),
    finder: finderOver(objects),
    namespaceObject(name) {
      const found = labels.get(name);
      return found === undefined ? undefined : { metadata: { name, labels: found } };
    },
    configMaps: configMapsOf(objects),
  };
}

const OUR_KINDS: ReadonlySet<string> = new Set(KINDS.map(({ kind }) => kind));

/** Of our group, or meant to be: of a kind of ours, where the group is missing or misspelt. Others have kinds of the same names. */
export function isOurs({ object }: Manifest): boolean {
  const { apiVersion, kind } = object;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (group === GROUP) return true;
  if (!OUR_KINDS.has(kind) || object.spec === undefined || Object.keys(object.metadata).length === 0) return false;
  return group === '' || group.startsWith('kubechain.') || distance(group.slice(0, 64), GROUP) <= 3;
}

export const nameOfObject = ({ metadata }: ManifestObject): string =>
  String(metadata.name ?? metadata.generateName ?? '');

export const namespaceOf = ({ metadata }: ManifestObject): string =>
  typeof metadata.namespace === 'string' ? metadata.namespace : '';

/** `Agent default/billing-bot`. */
export function describeObject(object: ManifestObject): string {
  const namespace = namespaceOf(object);
  const name = `${namespace === '' ? '' : `${namespace}/`}${nameOfObject(object)}`;
  return object.kind === '' ? name : `${object.kind} ${name}`;
}
