import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Container, Pod } from '../../controller/pods/types.ts';
import { pods } from '../../controller/pods/types.ts';
import type { KubeClient } from '../../kube/index.ts';
import { createInformer, keyOf } from '../../kube/index.ts';
import { createRecordingLogger } from './logger.ts';
import { secrets } from './objects.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Whether this machine lets us make namespaces and mounts; undefined where it does, else why not. */
export function whyNotConfined(): string | undefined {
  if (process.platform !== 'linux') return 'no Linux';
  const tried = spawnSync('unshare', ['--mount', '--pid', '--fork', 'setpriv', '--reuid', '65532', 'true']);
  return tried.status === 0 ? undefined : `unshare is not permitted: ${tried.error?.message ?? tried.stderr}`;
}

/** A node for the Pods of one namespace: each container runs in a mount and PID namespace of its own. */
export interface Kubelet {
  /** What each Pod's container wrote. */
  log(podName: string): string;
  pids(podName: string): number[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface Running {
  readonly children: ChildProcess[];
  readonly folder: string;
  log: string;
  stopped: boolean;
}

let nextAddress = 0;
/** All of 127.0.0.0/8 is this machine: each Pod has an address of its own, and all may use the same port. */
const address = (): string => {
  nextAddress += 1;
  return `127.${100 + (process.pid % 100)}.${Math.floor(nextAddress / 250)}.${(nextAddress % 250) + 1}`;
};

/**
 * Plays the kubelet: runs a Pod's command with its environment, as its user, without capabilities or new privileges, on a
 * file system that is read-only but for its volumes; writes its address and readiness; ends it when the Pod goes. Where the runner
 * image has node and the program, the checkout's are mounted.
 */
export async function startKubelet(client: KubeClient, namespace: string): Promise<Kubelet> {
  const running = new Map<string, Running>();
  const ending: Promise<void>[] = [];
  const stop = new AbortController();
  const logger = createRecordingLogger();
  const informer = createInformer<Pod>({ client, logger, resource: pods, namespace });

  async function run(pod: Pod): Promise<void> {
    const { name = '', uid = '' } = pod.metadata;
    const state: Running = {
      children: [],
      folder: mkdtempSync(join(tmpdir(), 'kubelet-')),
      log: '',
      stopped: false,
    };
    running.set(uid, state);
    const podIP = address();
    try {
      for (const container of pod.spec?.initContainers ?? []) {
        const child = await start(pod, container, podIP, state);
        const [code] = await once(child, 'close');
        if (code !== 0) throw new Error(`${container.name}: exit code ${code}: ${state.log}`);
      }
      const [container] = pod.spec?.containers ?? [];
      if (container === undefined) throw new Error('no container');
      if (pod.spec?.restartPolicy === 'Never') {
        await runToEnd(pod, container, podIP, state);
        return;
      }
      const child = await start(pod, container, podIP, state);
      while (!(await isReady(podIP))) {
        if (child.exitCode !== null || state.stopped) throw new Error(`it ended: ${state.log}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await writeStatus(name, {
        phase: 'Running',
        podIP,
        podIPs: [{ ip: podIP }],
        conditions: [{ type: 'Ready', status: 'True' }],
      });
    } catch (error) {
      if (state.stopped) return;
      const message = error instanceof Error ? error.message : String(error);
      await writeStatus(name, {
        phase: 'Pending',
        containerStatuses: [{ name: 'server', state: { waiting: { reason: 'CrashLoopBackOff', message } } }],
      }).catch(() => undefined);
    }
  }

  /** What a Job's Pod does: it begins, ends, and leaves a message. */
  async function runToEnd(pod: Pod, container: Container, podIP: string, state: Running): Promise<void> {
    const { name = '' } = pod.metadata;
    const report = (phase: string, own: object): Promise<unknown> =>
      writeStatus(name, { phase, containerStatuses: [{ name: container.name, state: own }] });
    const child = await start(pod, container, podIP, state);
    await report('Running', { running: { startedAt: new Date().toISOString() } });
    const [code] = (await once(child, 'close')) as [number | null];
    if (state.stopped) return;
    const exitCode = code ?? 137;
    const written = readFileSync(join(state.folder, 'termination-log'), 'utf8').slice(0, 4096);
    const message = written === '' && exitCode !== 0 ? state.log.slice(-2048) : written;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
    await report(phase, { terminated: { exitCode, reason, message, finishedAt: new Date().toISOString() } });
  }

  const isReady = async (ip: string): Promise<boolean> =>
    (await fetch(`http://${ip}:8080/readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined))?.status ===
    200;

  const writeStatus = (name: string, status: object): Promise<unknown> =>
    client.patch(pods, { namespace, name }, { type: 'merge', body: { status } }, { subresource: 'status' });

  async function start(pod: Pod, container: Container, podIP: string, state: Running): Promise<ChildProcess> {
    const env: Record<string, string> = { PATH: '/usr/local/bin:/usr/bin:/bin' };
    for (const { name, value, valueFrom } of container.env ?? []) {
      const ref = valueFrom?.secretKeyRef;
      if (ref !== undefined) {
        const secret = await client.get(secrets, { namespace, name: ref.name });
        env[name] = Buffer.from(secret.data?.[ref.key] ?? '', 'base64').toString();
      } else if (valueFrom?.fieldRef?.fieldPath === 'status.podIP') env[name] = podIP;
      else env[name] = expand(value ?? '', env);
    }
    const child = spawn('unshare', confined(pod, container, env, state.folder), {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    state.children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        state.log += part;
      });
    }
    return child;
  }

  async function end(uid: string): Promise<void> {
    const state = running.get(uid);
    if (state === undefined || state.stopped) return;
    state.stopped = true;
    await Promise.all(
      state.children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'close');
        // unshare passes nothing on. The end of the namespace's first process is the end of all others in it.
        for (const pid of childrenOf(child.pid)) process.kill(pid, 'SIGKILL');
        child.kill('SIGKILL');
        await gone;
      }),
    );
    rmSync(state.folder, { recursive: true, force: true });
  }

  informer.on({
    add: (pod) => void run(pod),
    delete: (pod) => void ending.push(end(pod.metadata.uid ?? '')),
  });
  const watching = informer.run(stop.signal);
  await informer.synced();

  const stateOf = (podName: string): Running | undefined => {
    const pod = informer.store.get(keyOf({ metadata: { namespace, name: podName } }));
    return running.get(pod?.metadata.uid ?? '');
  };
  return {
    log: (podName) => stateOf(podName)?.log ?? '',
    pids: (podName) => stateOf(podName)?.children.flatMap(({ pid }) => pid ?? []) ?? [],
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
      await Promise.all([...ending, ...[...running.keys()].map(end)]);
    },
  };
}

/** Kubernetes' own rule for commands and values. */
export const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? whole),
  );

