import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { startTestServer, testsRealServer } from '../../support/server.ts';
import { type Answer, connect, type Step, send } from './harness.ts';

const group = '/apis/admissionregistration.k8s.io/v1';

/** An API server with a namespace of the test's own, which takes its configuration back at the end. */
export interface AdmissionServer extends AsyncDisposable {
  readonly namespace: string;
  send(step: Step): Promise<Answer>;
  /** Creates a configuration (`validatingwebhookconfigurations`, …); it is deleted with the server. */
  configure(resource: string, object: { readonly metadata: { readonly name: string } }): Promise<Answer>;
  /** Creates a ConfigMap labelled `t: NAME`. */
  create(name: string, data?: { readonly [key: string]: string }, query?: string): Promise<Answer>;
  /** Waits until creating such a ConfigMap answers what shows that the configuration counts. */
  effective(name: string, shows: (answer: Answer) => boolean): Promise<void>;
}

export async function startAdmissionServer(namespace: string): Promise<AdmissionServer> {
  const server = await startTestServer();
  const connection = connect(server.kubeconfigPath);
  const agent = new Agent({ keepAlive: true });
  const configured: string[] = [];
  const call = (step: Step): Promise<Answer> => send(connection, step, agent);
  const made = await call({
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { env: 'prod' } } },
  });
  assert.equal(made.code, 201, JSON.stringify(made.body));
  const create: AdmissionServer['create'] = (name, data = { n: '4' }, query = '') =>
    call({
      path: `/api/v1/namespaces/${namespace}/configmaps${query}`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { t: name } }, data },
    });
  return {
    namespace,
    send: call,
    create,
    configure: async (resource, object) => {
      const answer = await call({ path: `${group}/${resource}`, body: object });
      if (answer.code === 201) configured.push(`${group}/${resource}/${object.metadata.name}`);
      return answer;
    },
    effective: async (name, shows) => {
      const until = Date.now() + 10_000;
      for (;;) {
        const answer = await create(name, { n: '4' }, '?dryRun=All');
        if (shows(answer)) return;
        if (Date.now() > until) throw new Error(`the configuration of ${name} has no effect: ${messageOf(answer)}`);
        if (testsRealServer) await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const path of configured) await call({ method: 'DELETE', path });
      await call({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      agent.destroy();
      await server.close();
    },
  };
}

/** `message` of a Status. */
export function messageOf(answer: Answer): string {
  return (answer.body as { message?: string }).message ?? '';
}
