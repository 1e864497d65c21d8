import type { MCPServer } from '../../../api/index.ts';
import type { Clock, EventRecorder, Informer, KubeClient } from '../../../kube/index.ts';
import { childName, controllerOf, isAlreadyExists, isNotFound, keyOf } from '../../../kube/index.ts';
import { inNamespaceOf, nameOf, uidOf } from '../../keys.ts';
import type { McpServerSpec } from '../../mcp/index.ts';
import { BRIDGE_PATH } from '../../mcp/index.ts';
import { applyNetworkPolicy } from '../../pods/applyNetworkPolicy.ts';
import type { Client } from '../../pods/networkPolicy.ts';
import type { NetworkPolicy, Pod } from '../../pods/types.ts';
import { pods } from '../../pods/types.ts';
import { referenceTo } from '../../reference.ts';
import { egressPodFor, egressPodName } from './egressPod.ts';
import type { PodOptions } from './pod.ts';
import { hasEgressHosts, podFor } from './pod.ts';
import type { ServerPod } from './serverPod.ts';
import { BRIDGE_PORT, EGRESS_PORT } from './serverPod.ts';
import { podState } from './state.ts';
import { bridgeToken } from './token.ts';

/** How MCP servers over stdio run. */
export interface McpServersOptions {
  /** `Process` is for development: the server shares the operator's memory, network and account. */
  readonly runsAs: 'Pod' | 'Process';
  /** Image of servers that name none, and of the bridge. */
  readonly runnerImage: string;
  /** Labels of the operator's own Pods, in the system namespace: nobody else may connect. Those of the manifests when absent. */
  readonly operatorLabels?: Readonly<Record<string, string>>;
}

export const OPERATOR_LABELS = {
  'app.kubernetes.io/name': 'kubechain',
  'app.kubernetes.io/component': 'operator',
} as const;

export type ServerPodState =
  /** It answers at this address. `fingerprint` changes with the Pod. */
  | { readonly kind: 'ready'; readonly podName: string; readonly spec: McpServerSpec; readonly fingerprint: string }
  /** `gone`: what is connected to is no longer what is wanted. */
  | {
      readonly kind: 'waiting';
      readonly podName: string;
      readonly detail: string;
      readonly reason: string;
      readonly fault: boolean;
      readonly gone: boolean;
      /** When to look again, in milliseconds, where no event will tell. */
      readonly againAfterMs?: number;
    };

/** What is known of Pods and NetworkPolicies that are ours. */
export interface PodInformers {
  readonly pods: Informer<Pod>;
  readonly networkPolicies: Informer<NetworkPolicy>;
}

/** Makes, replaces and removes the Pods of MCP servers. */
export interface ServerPods {
  ensure(server: MCPServer, signal: AbortSignal): Promise<ServerPodState>;
  /** For a server that no longer needs one. */
  remove(server: MCPServer, signal: AbortSignal): Promise<void>;
  /** Calls back with the key of the MCPServer whenever something of its own changed. */
  watch(onChange: (key: string) => void): void;
}

/** A Pod that its node keeps refusing is made again no more often than this. */
const OVER_MS = 10_000;
const NO_KEY_MS = 2_000;

