import { KINDS, toCustomResourceDefinition } from '../api/index.ts';
import type { Clock, KubeClient, KubeObject, Resource } from '../kube/index.ts';
import { sleep } from '../kube/index.ts';
import { CliError } from './exit.ts';

interface InstalledDefinition extends KubeObject {
  readonly status?: {
    readonly conditions?: { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

const customResourceDefinitions: Resource<InstalledDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** A server establishes a definition within a second or two; a busy one may need longer. */
const PATIENCE_MS = 60_000;
const LONGEST_WAIT_MS = 1000;

/** Installs our CRDs by server-side apply and waits until the server serves them. */
export async function installCrds(client: KubeClient, clock: Clock, signal: AbortSignal): Promise<void> {
  await Promise.all(KINDS.map((kind) => install(kind, client, clock, signal)));
}

async function install(
  kind: (typeof KINDS)[number],
  client: KubeClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const definition = toCustomResourceDefinition(kind);
  const { name } = definition.metadata;
  let current = await client.patch(
    customResourceDefinitions,
    { name },
    { type: 'apply', body: definition },
    { fieldManager: 'kubechain', force: true, signal },
  );
  const deadline = clock.monotonic() + PATIENCE_MS;
  for (let waitMs = 20; !isEstablished(current); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const refused = current.status?.conditions?.find(
      ({ type, status }) => type === 'NamesAccepted' && status === 'False',
    );
    if (refused !== undefined)
      throw new CliError(`CustomResourceDefinition ${name}: ${refused.message ?? 'its names are taken'}`);
    if (clock.monotonic() > deadline) {
      throw new CliError(
        `CustomResourceDefinition ${name}: the server has not established it within ${PATIENCE_MS / 1000} s`,
      );
    }
    await sleep(clock, waitMs, signal);
    signal.throwIfAborted();
    current = await client.get(customResourceDefinitions, { name }, { signal });
  }
}

const isEstablished = ({ status }: InstalledDefinition): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false;
