import type { MCPServer } from '../../api/index.ts';
import { ANNOTATIONS } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { keyOf } from '../../kube/index.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { digest, keyIn } from '../keys.ts';
import type { McpPool } from '../mcp/index.ts';
import { referenceTo } from '../reference.ts';
import type { SecretReader } from '../secrets.ts';
import { applyFinding } from '../validation.ts';
import type { ServerSituation } from './decide.ts';
import { decideServer } from './decide.ts';
import { serverKey } from './key.ts';
import type { ServerPods } from './pod/pods.ts';
import { resolveServer } from './resolve.ts';

/** What only a Pod can keep. */
const POD_SETTINGS = ['resources', 'image', 'egress', 'egressHosts', 'podTemplate'] as const;

/** Keeps MCP servers connected and writes down what they offer. */
export function createMCPServerController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly secrets: SecretReader;
  readonly pool: McpPool;
  /** Absent where servers over stdio run as processes of the operator. */
  readonly pods: ServerPods | undefined;
}) {
  const { events, informers, queue, secrets, pool, pods } = options;
  const failures = new Map<string, number>();
  const toldOfSettings = new Set<string>();

  async function gather(server: MCPServer, signal: AbortSignal): Promise<ServerSituation> {
    const key = serverKey(server);
    const channelName = server.spec.approvalContactChannel?.name;
    const channel =
      channelName === undefined
        ? ('unset' as const)
        : informers.contactChannels.store.get(keyIn(server.metadata.namespace, channelName));
    const runsAs = server.spec.transport === 'stdio' ? (pods === undefined ? 'Process' : 'Pod') : undefined;
    if (runsAs === 'Pod' && pods !== undefined) {
      const pod = await pods.ensure(server, signal);
      if (pod.kind === 'waiting' && pod.gone) await pool.remove(key);
      const connection = pod.kind === 'ready' ? pool.ensure(key, pod.spec, pod.fingerprint) : pool.state(key);
      return { server, channel, runsAs, pod, secretFault: undefined, connection, failures: 0 };
    }
    await pods?.remove(server, signal);
    const resolved = await resolveServer(server, secrets, signal);
    if (resolved.kind === 'spec') {
      failures.delete(key);
      const connection = pool.ensure(key, resolved.spec, digest(resolved.spec));
      return { server, channel, runsAs, secretFault: undefined, connection, failures: 0 };
    }
    const failed = failures.get(key) ?? 0;
    failures.set(key, failed + 1);
    // A Secret that cannot be read for the moment is no reason to end a server that runs.
    if (resolved.kind === 'missing') await pool.remove(key);
    return { server, channel, runsAs, secretFault: resolved, connection: pool.state(key), failures: failed };
  }

  function tellOfSettings(server: MCPServer): void {
    const key = serverKey(server);
    if (pods !== undefined || server.spec.transport !== 'stdio' || toldOfSettings.has(key)) return;
    const given = POD_SETTINGS.filter((name) => server.spec[name] !== undefined).map((name) => `spec.${name}`);
    if (given.length === 0) return;
    toldOfSettings.add(key);
    const what = `${given.join(', ')} ${given.length === 1 ? 'is' : 'are'}`;
    events.event(
      referenceTo(server),
      'Warning',
      'ResourcesNotEnforced',
      `${what} not enforced: the server runs as a child process of the operator`,
    );
  }

  function reconnect(server: MCPServer): void {
    failures.delete(serverKey(server));
    pool.reconnect(serverKey(server));
    events.event(referenceTo(server), 'Normal', 'Reconnecting', `Annotation ${ANNOTATIONS.reconnect} asks for it`);
    // What it waits for, a Secret say, is looked at again, too.
    queue.add(keyOf(server));
  }

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
      const server = informers.mcpServers.store.get(key);
      if (server === undefined || server.metadata.deletionTimestamp !== undefined) return { kind: 'done' };
      tellOfSettings(server);
      const finding = decideServer(await gather(server, signal));
      if (finding === undefined) return { kind: 'done' };
      return applyFinding({ ...options, informer: informers.mcpServers, object: server, finding, signal });
    },
    wire() {
      const forget = (server: MCPServer) => {
        const key = serverKey(server);
        failures.delete(key);
        toldOfSettings.delete(key);
        void pool.remove(key);
      };
      pods?.watch((key) => queue.add(key));
      informers.mcpServers.on({
        add: (server) => queue.add(keyOf(server)),
        update: (old, server) => {
          if (old.metadata.generation !== server.metadata.generation) queue.add(keyOf(server));
          const asked = server.metadata.annotations?.[ANNOTATIONS.reconnect];
          if (asked !== undefined && asked !== old.metadata.annotations?.[ANNOTATIONS.reconnect]) reconnect(server);
        },
        delete: forget,
      });
      const byChannel = (channel: { metadata: MCPServer['metadata'] }) => {
        for (const server of informers.mcpServers.store.byIndex(INDEX.serversByChannel, keyOf(channel))) {
          queue.add(keyOf(server));
        }
      };
      informers.contactChannels.on({
        add: byChannel,
        update: (_old, channel) => byChannel(channel),
        delete: byChannel,
      });
    },
  };
}
