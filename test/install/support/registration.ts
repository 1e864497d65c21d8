import type { InstallStage } from './stage.ts';

interface Configuration {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly url?: string; readonly service?: { readonly path: string } };
  }[];
}

/** Has the API server reach every webhook of the installation at a port of this machine, each at the path that it is registered with. */
export async function registerAt(stage: InstallStage, port: string): Promise<void> {
  for (const kind of ['mutating', 'validating']) {
    const configuration = `${kind}webhookconfiguration kubechain`;
    const { webhooks } = JSON.parse(await stage.run(`kubectl get ${configuration} -o json`)) as Configuration;
    const operations = webhooks.map(({ clientConfig: { service, url = '' } }, index) => ({
      op: 'replace',
      path: `/webhooks/${index}/clientConfig`,
      value: { url: `https://127.0.0.1:${port}${service?.path ?? new URL(url).pathname}` },
    }));
    await stage.run(`kubectl patch ${configuration} --type json -p '${JSON.stringify(operations)}'`);
  }
}

/** Asks until it goes well, half a minute at most: a registration gets its authority a moment after its address. */
export async function eventually<R extends { readonly code: number }>(ask: () => Promise<R>): Promise<R> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const said = await ask();
    if (said.code === 0 || Date.now() > deadline) return said;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
