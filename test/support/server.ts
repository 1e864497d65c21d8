import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '../../devcluster/index.ts';

/** An API server to test against. */
export interface TestServer {
  /** `https://…`; empty for a real cluster, whose address its kubeconfig knows. */
  readonly url: string;
  /** File with credentials of someone who may do anything. */
  readonly kubeconfigPath: string;
  readonly real: boolean;
  close(): Promise<void>;
}

/** True where KUBECHAIN_TEST_SERVER=real asks for the cluster that KUBECONFIG names. */
export const testsRealServer = process.env.KUBECHAIN_TEST_SERVER === 'real';

/** Starts the embedded API server in memory, or takes the cluster that KUBECONFIG names where KUBECHAIN_TEST_SERVER is `real`. */
export async function startTestServer(
  options: { readonly audit?: (event: AuditEvent) => void } = {},
): Promise<TestServer> {
  if (testsRealServer) {
    const kubeconfigPath = process.env.KUBECONFIG;
    if (!kubeconfigPath) throw new Error('KUBECHAIN_TEST_SERVER=real needs KUBECONFIG');
    return { url: '', kubeconfigPath, real: true, close: async () => undefined };
  }
  const { startApiServer } = await import('../../devcluster/index.ts');
  const folder = await mkdtemp(join(tmpdir(), 'apiserver-'));
  const server = await startApiServer({ ...options, inMemory: true, kubeconfigPath: join(folder, 'kubeconfig') });
  return {
    url: server.url,
    kubeconfigPath: join(folder, 'kubeconfig'),
    real: false,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
