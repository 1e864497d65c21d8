import { isDeepStrictEqual } from 'node:util';

export type Map = { readonly [field: string]: unknown };

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const TRACKING_ID = 'argocd.argoproj.io/tracking-id';

/**
 * Whether Argo CD (3.x, its default comparison) calls a live custom resource OutOfSync: a merge of what was applied last, what Git says and
 * what is there, where fields of maps that were not applied count for nothing, and elements of lists all do.
 *
 * @param git as it is in Git
 * @returns paths at which the two differ; none: Synced
 */
export function threeWayDrift(git: Map, live: Map): string[] {
  const config = normal(withTracking(git, live));
  const there = normal(live);
  const applied = annotationsOf(live)[LAST_APPLIED];
  const original = typeof applied === 'string' ? normal(JSON.parse(applied)) : config;
  const compared = asMap(strip(original, there));
  const additions = onlySet(asMap(mergePatch(compared, config)));
  const deletions = onlyNull(asMap(mergePatch(original, config)));
  const predicted = applyMerge(applyMerge(there, additions), deletions);
  return differences(predicted, there, '');
}

/** What Argo CD leaves out on both sides: the status, what the API server writes, what was applied last. */
function normal(object: Map): Map {
  const { status: _, metadata, ...rest } = object;
  const { managedFields, resourceVersion, uid, generation, creationTimestamp, selfLink, ...kept } = asMap(metadata);
  const { [LAST_APPLIED]: _applied, ...annotations } = asMap(kept.annotations);
  return {
    ...rest,
    metadata: Object.keys(annotations).length === 0 ? without(kept, 'annotations') : { ...kept, annotations },
  };
}

/** Argo CD puts its tracking id, and the namespace, on what it compares. */
function withTracking(git: Map, live: Map): Map {
  const metadata = asMap(git.metadata);
  const id = annotationsOf(live)[TRACKING_ID];
  const { namespace } = asMap(live.metadata);
  return {
    ...git,
    metadata: {
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...(id === undefined ? {} : { annotations: { ...asMap(metadata.annotations), [TRACKING_ID]: id } }),
    },
  };
}

/** `live` without fields of maps that `config` does not have. Elements of lists are matched by their index; surplus ones stay. */
function strip(config: unknown, live: unknown): unknown {
  if (isMap(config) && isMap(live)) {
    return Object.fromEntries(
      Object.keys(config).flatMap((field) =>
        Object.hasOwn(live, field) ? [[field, strip(config[field], live[field])]] : [],
      ),
    );
  }
  if (Array.isArray(config) && Array.isArray(live)) {
    return live.map((item, index) => (index < config.length ? strip(config[index], item) : item));
  }
  return live;
}

/** RFC 7396: what turns `from` into `to`. */
function mergePatch(from: Map, to: Map): Map {
  const patch: Record<string, unknown> = {};
  for (const field of Object.keys(from)) if (!Object.hasOwn(to, field)) patch[field] = null;
  for (const [field, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, field) ? from[field] : undefined;
    if (isMap(before) && isMap(value)) {
      const inner = mergePatch(before, value);
      if (Object.keys(inner).length > 0) patch[field] = inner;
    } else if (!isDeepStrictEqual(before, value)) patch[field] = value;
  }
  return patch;
}

const onlySet = (patch: Map): Map =>
  Object.fromEntries(
    Object.entries(patch).flatMap(([field, value]) => {
      if (value === null) return [];
      return [[field, isMap(value) ? onlySet(value) : value]];
    }),
  );

const onlyNull = (patch: Map): Map =>
  Object.fromEntries(
    Object.entries(patch).flatMap(([field, value]): [string, unknown][] => {
      if (value === null) return [[field, null]];
      const inner = isMap(value) ? onlyNull(value) : {};
      return Object.keys(inner).length === 0 ? [] : [[field, inner]];
    }),
  );

function applyMerge(target: Map, patch: Map): Map {
  const result: Record<string, unknown> = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else if (isMap(value)) result[field] = applyMerge(asMap(result[field]), value);
    else result[field] = withoutNulls(value);
  }
  return result;
}

/** What a merge patch sets has no field that is null: Argo CD's library leaves them out within lists as well. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]) => (inner === null ? [] : [[field, withoutNulls(inner)]])),
  );
}

/** Paths at which two values differ. */
export function differences(a: unknown, b: unknown, path: string): string[] {
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((field) =>
      differences(a[field], b[field], `${path}/${field}`),
    );
  }
  return isDeepStrictEqual(a, b) ? [] : [path];
}

const without = (map: Map, field: string): Map =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== field));
const annotationsOf = (object: Map): Map => asMap(asMap(object.metadata).annotations);
const asMap = (value: unknown): Map => (isMap(value) ? value : {});
const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);
