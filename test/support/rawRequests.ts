import { Agent } from 'undici';
import { createCredentialSource } from '../../kube/credentials.ts';
import type { KubeConfig } from '../../kube/index.ts';
import { systemClock } from '../../kube/index.ts';

export interface RawAnswer {
  readonly status: number;
  readonly body: { readonly kind?: string; readonly message?: string; readonly reason?: string };
  /** The texts of its `Warning` headers. */
  readonly warnings: readonly string[];
}

export interface RawRequests extends AsyncDisposable {
  /** Posts a body as it is. */
  post(path: string, body: string): Promise<RawAnswer>;
}

/** What the product's client does not show of an API server's answers, asked as the user that the configuration names or impersonates. */
export async function createRawRequests(kubeConfig: KubeConfig): Promise<RawRequests> {
  const credentials = await createCredentialSource(kubeConfig, systemClock).get();
  const agent = new Agent({ connect: credentials.tls, allowH2: false, pipelining: 1, connections: 8 });
  const origin = new URL(kubeConfig.cluster.server).origin;
  return {
    async post(path, body) {
      const headers = { ...credentials.headers, accept: 'application/json', 'content-type': 'application/json' };
      const answer = await agent.request({ origin, path, method: 'POST', headers, body });
      const told = answer.headers.warning ?? [];
      const lines = (Array.isArray(told) ? told : [told]).flatMap((line) => line.split(/, (?=299 )/));
      return {
        status: answer.statusCode,
        body: (await answer.body.json()) as RawAnswer['body'],
        warnings: lines.map(textOf),
      };
    },
    [Symbol.asyncDispose]: () => agent.close(),
  };
}

/** The text of `299 - "…"`: UTF-8, which HTTP's clients read as Latin 1. */
function textOf(header: string): string {
  const quoted = /^299 \S+ (".*")$/.exec(Buffer.from(header, 'latin1').toString('utf8'))?.[1];
  return quoted === undefined ? header : (JSON.parse(quoted) as string);
}
