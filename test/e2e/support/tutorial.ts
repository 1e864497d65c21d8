import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Script } from '../../../cli/simulate-openai/index.ts';
import { createOperator } from '../../../controller/index.ts';
import { createKubeClient, systemClock } from '../../../kube/index.ts';
import { openTestCluster } from '../../support/cluster.ts';
import { kubectlShell, parseTable } from '../../support/kubectl.ts';
import { createRecordingLogger } from '../../support/logger.ts';
import { type ModelServer, startModelServer } from '../../support/modelServer.ts';
import { GOOD_KEY, namespaces } from '../../support/objects.ts';
import { reachingModelAt } from './reachingModelAt.ts';

/** As long as a reader would wait for a command to show what the page says. */
const PATIENCE_MS = 60_000;

/** A shell as the tutorial's reader has it: kubectl, a key, an operator in the cluster. */
export interface Tutorial {
  readonly namespace: string;
  readonly model: ModelServer;
  /** Types a command, which has to succeed; what it printed. `default` stands for the tutorial's own namespace. */
  type(command: string): Promise<string>;
  /** Types a command until it shows what the reader waits for. */
  typeUntil(command: string, shows: RegExp): Promise<string>;
  /** The same, of a command that prints a table. */
  table(command: string, shows: RegExp): Promise<Record<string, string>[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An operator in this process, in a namespace of its own, whose provider is a simulated model. */
export async function startTutorial(script?: Script): Promise<Tutorial> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await openTestCluster());
  const namespace = `kc-tutorial-${randomBytes(3).toString('hex')}`;
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  stack.defer(() => cluster.client.delete(namespaces, { name: namespace }));
  const model = stack.use(await startModelServer(script));
  const client = createKubeClient({ kubeConfig: cluster.kubeConfig, fieldManager: 'kubechain-operator' });
  stack.defer(() => client.close());
  const stop = new AbortController();
  const running = createOperator({
    client: reachingModelAt(client, model.url),
    clock: systemClock,
    logger: createRecordingLogger(),
    identity: 'tutorial',
    namespace,
  }).run(stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-tutorial-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, inNamespace(readFileSync(cluster.kubeConfig.source, 'utf8'), namespace), { mode: 0o600 });
  const shell = await kubectlShell(kubeconfig, { OPENAI_API_KEY: GOOD_KEY });

  const type = async (command: string): Promise<string> => {
    const { code, out, err } = await shell(command.replaceAll('--namespace=default', `--namespace=${namespace}`));
    assert.equal(code, 0, `${command}\n${err}`);
    return out;
  };
  const typeUntil = async (command: string, shows: RegExp): Promise<string> => {
    const started = performance.now();
    for (;;) {
      const out = await type(command);
      if (shows.test(out)) return out;
      assert.ok(performance.now() - started < PATIENCE_MS, `${command} never showed ${shows}:\n${out}`);
    }
  };
  const opened = stack.move();
  return {
    namespace,
    model,
    type,
    typeUntil,
    table: async (command, shows) => parseTable(await typeUntil(command, shows)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The kubeconfig with another namespace in its contexts. */
function inNamespace(text: string, namespace: string): string {
  const config = parse(text) as { contexts: { context: { namespace?: string } }[] };
  for (const { context } of config.contexts) context.namespace = namespace;
  return stringify(config);
}

/** A page on this machine, as plain text: to make text of HTML, mcp-server-fetch first installs packages from npm. */
export async function startPage(text: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const found = request.url === '/';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain' }).end(found ? text : 'not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Checks what `kubectl describe` printed: each expected line is there, in this order, apart from blanks. `<age>` stands for what
 * kubectl says of an event's age (`3m`, `5s (x2 over 6s)`).
 */
export function assertDescribes(text: string, expected: readonly string[]): void {
  const tidy = (line: string): string => line.trim().replace(/\s+/g, ' ');
  const lines = text.split('\n').map(tidy);
  let at = 0;
  for (const line of expected) {
    const pattern = new RegExp(
      `^${tidy(line)
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('<age>', '(?:\\d+[smhd])+(?: \\(x\\d+ over (?:\\d+[smhd])+\\))?')}$`,
    );
    const found = lines.findIndex((candidate, index) => index >= at && pattern.test(candidate));
    assert.ok(found >= 0, `"${line}" is not there (after line ${at}):\n${text}`);
    at = found + 1;
  }
}
