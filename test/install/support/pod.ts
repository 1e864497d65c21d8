import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeConfig } from '../../../kube/index.ts';
import { ROOT } from '../../cli/support/kubechain.ts';
import type { Shell } from '../../support/kubectl.ts';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

/** What of a Deployment the kubelet would look at. */
export interface Deployment {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
        readonly containers: readonly [
          { readonly name: string; readonly args: readonly string[]; readonly env?: readonly EnvVar[] },
        ];
      };
    };
  };
}

/** A container that runs, or ran. */
export interface Pod {
  readonly pid: number;
  /** Where probes and metrics answer. */
  readonly health: string;
  readonly metrics: string;
  log(): string;
  /** Resolves with the match once the log shows it. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
  /** What `/readyz` says; status 0 where nobody answers. */
  readiness(): Promise<{ readonly status: number; readonly text: string }>;
  /** Whether `/readyz` says so. */
  ready(): Promise<boolean>;
  /** Resolves with the milliseconds from the start of the process to the first `ok` of `/readyz`. */
  becomesReady(): Promise<number>;
  /** Sends SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface ReadyPod extends Pod {
  readonly readyAfterMs: number;
}

export interface PodOptions {
  readonly deployment: string;
  readonly namespace: string;
  readonly shell: Shell;
  readonly kubeConfig: KubeConfig;
  /** More arguments: several Pods share one machine here, and its ports. */
  readonly args: readonly string[];
  /** Starts the command elsewhere than in a checkout: in an image. */
  readonly start?: Start;
  /** The checkout whose program runs; this one when absent. */
  readonly checkout?: string;
}

/** How a container's command is started: argument vector, environment and folder of the service account are the kubelet's. */
export type Start = (container: {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly user: number;
  readonly group: number;
}) => { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };

/** Resolves once the Pod is ready. */
export async function startPod(options: PodOptions): Promise<ReadyPod> {
  const pod = await launchPod(options);
  try {
    return { ...pod, readyAfterMs: await pod.becomesReady() };
  } catch (error) {
    await pod.kill();
    throw error;
  }
}

/** Plays the kubelet: runs the container of a Deployment, as its service account, with its arguments and environment. */
export async function launchPod(options: PodOptions): Promise<Pod> {
  const { namespace, shell, kubeConfig } = options;
  const found = await shell(`kubectl get deployment ${options.deployment} -n ${namespace} -o json`);
  if (found.code !== 0) throw new Error(found.err);
  const { spec } = (JSON.parse(found.out) as Deployment).spec.template;
  const [container] = spec.containers;
  const token = await shell(`kubectl create token ${spec.serviceAccountName} -n ${namespace} --duration 1h`);
  if (token.code !== 0) throw new Error(token.err);
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-pod-'));
  const server = new URL(kubeConfig.cluster.server);
  writeFileSync(join(folder, 'token'), token.out.trim());
  writeFileSync(join(folder, 'namespace'), namespace);
  writeFileSync(join(folder, 'ca.crt'), authorityOf(kubeConfig));

  const own: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    own[name] = valueFrom?.fieldRef?.fieldPath === 'metadata.namespace' ? namespace : expand(value ?? '', own);
  }
  const { command, args, env } = (options.start ?? inCheckout(server, options.checkout ?? ROOT))({
    args: [...container.args.map((arg) => expand(arg, own)), ...options.args],
    env: { ...own, KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port },
    serviceAccount: folder,
    user: spec.securityContext.runAsUser,
    group: spec.securityContext.runAsGroup,
  });
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let log = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      log += part;
      for (const listener of [...listeners]) listener();
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    rmSync(folder, { recursive: true, force: true });
    for (const listener of [...listeners]) listener();
    return code as number | null;
  });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const logged = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(log);
        if (match === null && !over) return;
        listeners.delete(look);
        if (match !== null) resolve(match);
        else reject(new Error(`${container.name} ended and never logged ${pattern}:\n${log}`));
      };
      listeners.add(look);
      void ended.then(look);
      look();
    });
  const kill = async (): Promise<void> => {
    if (!over) child.kill('SIGKILL');
    await ended;
  };
  try {
    const [, health = '', metrics = ''] = await logged(/"health":"([^"]+)","metrics":"([^"]+)"/);
    const onLoopback = (url: string) => url.replace('0.0.0.0', '127.0.0.1');
    const readiness = async () => {
      const answer = await fetch(`${onLoopback(health)}/readyz`).catch(() => undefined);
      return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '' };
    };
    const ready = async (): Promise<boolean> => (await readiness()).status === 200;
    const becomesReady = async (): Promise<number> => {
      for (const deadline = started + 60_000; !(await ready()); ) {
        if (over || performance.now() > deadline) throw new Error(`${container.name} does not get ready:\n${log}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return performance.now() - started;
    };
    return {
      pid: child.pid ?? 0,
      health: onLoopback(health),
      metrics: onLoopback(metrics),
      log: () => log,
      logged,
      readiness,
      ready,
      becomesReady,
      kill,
      terminate() {
        child.kill('SIGTERM');
        return ended;
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** Runs the program of a checkout. The folder of the service account is not where a Pod has it, so a kubeconfig says. */
function inCheckout(server: URL, root: string): Start {
  return ({ args, env, serviceAccount }) => {
    const kubeconfig = join(serviceAccount, 'kubeconfig');
    const named = { name: 'pod' };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'pod',
        clusters: [{ ...named, cluster: { server: server.origin, 'certificate-authority': 'ca.crt' } }],
        users: [{ ...named, user: { tokenFile: 'token' } }],
        contexts: [
          {
            ...named,
            context: {
              cluster: 'pod',
              user: 'pod',
              namespace: readFileSync(join(serviceAccount, 'namespace'), 'utf8'),
            },
          },
        ],
      }),
    );
    return {
      command: process.execPath,
      args: [join(root, 'bin', 'kubechain'), ...args, '--kubeconfig', kubeconfig],
      env: { ...env, PATH: process.env.PATH ?? '' },
    };
  };
}

/** `$(NAME)`, as the kubelet puts in what the environment holds. */
const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (whole, name: string) => env[name] ?? whole);

function authorityOf({ cluster, source }: KubeConfig): string {
  if (cluster.caData !== undefined) return Buffer.from(cluster.caData, 'base64').toString();
  if (cluster.caFile !== undefined) return readFileSync(cluster.caFile, 'utf8');
  const { clusters = [] } = parse(readFileSync(source, 'utf8')) as { clusters?: unknown[] };
  throw new Error(`${source}: no certificate authority among ${clusters.length} clusters`);
}
