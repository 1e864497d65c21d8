import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { parse } from 'yaml';
import type { KubeClient, KubeObject, Resource } from '../../../kube/index.ts';
import { createKubeClient, isNotFound, loadKubeConfig } from '../../../kube/index.ts';
import { namespaces } from '../../support/objects.ts';
import type { TestServer } from '../../support/server.ts';
import { startTestServer, testsRealServer } from '../../support/server.ts';
import { find, until, untilAmong, untilGone } from '../../support/waiting.ts';

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, '..', 'go-operator');

interface Site extends KubeObject {
  spec: { message: string; replicas?: number };
  status?: { observedGeneration?: number; leader?: string; conditions?: { type: string; status: string }[] };
}
interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}
interface Deployment extends KubeObject {
  spec: { replicas?: number };
}
interface Event extends KubeObject {
  note?: string;
  reason?: string;
}
const resource = <T extends KubeObject>(group: string, version: string, kind: string): Resource<T> =>
  ({ group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true }) as Resource<T>;
const sites = resource<Site>('clients.example.com', 'v1', 'Site');
const configMaps = resource<ConfigMap>('', 'v1', 'ConfigMap');
const deployments = resource<Deployment>('apps', 'v1', 'Deployment');
const events = resource<Event>('events.k8s.io', 'v1', 'Event');
const crds = {
  ...resource<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>(
    'apiextensions.k8s.io',
    'v1',
    'CustomResourceDefinition',
  ),
  namespaced: false,
} as Resource<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>;

