import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNTS, applyRbac, SYSTEM_NAMESPACE } from '../../cli/rbac.ts';
import { createTokenSource, type KubeClient, loadKubeConfig, systemClock } from '../../kube/index.ts';

/** Writes a kubeconfig of the operator's ServiceAccount, with the roles of an installation; its path, and how the API server knows it. */
export async function operatorAccount(
  client: KubeClient,
  kubeconfig: string,
  folder: string,
): Promise<{ readonly kubeconfig: string; readonly username: string }> {
  await applyRbac(client, AbortSignal.timeout(60_000));
  const { cluster } = loadKubeConfig({ path: kubeconfig });
  const token = await createTokenSource({
    client,
    clock: systemClock,
    namespace: SYSTEM_NAMESPACE,
    name: ACCOUNTS.operator,
    expirationSeconds: 24 * 3600,
  })(false);
  const path = join(folder, 'operator.kubeconfig');
  const name = ACCOUNTS.operator;
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [
        {
          name,
          cluster: {
            server: cluster.server,
            ...(cluster.caFile === undefined ? {} : { 'certificate-authority': cluster.caFile }),
            ...(cluster.caData === undefined ? {} : { 'certificate-authority-data': cluster.caData }),
          },
        },
      ],
      users: [{ name, user: { token } }],
    }),
    { mode: 0o600 },
  );
  return { kubeconfig: path, username: `system:serviceaccount:${SYSTEM_NAMESPACE}:${name}` };
}
