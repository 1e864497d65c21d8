import { randomBytes } from 'node:crypto';
import { agents, STAMPS } from '../../../api/index.ts';
import type { KubeClient, KubeConfig, KubeObject, Resource } from '../../../kube/index.ts';
import { createKubeClient, isAlreadyExists, isNotFound, systemClock } from '../../../kube/index.ts';
import {
  type Configuration,
  createWebhook,
  DEFAULT_OPERATOR,
  mutatingConfigurations,
  validatingConfigurations,
  type Webhook,
  webhookConfigurations,
} from '../../../webhooks/index.ts';
import { openTestCluster } from '../../support/cluster.ts';
import type { RecordingLogger } from '../../support/logger.ts';
import { createRecordingLogger } from '../../support/logger.ts';
import { agent, namespaces } from '../../support/objects.ts';

/** The webhooks, registered with the API server of the tests by url. */
export interface WebhookStage {
  readonly kubeConfig: KubeConfig;
  readonly client: KubeClient;
  readonly operator: KubeClient;
  readonly webhook: Webhook;
  readonly logger: RecordingLogger;
  readonly configurations: { readonly mutating: Configuration; readonly validating: Configuration };
  readonly namespace: string;
  readonly url: string;
  /** A client of somebody else, who may do anything as far as RBAC goes unless `roleless`. */
  as(username: string, options?: { readonly roleless?: boolean }): Promise<KubeClient>;
  /** Ends the webhook, leaving it registered. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const RESTORER = 'system:serviceaccount:velero:velero';

const roleBindings: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
};

export async function startWebhookStage(): Promise<WebhookStage> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await openTestCluster());
  const { client } = cluster;
  const namespace = `kcw-${randomBytes(4).toString('hex')}`;
  await client.create(namespaces, { metadata: { name: namespace } });
  stack.defer(() => client.delete(namespaces, { name: namespace }));
  const logger = createRecordingLogger();
  const webhook = createWebhook({
    client,
    clock: systemClock,
    logger,
    host: '127.0.0.1',
    port: 0,
    certificate: {
      kind: 'selfSigned',
      secret: { namespace, name: 'kubechain-webhook-cert' },
      configuration: namespace,
      hosts: ['127.0.0.1'],
    },
    approvalKey: { namespace, name: 'kubechain-approval-key' },
    restorers: [RESTORER],
  });
  const stopping = new AbortController();
  const running = webhook.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  stack.defer(stop);
  const { port } = await webhook.started;
  const url = `https://127.0.0.1:${port}`;
  const configurations = webhookConfigurations({
    reach: { url },
    caBundle: webhook.caBundle(),
    operators: [DEFAULT_OPERATOR],
    name: namespace,
  });
  await client.create(mutatingConfigurations, configurations.mutating as unknown as KubeObject);
  const gone = (error: unknown): void => {
    if (!isNotFound(error)) throw error;
  };
  stack.defer(() => client.delete(mutatingConfigurations, { name: namespace }).catch(gone));
  await client.create(validatingConfigurations, configurations.validating as unknown as KubeObject);
  stack.defer(() => client.delete(validatingConfigurations, { name: namespace }).catch(gone));

  let owner: AsyncDisposableStack = stack;
  const clients = new Map<string, KubeClient>();
  async function as(username: string, { roleless = false } = {}): Promise<KubeClient> {
    const known = clients.get(username);
    if (known !== undefined) return known;
    if (!roleless) await bindAdmin(username);
    const kubeConfig: KubeConfig = {
      ...cluster.kubeConfig,
      user: { ...cluster.kubeConfig.user, impersonateUser: username },
    };
    const made = createKubeClient({ kubeConfig, fieldManager: 'kubechain-test' });
    owner.defer(() => made.close());
    if (!roleless) await untilAllowed(made, { verb: '*', group: '*', resource: '*' });
    clients.set(username, made);
    return made;
  }
  const operator = await as(DEFAULT_OPERATOR);
  // A new registration counts a moment later, each in its own time.
  await untilRegistered(await as('probe'), namespace);
  owner = stack.move();
  return {
    kubeConfig: cluster.kubeConfig,
    client,
    operator,
    webhook,
    logger,
    configurations,
    namespace,
    url,
    as,
    stop,
    [Symbol.asyncDispose]: () => owner.disposeAsync(),
  };

  async function bindAdmin(username: string): Promise<void> {
    const name = `${namespace}-${username.replaceAll(/[^a-z0-9]/g, '-')}`;
    try {
      await client.create(roleBindings, {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: username }],
      } as KubeObject);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    owner.defer(() => client.delete(roleBindings, { name }));
  }
}

/** Waits until the API server, which hears of new roles a moment later, allows this to whoever the client is. */
export async function untilAllowed(client: KubeClient, resourceAttributes: object): Promise<void> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  await eventually(`may ${JSON.stringify(resourceAttributes)}`, async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { status } = (await client.request('POST', path, review)) as { status?: { allowed?: boolean } };
    return status?.allowed === true;
  });
}

/** A forged record is refused, and what is created carries a stamp. */
async function untilRegistered(user: KubeClient, namespace: string): Promise<void> {
  const page = {
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind: 'AgentRevision',
    metadata: { namespace, name: 'probe' },
    spec: { agent: 'a', system: 's', llm: { name: 'l', provider: 'openai' }, tools: [] },
  };
  const revisions: Resource = {
    group: 'kubechain.humanlayer.dev',
    version: 'v1alpha1',
    plural: 'agentrevisions',
    kind: 'AgentRevision',
    namespaced: true,
  };
  await eventually('the validating webhook is called', async () => {
    const said = await user.create(revisions, page, { dryRun: true }).then(() => '', String);
    const refused = said.includes('kubechain/authority');
    if (!refused && said !== '' && !said.includes('orbidden')) throw new Error(said);
    return refused;
  });
  await eventually('the mutating webhook is called', async () => {
    const made = await user.create(agents, agent(namespace, 'probe'), { dryRun: true });
    return made.metadata.annotations?.[STAMPS.createdBy] !== undefined;
  });
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await holds()); ) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