function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** Arguments of `unshare` that run a container as its Pod says. */
function confined(pod: Pod, container: Container, env: Readonly<Record<string, string>>, folder: string): string[] {
  const security = pod.spec?.securityContext as { runAsUser: number; runAsGroup: number };
  const { workingDir = '/' } = container as { workingDir?: string };
  const mounts = (container.volumeMounts ?? []) as readonly Mount[];
  const lines = ['set -e', 'mount --make-rprivate /'];
  // A /dev of its own, as containers have one, with the file that the kubelet puts there.
  writeFileSync(join(folder, 'termination-log'), '');
  chmodSync(join(folder, 'termination-log'), 0o666);
  lines.push(
    'mkdir -p "$1/dev" && mount --bind /dev "$1/dev" && mount -t tmpfs none /dev && ln -s /proc/self/fd /dev/fd',
  );
  lines.push('for it in null zero random urandom; do touch /dev/$it; mount --bind "$1/dev/$it" /dev/$it; done');
  lines.push('touch /dev/termination-log && mount --bind "$1/termination-log" /dev/termination-log');
  // What an image has besides this machine's files.
  const node = join(folder, 'node');
  lines.push(`touch ${node} && mount --bind ${process.execPath} ${node}`);
  lines.push(`mkdir -p ${folder}/program && mount --bind ${ROOT} ${folder}/program`);
  lines.push('mount -t tmpfs none /opt && mkdir /opt/kubechain && mount --bind "$1/program" /opt/kubechain');
  lines.push('mount -t tmpfs none /usr/local/bin && touch /usr/local/bin/node');
  lines.push('mount --bind "$1/node" /usr/local/bin/node');
  for (const { name } of mounts) {
    mkdirSync(join(folder, 'volumes', name), { recursive: true });
    lines.push(`chown ${security.runAsUser}:${security.runAsGroup} ${folder}/volumes/${name}`);
  }
  // /home and / are tmpfs-backed where a mount point is missing; /tmp comes last, since the folder is below it.
  const parents = new Set(mounts.map(({ mountPath }) => mountPath).filter((path) => path.startsWith('/home/')));
  if (parents.size > 0) lines.push('mount -t tmpfs none /home');
  const late = mounts.filter(({ mountPath }) => mountPath === '/tmp');
  for (const { name, mountPath, readOnly } of [...mounts.filter((mount) => !late.includes(mount)), ...late]) {
    lines.push(`mkdir -p ${mountPath} && mount --bind "$1/volumes/${name}" ${mountPath}`);
    if (readOnly === true) lines.push(`mount -o remount,ro,bind ${mountPath}`);
  }
  lines.push('mount -o remount,ro,bind /', 'shift', `cd ${workingDir}`, 'exec "$@"');
  const privileges = [
    `--reuid=${security.runAsUser}`,
    `--regid=${security.runAsGroup}`,
    '--clear-groups',
    '--no-new-privs',
    '--inh-caps=-all',
    '--bounding-set=-all',
  ];
  const command = container.command.map((word) => expand(word, env));
  return [
    ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
    ...['/bin/sh', '-c', lines.join('\n'), 'container', folder],
    ...['setpriv', ...privileges, '--', ...command],
  ];
}
