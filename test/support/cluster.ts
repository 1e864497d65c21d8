import { installCrds } from '../../cli/installCrds.ts';
import type { KubeClient, KubeConfig } from '../../kube/index.ts';
import { createKubeClient, loadKubeConfig, systemClock } from '../../kube/index.ts';

/** The API server that behaviour tests run against, with our CRDs installed. */
export interface TestCluster {
  readonly kubeConfig: KubeConfig;
  /** An administrator's client: the test's own, not the operator's. */
  readonly client: KubeClient;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens the embedded API server, or the cluster that KUBECONFIG names where KUBECHAIN_TEST_SERVER is `real`. */
export async function openTestCluster(): Promise<TestCluster> {
  await using stack = new AsyncDisposableStack();
  const kubeConfig = process.env.KUBECHAIN_TEST_SERVER === 'real' ? loadKubeConfig() : await startEmbedded(stack);
  const client = createKubeClient({ kubeConfig, fieldManager: 'kubechain-test' });
  stack.defer(() => client.close());
  await installCrds(client, systemClock, new AbortController().signal);
  const opened = stack.move();
  return { kubeConfig, client, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function startEmbedded(stack: AsyncDisposableStack): Promise<KubeConfig> {
  const { startTestServer } = await import('./server.ts');
  const server = await startTestServer();
  stack.defer(() => server.close());
  return loadKubeConfig({ path: server.kubeconfigPath, env: {} });
}
