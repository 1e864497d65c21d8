import type { InstallStage } from './stage.ts';

/** No Service answers where there are no nodes: the registration of the webhooks gets an address instead. */
export function registerAt(stage: InstallStage, port: string): Promise<string> {
  const at = (index: number, path: string) => ({
    op: 'replace',
    path: `/webhooks/${index}/clientConfig`,
    value: { url: `https://127.0.0.1:${port}${path}` },
  });
  const patch = (kind: string, operations: object[]) =>
    `kubectl patch ${kind}webhookconfiguration kubechain --type json -p '${JSON.stringify(operations)}'`;
  return stage.run(
    `${patch('mutating', [at(0, '/mutate')])} && ${patch('validating', [at(0, '/validate'), at(1, '/validate')])}`,
  );
}

/** Asks until it goes well, half a minute at most: a registration gets its authority a moment after its address. */
export async function eventually<R extends { readonly code: number }>(ask: () => Promise<R>): Promise<R> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const said = await ask();
    if (said.code === 0 || Date.now() > deadline) return said;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
