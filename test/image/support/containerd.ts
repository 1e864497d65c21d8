import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { debianProgram } from '../../support/debian.ts';

const run = promisify(execFile);

/** A real containerd with runc, as a node of kind has it, and a real registry; out of Debian packages that are not installed. */
export interface ContainerRuntime {
  /** Address of the registry, plain HTTP: `127.0.0.1:PORT`. */
  readonly registry: string;
  /** `ctr …` in the namespace that the kubelet uses. Its output; rejects with what it said. */
  ctr(...args: string[]): Promise<string>;
  /** What `kind load image-archive` runs on the node, with an OCI layout for the archive. */
  load(layout: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Copies files instead of mounting layers over each other, which not every kernel lets us do. */
export const SNAPSHOTTER = ['--snapshotter', 'native'];

/** Starts both, or says why there are none here. Needs root. */
export async function startContainerRuntime(): Promise<ContainerRuntime | { readonly reason: string }> {
  const programs = await Promise.all([
    debianProgram('containerd', 'usr/bin/containerd'),
    debianProgram('runc', 'usr/sbin/runc'),
    debianProgram('docker-registry', 'usr/bin/docker-registry'),
  ]);
  const paths = programs.map((found) => ('program' in found ? found.program : undefined));
  const [containerd, runc, registry] = paths;
  const missing = programs.find((found) => 'reason' in found);
  if (containerd === undefined || runc === undefined || registry === undefined) {
    return { reason: missing !== undefined && 'reason' in missing ? missing.reason : 'no Debian packages' };
  }
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-containerd-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const path = [dirname(containerd), dirname(runc), process.env.PATH].join(delimiter);
    const child = spawn(program, args, { env: { ...process.env, PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] });
    stack.defer(async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    });
    return child;
  };

  const socket = join(folder, 'containerd.sock');
  const config = [
    'version = 2',
    `root = ${JSON.stringify(join(folder, 'root'))}`,
    `state = ${JSON.stringify(join(folder, 'state'))}`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    `[grpc]\naddress = ${JSON.stringify(socket)}`,
  ];
  writeFileSync(join(folder, 'containerd.toml'), config.join('\n'));
  await told(start(containerd, ['--config', join(folder, 'containerd.toml')]), /successfully booted/);

  const storage = `{filesystem: {rootdirectory: ${JSON.stringify(join(folder, 'registry'))}}}`;
  writeFileSync(
    join(folder, 'registry.yml'),
    `version: 0.1\nlog: {level: info}\nstorage: ${storage}\nhttp: {addr: "127.0.0.1:0"}\n`,
  );
  const [, address = ''] = await told(
    start(registry, ['serve', join(folder, 'registry.yml')]),
    /listening on (127\.0\.0\.1:\d+)/,
  );

  const ctrProgram = join(dirname(containerd), 'ctr');
  const own = ['--address', socket, '--namespace', 'k8s.io'];
  const ctr = async (...args: string[]) => (await run(ctrProgram, [...own, ...args])).stdout;
  const ended = stack.move();
  return {
    registry: address,
    ctr,
    async load(layout) {
      const importing = ['images', 'import', '--all-platforms', '--digests', ...SNAPSHOTTER, '-'];
      const words = [ctrProgram, ...own, ...importing].map((word) => `'${word}'`).join(' ');
      await run('bash', ['-o', 'pipefail', '-c', `tar -C '${layout}' -c . | ${words}`]);
    },
    async [Symbol.asyncDispose]() {
      await ended.disposeAsync();
    },
  };
}

/** The first match in what a process says on standard error. */
async function told(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let said = '';
  const match = Promise.withResolvers<RegExpExecArray>();
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    said += part;
    const found = pattern.exec(said);
    if (found !== null) match.resolve(found);
  });
  const gone = once(child, 'exit').then(() => Promise.reject(new Error(`ended: ${said}`)));
  const late = sleep(20_000, undefined, { ref: false }).then(() => Promise.reject(new Error(`not ready: ${said}`)));
  gone.catch(() => undefined);
  late.catch(() => undefined);
  return Promise.race([match.promise, gone, late]);
}