/** An operator as a process, whose lines can be awaited. */
interface Operator {
  readonly lines: string[];
  readonly process: ChildProcess;
  /** The first line that matches, also an earlier one. Rejects when the process has ended. */
  line(pattern: RegExp): Promise<string>;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** A controller-runtime manager: cache, leader election, server-side apply, finalizers, protobuf. */
describe('an operator in Go', function () {
  this.timeout(120_000);
  const namespace = `kc-go-${randomBytes(4).toString('hex')}`;
  const running: Operator[] = [];
  let folder: string;
  let program: string;
  let server: TestServer;
  let client: KubeClient;

  before(async function () {
    this.timeout(900_000);
    const version = await run('go', ['version']).catch(() => undefined);
    if (version === undefined) {
      process.stderr.write('skipped: no Go (the operator in test/clients/go-operator is built with it)\n');
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'kubechain-go-'));
    program = join(folder, 'operator');
    await run('go', ['build', '-o', program, '.'], { cwd: SOURCE, maxBuffer: 1e8 });
    server = await startTestServer();
    client = createKubeClient({
      kubeConfig: loadKubeConfig({ path: server.kubeconfigPath, env: {} }),
      fieldManager: 'test',
    });
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await client.create(crds, parse(readFileSync(join(SOURCE, 'crd.yaml'), 'utf8')));
    await until(client, crds, { name: 'sites.clients.example.com' }, ({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'),
    );
    return undefined;
  });
  after(async () => {
    for (const operator of running) await operator.end('SIGKILL');
    if (client !== undefined && testsRealServer) {
      await client.delete(crds, { name: 'sites.clients.example.com' });
      await client.delete(namespaces, { name: namespace });
    }
    await client?.close();
    await server?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  function start(identity: string): Operator {
    const args = [
      `--kubeconfig=${server.kubeconfigPath}`,
      `--identity=${identity}`,
      `--election-namespace=${namespace}`,
    ];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    let log = '';
    let rest = '';
    child.stdout.on('data', (chunk) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      child.emit('line');
    });
    child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    const operator: Operator = {
      lines,
      process: child,
      async line(pattern) {
        for (;;) {
          const found = lines.find((line) => pattern.test(line));
          if (found !== undefined) return found;
          if (child.exitCode !== null) throw new Error(`the operator ended: ${log}`);
          await once(child, 'line', { signal: AbortSignal.timeout(30_000) }).catch(() => {
            throw new Error(`no ${pattern} in:\n${lines.join('\n')}\n${log}`);
          });
        }
      },
      async end(signal) {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      },
    };
    running.push(operator);
    return operator;
  }

  const key = (name: string) => ({ namespace, name });
  const applied = (name: string, generation: number, leader: string) =>
    until(
      client,
      sites,
      key(name),
      ({ status }) =>
        status?.observedGeneration === generation &&
        status.leader === leader &&
        status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
  const create = (name: string, message: string) =>
    client.create(sites, {
      apiVersion: 'clients.example.com/v1',
      kind: 'Site',
      metadata: key(name),
      spec: { message },
    });

  let a: Operator;
  it('leads, and reconciles', async () => {
    a = start('a');
    await a.line(/^leading$/);
    await create('one', 'hello');
    const site = await applied('one', 1, 'a');
    const config = await client.get(configMaps, key('one'));
    assert.equal(config.data?.message, 'hello');
    assert.deepEqual(
      config.metadata.ownerReferences?.map(({ kind, uid, controller }) => ({ kind, uid, controller })),
      [{ kind: 'Site', uid: site.metadata.uid, controller: true }],
    );
    assert.deepEqual(
      (config.metadata.managedFields as { manager: string; operation: string }[] | undefined)?.map(
        ({ manager, operation }) => `${manager} ${operation}`,
      ),
      ['go-operator Apply'],
    );
    assert.equal((await client.get(deployments, key('one'))).spec.replicas, 1);
    const event = await untilAmong(client, events, { namespace }, (all) =>
      all.find(({ reason }) => reason === 'Applied'),
    );
    assert.equal(event.note, 'generation 1 is applied');
  });

  it('is answered in protobuf for builtin kinds, and in JSON for its own', async () => {
    const type = 'application/vnd\\.kubernetes\\.protobuf';
    await a.line(new RegExp(`^http WATCH /api/v1/configmaps ${type};stream=watch$`));
    await a.line(new RegExp(`^http WATCH /apis/apps/v1/deployments ${type};stream=watch$`));
    await a.line(new RegExp(`^http PUT /apis/coordination\\.k8s\\.io/v1/namespaces/${namespace}/leases/\\S+ ${type}$`));
    await a.line(/^http WATCH \/apis\/clients\.example\.com\/v1\/sites application\/json$/);
  });

  it('heals what somebody changes or deletes', async () => {
    await client.patch(configMaps, key('one'), { type: 'merge', body: { data: { message: 'drift' } } });
    await until(client, configMaps, key('one'), ({ data }) => data?.message === 'hello');
    const { metadata } = await client.get(deployments, key('one'));
    await client.delete(deployments, key('one'));
    await untilAmong(client, deployments, { namespace }, (all) =>
      all.some(({ metadata: { name, uid } }) => name === 'one' && uid !== metadata.uid),
    );
  });

  it('a second one takes over where the first is killed', async () => {
    const b = start('b');
    await b.line(/^started$/);
    await a.end('SIGKILL');
    await client.patch(sites, key('one'), { type: 'merge', body: { spec: { message: 'changed', replicas: 3 } } });
    await b.line(/^leading$/);
    await applied('one', 2, 'b');
    assert.equal((await client.get(configMaps, key('one'))).data?.message, 'changed');
    assert.equal((await client.get(deployments, key('one'))).spec.replicas, 3);
  });

  it('one that ends well gives the Lease back', async () => {
    const c = start('c');
    await c.line(/^started$/);
    const b = running[1];
    assert.ok(b !== undefined);
    await b.end('SIGTERM');
    assert.equal(b.process.exitCode, 0);
    await create('two', 'more');
    await applied('two', 1, 'c');
  });

  it('deletes what belongs to a Site, after its finalizer', async () => {
    await client.delete(sites, key('one'));
    await untilGone(client, sites, key('one'));
    assert.equal((await client.get(configMaps, key('farewell-one'))).data?.message, 'changed');
    await untilGone(client, configMaps, key('one'));
    await untilGone(client, deployments, key('one'));
    assert.notEqual(await find(client, configMaps, key('two')), undefined);
  });

  it('refuses what the schema does not allow', async () => {
    await assert.rejects(create('three', ''), /spec\.message/);
    assert.equal(
      await client.get(sites, key('three')).catch((error: unknown) => (isNotFound(error) ? undefined : error)),
      undefined,
    );
    await client.delete(sites, key('two'));
    await untilGone(client, sites, key('two'));
  });
});
