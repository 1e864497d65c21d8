/** What the server serves, as clients ask: legacy documents per group and version, and aggregated discovery. */
import { createHash } from 'node:crypto';
import { compareVersions } from '../apiextensions/custom.ts';
import type { Resources } from '../registry/resources.ts';
import { groupVersion } from '../registry/resources.ts';
import type { ResourceDefinition } from '../types.ts';

type Document = { [key: string]: unknown };

/** Builtin groups come in the real server's order; others after them, by name. */
const groupOrder = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** Groups but core, in order, each with its versions in order of preference. */
export function groups(resources: Resources): { group: string; versions: string[] }[] {
  const found = new Map<string, Set<string>>();
  for (const { group, version } of resources.all()) {
    if (group === '') continue;
    const versions = found.get(group) ?? new Set();
    versions.add(version);
    found.set(group, versions);
  }
  const rank = (group: string): number => {
    const at = groupOrder.indexOf(group);
    return at < 0 ? groupOrder.length : at;
  };
  return [...found]
    .map(([group, versions]) => ({ group, versions: [...versions].sort(compareVersions) }))
    .sort((a, b) => rank(a.group) - rank(b.group) || (a.group < b.group ? -1 : 1));
}

/** `/api` */
export function apiVersions(address: string): Document {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

function apiGroup({ group, versions }: { group: string; versions: string[] }): Document {
  const entry = (version: string): Document => ({ groupVersion: `${group}/${version}`, version });
  return { name: group, versions: versions.map(entry), preferredVersion: entry(versions[0] ?? '') };
}

/** `/apis` */
export function apiGroupList(resources: Resources): Document {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(resources).map(apiGroup) };
}

/** `/apis/GROUP`; undefined where there is no such group. */
export function apiGroupDocument(resources: Resources, group: string): Document | undefined {
  const found = groups(resources).find((item) => item.group === group);
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(found) };
}

/** `/api/v1` or `/apis/GROUP/VERSION`; undefined where there is none. */
export function apiResourceList(resources: Resources, group: string, version: string): Document | undefined {
  const definitions = resources.all().filter((item) => item.group === group && item.version === version);
  if (definitions.length === 0) return undefined;
  const list: Document[] = [];
  for (const definition of sorted(definitions)) {
    if (definition.verbs.length > 0) {
      list.push({
        name: definition.plural,
        singularName: definition.singular,
        namespaced: definition.namespaced,
        kind: definition.kind,
        verbs: verbsOf(definition),
        ...(definition.shortNames.length > 0 ? { shortNames: definition.shortNames } : {}),
        ...(definition.categories.length > 0 ? { categories: definition.categories } : {}),
        ...(definition.custom ||
        definition.verbs.includes('deletecollection') ||
        (definition.verbs.includes('create') && definition.verbs.includes('list'))
          ? { storageVersionHash: hash(definition) }
          : {}),
      });
    }
    for (const sub of definition.subresources) {
      list.push({
        name: `${definition.plural}/${sub.name}`,
        singularName: '',
        namespaced: definition.namespaced,
        ...(sub.group !== undefined ? { group: sub.group } : {}),
        ...(sub.version !== undefined ? { version: sub.version } : {}),
        kind: sub.kind ?? definition.kind,
        verbs: [...sub.verbs].sort(byDiscoveryOrder),
      });
    }
  }
  const body = {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: groupVersion({ group, version }),
  };
  return { ...body, resources: list };
}

function sorted(definitions: readonly ResourceDefinition[]): ResourceDefinition[] {
  return [...definitions].sort((a, b) => (a.plural < b.plural ? -1 : 1));
}

/** Custom resources list their verbs in an order of their own. */
function verbsOf(definition: ResourceDefinition): string[] {
  return definition.custom ? [...definition.verbs] : [...definition.verbs].sort(byDiscoveryOrder);
}

function byDiscoveryOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Names the stored form of a resource, as clients compare it: the head of the SHA-256 of its group, version and kind. */
function hash(definition: ResourceDefinition): string {
  const { group, kind, storageVersion, version } = definition;
  return createHash('sha256')
    .update(`${group}/${storageVersion ?? version}/${kind}`)
    .digest()
    .subarray(0, 8)
    .toString('base64');
}

/** Aggregated discovery (apidiscovery.k8s.io/v2) of `/api` (`core` true) or `/apis`. */
export function aggregated(resources: Resources, core: boolean): Document {
  const list = core ? [{ group: '', versions: ['v1'] }] : groups(resources);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: list.map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: sorted(resources.all().filter((item) => item.group === group && item.version === version)).map(
          (definition) => resourceDiscovery(definition),
        ),
        freshness: 'Current',
      })),
    })),
  };
}

function resourceDiscovery(definition: ResourceDefinition): Document {
  const { group, kind } = definition;
  // Builtin kinds are named without their group and version.
  const own = definition.custom ? { group, version: definition.version } : { group: '', version: '' };
  return {
    resource: definition.plural,
    responseKind: { ...own, kind },
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: verbsOf(definition),
    ...(definition.shortNames.length > 0 ? { shortNames: definition.shortNames } : {}),
    ...(definition.categories.length > 0 ? { categories: definition.categories } : {}),
    ...(definition.subresources.length > 0
      ? {
          subresources: definition.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: {
              group: sub.group ?? own.group,
              version: sub.version ?? own.version,
              kind: sub.kind ?? kind,
            },
            verbs: [...sub.verbs].sort(byDiscoveryOrder),
          })),
        }
      : {}),
  };
}
