import {
  agentPolicies,
  agentPolicyExceptions,
  agentRevisions,
  clusterAgentPolicies,
  contextPages,
  JUDGED_KINDS,
  KINDS,
  taskRuns,
  taskRunToolCalls,
} from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { KubeError } from '../../kube/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { CliError } from '../exit.ts';
import { CHECK_EXIT } from '../findings/model.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import type { Manifest, ManifestObject } from '../manifests/parse.ts';
import { didYouMean } from '../runs/near.ts';

export interface ClusterInput extends ClusterOptions, LogOptions {}

const namespaces: Resource<KubeObject> = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};
const configMaps: Resource<KubeObject & { data?: Record<string, string> }> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const POLICIES = [clusterAgentPolicies, agentPolicies, agentPolicyExceptions];
const RUNS = [taskRuns, taskRunToolCalls];
/** What policies are about, but for the records of runs. */
const DEFINITIONS = KINDS.filter(
  ({ kind }) => JUDGED_KINDS.some((judged) => judged === kind) && !RUNS.some((run) => run.kind === kind),
);
const HISTORY = [contextPages, agentRevisions];
/** Of the records of runs: none; runs and calls that have not ended; all, with all that was said. */
export type Records = 'none' | 'live' | 'all';

/** How many objects one answer of the API server holds. */
const PAGE = 500;

/**
 * The objects of a cluster as if they were manifests: of the namespace that `-n` names, else of all. Throws `CliError` where there is no
 * such namespace: a misspelt one would pass for a clean one.
 */
export function readCluster(options: ClusterInput, records: Records, io: Io): Promise<readonly Manifest[]> {
  return withObjects(options, records, io, (manifests) => Promise.resolve(manifests));
}

/** The same, for what has to ask the cluster about them. */
export function withObjects<T>(
  options: ClusterInput,
  records: Records,
  io: Io,
  use: (manifests: readonly Manifest[], client: KubeClient) => Promise<T>,
): Promise<T> {
  return withCluster(options, io, createLogger(options, io.err, 'warn'), async ({ client }) => {
    const all = async (kinds: readonly unknown[], wanted?: (object: KubeObject) => boolean) => {
      const lists = kinds.map((kind) => listAll(client, kind as Resource<KubeObject>, options.namespace, wanted));
      return (await Promise.all(lists)).flat();
    };
    const found = [
      ...(await all(DEFINITIONS)),
      ...(await all(POLICIES)),
      ...(records === 'none' ? [] : await all(RUNS, records === 'live' ? hasNotEnded : undefined)),
      ...(records === 'all' ? await all(HISTORY) : []),
    ];
    const { namespace } = options;
    // Who may not read Namespaces does without their labels: policies that select by them count then.
    const labelled = await listAll(client, namespaces, undefined).catch((error) => {
      if (error instanceof KubeError && error.code === 'Forbidden') return [];
      throw error;
    });
    const names = labelled.map(({ metadata }) => metadata.name ?? '');
    if (namespace !== undefined && names.length > 0 && !names.includes(namespace)) {
      throw new CliError(`there is no namespace ${namespace}${didYouMean(namespace, names)}`, {
        exitCode: CHECK_EXIT.nothing,
      });
    }
    const parameters = await parametersOf(client, found);
    return use([...found, ...labelled, ...parameters].map(asManifest), client);
  });
}

const hasNotEnded = (object: KubeObject): boolean =>
  (object as { status?: { completionTime?: string } }).status?.completionTime === undefined;

async function listAll(
  client: KubeClient,
  kind: Resource<KubeObject>,
  namespace: string | undefined,
  wanted: (object: KubeObject) => boolean = () => true,
): Promise<KubeObject[]> {
  const items: KubeObject[] = [];
  let token: string | undefined;
  do {
    const list = await client.list(kind, {
      limit: PAGE,
      ...(kind.namespaced && namespace !== undefined ? { namespace } : {}),
      ...(token === undefined ? {} : { continue: token }),
    });
    // Items of lists do not say what they are.
    items.push(
      ...list.items.filter(wanted).map((item) => ({
        ...item,
        kind: kind.kind,
        apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
      })),
    );
    token = list.metadata.continue === '' ? undefined : list.metadata.continue;
  } while (token !== undefined);
  return items;
}

/** The ConfigMaps that policies read. One that is missing breaks its policy, as in the cluster. */
async function parametersOf(client: KubeClient, objects: readonly KubeObject[]): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for (const object of objects) {
    const ref = (object as { spec?: { params?: { configMapRef?: { name: string; namespace?: string } } } }).spec?.params
      ?.configMapRef;
    const namespace = object.metadata.namespace ?? ref?.namespace;
    if (ref === undefined || namespace === undefined) continue;
    try {
      found.push({
        ...(await client.get(configMaps, { namespace, name: ref.name })),
        kind: 'ConfigMap',
        apiVersion: 'v1',
      });
    } catch {
      // The compiler says so, with the policy's name.
    }
  }
  return found;
}

function asManifest(object: KubeObject): Manifest {
  return { object: object as unknown as ManifestObject, file: '', position: () => ({ line: 1, column: 1 }) };
}
