import { GROUP } from '../../api/index.ts';
import type { Clock, KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { KubeError } from '../../kube/index.ts';
import type { Marks, SourceFacts } from '../../policies/provenance/index.ts';

/** As far as we read it: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */
interface Application extends KubeObject {
  spec?: { source?: ApplicationSource; sources?: ApplicationSource[] };
  status?: {
    sync?: Synced;
    operationState?: { syncResult?: Synced; operation?: { sync?: Synced } };
    resources?: { group?: string; kind?: string; namespace?: string; name?: string }[];
  };
}
interface ApplicationSource {
  repoURL?: string;
  path?: string;
  chart?: string;
}
interface Synced {
  revision?: string;
  revisions?: string[];
}

/** As far as we read them: https://fluxcd.io/flux/components/kustomize/api/v1/, …/helm/api/v2/, …/source/api/v1/ */
interface FluxObject extends KubeObject {
  spec?: { path?: string; sourceRef?: { kind?: string; name?: string; namespace?: string } };
  status?: { lastAppliedRevision?: string; inventory?: { entries?: { id?: string }[] } };
}
interface GitRepository extends KubeObject {
  spec?: { url?: string };
}

const resource = <T extends KubeObject>(group: string, version: string, kind: string): Resource<T> => {
  const plural = kind === 'GitRepository' ? 'gitrepositories' : `${kind.toLowerCase()}s`;
  return { group, version, plural, kind, namespaced: true };
};
const applications = resource<Application>('argoproj.io', 'v1alpha1', 'Application');
const kustomizations = resource<FluxObject>('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization');
const gitRepositories = resource<GitRepository>('source.toolkit.fluxcd.io', 'v1', 'GitRepository');

const TIMEOUT_MS = 5_000;
/** What is there may list another object in a moment; what is not there, or may not be read, seldom changes. */
const FOUND_MS = 500;
const UNREADABLE_MS = 60_000;
const MOST_KEPT = 1_000;

/** Reads the Application or Flux object that an object names. */
export interface ProvenanceSources {
  /** Undefined where the marks name none. Rejects where the API server cannot be asked at the moment. */
  factsOf(object: KubeObject, marks: Marks, signal: AbortSignal): Promise<SourceFacts | undefined>;
}

/**
 * Reads are shared by the objects of an Application. An API that is not installed and one that we may not read are facts, not
 * failures: the roles for it are opt-in.
 */
export function createProvenanceSources(options: {
  readonly client: Pick<KubeClient, 'get'>;
  readonly clock: Clock;
  /** Where Argo CD and its Applications are. */
  readonly argocdNamespace: string;
  /** Of the Argo CD that counts, where several share the cluster. */
  readonly argocdInstallation?: string;
}): ProvenanceSources {
  const { client, clock } = options;
  type Read = { readonly object: KubeObject } | { readonly why: string };
  const known = new Map<string, { readonly until: number; readonly read: Promise<Read> }>();

  async function ask(from: Resource, namespace: string, name: string, signal: AbortSignal): Promise<Read> {
    try {
      return { object: await client.get(from, { namespace, name }, { timeoutMs: TIMEOUT_MS, signal }) };
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.code === 'NotFound') {
        const absent =
          error.details?.name === undefined ? `${from.kind} is no kind of this cluster` : 'it does not exist';
        return { why: absent };
      }
      if (error.code === 'Forbidden') return { why: `the operator may not get ${from.plural}.${from.group}` };
      if (error.code === 'BadRequest' || error.code === 'Unsupported') return { why: error.code };
      throw error;
    }
  }

  function read<T extends KubeObject>(
    from: Resource<T>,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly object: T } | { readonly why: string }> {
    const key = `${from.plural}/${namespace}/${name}`;
    const present = known.get(key);
    if (present !== undefined && present.until > clock.monotonic()) {
      return present.read as Promise<{ object: T } | { why: string }>;
    }
    if (known.size >= MOST_KEPT) known.clear();
    const asked = ask(from as Resource, namespace, name, signal);
    known.set(key, { until: clock.monotonic() + FOUND_MS, read: asked });
    asked.then(
      (answer) => {
        if ('why' in answer) known.set(key, { until: clock.monotonic() + UNREADABLE_MS, read: asked });
      },
      () => known.delete(key),
    );
    return asked as Promise<{ object: T } | { why: string }>;
  }

  async function fromArgo(object: KubeObject, mark: NonNullable<Marks['argo']>, signal: AbortSignal) {
    const namespace = mark.namespace ?? options.argocdNamespace;
    const name = `${namespace}/${mark.name}`;
    const { argocdInstallation } = options;
    if (argocdInstallation !== undefined && mark.installation !== argocdInstallation) {
      return unreadable(
        name,
        `it belongs to the Argo CD installation "${mark.installation ?? ''}", not "${argocdInstallation}"`,
      );
    }
    const found = await read(applications, namespace, mark.name, signal);
    if ('why' in found) return unreadable(name, found.why);
    const { spec, status } = found.object;
    const lists = (status?.resources ?? []).some(
      (each) =>
        each.group === GROUP &&
        each.kind === object.kind &&
        each.name === object.metadata.name &&
        (each.namespace ?? '') === (object.metadata.namespace ?? ''),
    );
    const sources = spec?.sources ?? (spec?.source === undefined ? [] : [spec.source]);
    // Of several sources it is not told which one an object comes from: the first that brings objects.
    const index = Math.max(
      0,
      sources.findIndex(({ path, chart }) => path !== undefined || chart !== undefined),
    );
    const source = sources[index];
    const { operationState, sync } = status ?? {};
    const revision = [operationState?.syncResult, operationState?.operation?.sync, sync]
      .map((synced) => (spec?.sources === undefined ? synced?.revision : synced?.revisions?.[index]))
      .find((each) => each !== undefined && each !== '');
    return {
      kind: 'found',
      name,
      lists,
      ...text('repo', source?.repoURL),
      ...text('path', source?.path ?? source?.chart),
      ...text('revision', revision),
    } as const;
  }

  async function fromFlux(object: KubeObject, mark: NonNullable<Marks['flux']>, signal: AbortSignal) {
    const name = `${mark.namespace}/${mark.name}`;
    if (mark.kind === 'HelmRelease') return unreadable(name, 'a HelmRelease does not tell of a commit');
    const found = await read(kustomizations, mark.namespace, mark.name, signal);
    if ('why' in found) return unreadable(name, found.why);
    const { spec, status } = found.object;
    const id = `${object.metadata.namespace ?? ''}_${object.metadata.name ?? ''}_${GROUP}_${object.kind ?? ''}`;
    const from = spec?.sourceRef;
    const repository =
      from?.kind === 'GitRepository' && from.name !== undefined
        ? await read(gitRepositories, from.namespace ?? mark.namespace, from.name, signal)
        : undefined;
    return {
      kind: 'found',
      name,
      lists: status?.inventory?.entries?.some((entry) => entry.id === id) ?? false,
      ...text('repo', repository !== undefined && 'object' in repository ? repository.object.spec?.url : undefined),
      ...text('path', spec?.path),
      // `main@sha1:3f2c…`
      ...text('revision', status?.lastAppliedRevision?.replace(/^.*[@/]?sha1:/, '')),
    } as const;
  }

  return {
    async factsOf(object, { argo, flux }, signal) {
      if (argo !== undefined) return fromArgo(object, argo, signal);
      return flux === undefined ? undefined : fromFlux(object, flux, signal);
    },
  };
}

const unreadable = (name: string, why: string) => ({ kind: 'unreadable', name, why }) as const;

const text = <K extends string>(name: K, value: string | undefined): { readonly [name in K]?: string } =>
  value === undefined || value === '' ? {} : ({ [name]: value } as { [name in K]: string });