export function createServerPods(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: PodInformers;
  readonly runnerImage: string;
  readonly operator: Client;
  /** The key that tokens come from, undefined where there is none yet. */
  readonly key: (signal: AbortSignal) => Promise<Uint8Array | undefined>;
}): ServerPods {
  const { client, clock, events, informers } = options;
  /** Since when a Pod that is over is known to be, by UID. */
  const overSince = new Map<string, number>();

  async function create(server: MCPServer, pod: Pod, signal: AbortSignal): Promise<'created' | 'taken'> {
    try {
      informers.pods.observe(await client.create(pods, pod, { signal }));
      events.event(referenceTo(server), 'Normal', 'PodCreated', `Created Pod ${nameOf(pod)}`);
      return 'created';
    } catch (error) {
      if (isAlreadyExists(error)) return 'taken';
      throw error;
    }
  }

  async function drop(pod: Pod, signal: AbortSignal): Promise<void> {
    overSince.delete(uidOf(pod));
    try {
      await client.delete(pods, inNamespaceOf(pod, nameOf(pod)), { preconditions: { uid: uidOf(pod) }, signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Brings a Pod and its NetworkPolicy to be what is wanted. */
  async function settle(
    server: MCPServer,
    { pod: wanted, networkPolicy }: ServerPod,
    signal: AbortSignal,
  ): Promise<Settled> {
    const podName = nameOf(wanted);
    const waiting = waitingFor(podName);
    // Before there is anything that it could be late for.
    const applied = await applyNetworkPolicy(client, informers.networkPolicies, networkPolicy, signal);
    if (applied === 'taken') return taken('NetworkPolicy', podName);
    const found = informers.pods.store.get(keyOf(wanted));
    const state = podState(found, wanted);
    switch (state.kind) {
      case 'ready':
        return { kind: 'ready', ip: state.ip, uid: found?.metadata.uid ?? '' };
      case 'absent':
        if ((await create(server, wanted, signal)) === 'created') {
          return waiting(`Waiting for Pod "${podName}": it was just created`, { gone: true });
        }
        return taken('Pod', podName);
      case 'foreign':
        return taken('Pod', podName);
      case 'outdated':
        if (found !== undefined) await drop(found, signal);
        return waiting(`Waiting for Pod "${podName}" to be replaced`, { gone: true });
      case 'ending':
        return waiting(`Waiting for Pod "${podName}" to end`, { gone: true });
      case 'over': {
        const detail = `Pod "${podName}" ended: ${state.detail}`;
        const id = found?.metadata.uid ?? '';
        const since = overSince.get(id) ?? clock.monotonic();
        overSince.set(id, since);
        const left = since + OVER_MS - clock.monotonic();
        if (left <= 0 && found !== undefined) await drop(found, signal);
        return waiting(detail, { reason: 'PodFailed', fault: true, gone: true, againAfterMs: Math.max(1, left) });
      }
      case 'starting':
        return waiting(`Waiting for Pod "${podName}": ${state.detail}`, {
          fault: state.fault,
          ...(state.fault ? { reason: 'PodNotReady' } : {}),
        });
    }
  }

  /** Of a server that had hosts to go to, and has none any more. */
  async function removeProxy(server: MCPServer, signal: AbortSignal): Promise<void> {
    const found = informers.pods.store.get(keyOf({ metadata: inNamespaceOf(server, egressPodName(server)) }));
    if (found === undefined || controllerOf(found)?.uid !== server.metadata.uid) return;
    if (found.metadata.deletionTimestamp === undefined) await drop(found, signal);
  }

  return {
    async ensure(server, signal) {
      const key = await options.key(signal);
      const uid = uidOf(server);
      const { token, sha256 } = bridgeToken(key ?? new Uint8Array(), uid);
      const podOptions: PodOptions = {
        runnerImage: options.runnerImage,
        tokenSha256: sha256,
        client: options.operator,
      };
      const podName = childName(nameOf(server), 'mcp');
      if (key === undefined) {
        return waitingFor(podName)('Waiting for the key that the webhook creates (Secret kubechain-approval-key)', {
          reason: 'WaitingForKey',
          againAfterMs: NO_KEY_MS,
        });
      }
      const proxy = hasEgressHosts(server) ? egressPodFor(server, options.runnerImage) : undefined;
      let proxyUrl: string | undefined;
      if (proxy === undefined) await removeProxy(server, signal);
      else {
        const settled = await settle(server, proxy, signal);
        if (settled.kind === 'waiting') return { ...settled, podName };
        proxyUrl = `http://${hostOf(settled.ip)}:${EGRESS_PORT}`;
      }
      const wanted = podFor(server, proxyUrl === undefined ? podOptions : { ...podOptions, proxyUrl });
      const settled = await settle(server, wanted, signal);
      if (settled.kind === 'waiting') return settled;
      const url = `http://${hostOf(settled.ip)}:${BRIDGE_PORT}${BRIDGE_PATH}`;
      const headers = [{ name: 'Authorization', value: `Bearer ${token}`, secret: true }];
      const spec: McpServerSpec = { transport: 'streamable-http', url, headers };
      return { kind: 'ready', podName, spec, fingerprint: `${settled.uid} ${url} ${sha256}` };
    },
    async remove(server, signal) {
      const uid = uidOf(server);
      for (const pod of informers.pods.store.list()) {
        if (controllerOf(pod)?.uid === uid && pod.metadata.deletionTimestamp === undefined) await drop(pod, signal);
      }
    },
    watch(onChange) {
      const changed = (object: Pod | NetworkPolicy): void => {
        const owner = controllerOf(object);
        if (owner?.kind === 'MCPServer') onChange(keyOf({ metadata: inNamespaceOf(object, owner.name) }));
      };
      const handler = {
        add: changed,
        update: (_old: Pod | NetworkPolicy, object: Pod | NetworkPolicy) => changed(object),
        delete: changed,
      };
      informers.pods.on(handler);
      informers.networkPolicies.on(handler);
    },
  };
}

type Waiting = Extract<ServerPodState, { kind: 'waiting' }>;
type Settled = { readonly kind: 'ready'; readonly ip: string; readonly uid: string } | Waiting;

const waitingFor =
  (podName: string) =>
  (
    detail: string,
    more: { reason?: string; fault?: boolean; gone?: boolean; againAfterMs?: number } = {},
  ): Waiting => ({ kind: 'waiting', podName, detail, reason: 'WaitingForPod', fault: false, gone: false, ...more });

const hostOf = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);

const taken = (kind: string, podName: string): Waiting => ({
  kind: 'waiting',
  podName,
  detail: `${kind} "${podName}" is there already and is not this server's: delete it, or rename the server`,
  reason: 'NameTaken',
  fault: true,
  gone: true,
  againAfterMs: OVER_MS,
});
