import type { ContactChannel, MCPServer, MCPServerStatus } from '../../api/index.ts';
import type { ServerState } from '../mcp/index.ts';
import { describeDrift, driftMode, driftOf } from '../mcp/index.ts';
import type { Finding } from '../validation.ts';
import type { ServerPodState } from './pod/pods.ts';

export interface ServerSituation {
  readonly server: MCPServer;
  /** The channel that approvals are asked over; `unset` where the server names none. */
  readonly channel: ContactChannel | undefined | 'unset';
  /** A Secret that is not there, or that could not be read. */
  readonly secretFault: { readonly kind: 'missing' | 'unavailable'; readonly message: string } | undefined;
  readonly connection: ServerState | undefined;
  readonly runsAs: MCPServerStatus['runsAs'];
  /** Where it runs as a Pod. */
  readonly pod?: ServerPodState;
  readonly failures: number;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** What an MCPServer's status is to say; undefined: what it says is still right. */
export function decideServer(state: ServerSituation): Finding | undefined {
  const finding = judge(state);
  if (finding === undefined) return undefined;
  const { runsAs, pod } = state;
  return { ...finding, extra: { ...finding.extra, runsAs, podName: pod?.podName } };
}

function judge(state: ServerSituation): Finding | undefined {
  const { server, channel, secretFault, connection } = state;
  const channelName = server.spec.approvalContactChannel?.name ?? '';
  if (channel === undefined) {
    return fault('ContactChannelNotFound', `ContactChannel "${channelName}" not found`);
  }
  if (channel !== 'unset' && channel.status?.ready !== true) {
    const detail = `ContactChannel "${channelName}" is not ready`;
    return {
      ...lost,
      ready: false,
      status: 'Pending',
      detail,
      reason: 'ContactChannelNotReady',
      eventReason: 'ContactChannelNotReady',
    };
  }
  if (secretFault !== undefined) {
    const againAfterMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(state.failures, 16));
    return { ...fault('SecretNotFound', secretFault.message), againAfterMs, eventReason: 'ValidationFailed' };
  }
  // A connection that stands says more than a probe that failed.
  if (state.pod?.kind === 'waiting' && connection?.kind !== 'ready') return waitingForPod(state.pod);
  switch (connection?.kind) {
    case 'ready':
      return connected(server, connection);
    case 'backoff':
      return fault('ConnectionFailed', `${connection.error}${withoutNetwork(state)}`);
    case 'refused':
      return fault('ValidationFailed', connection.error);
    default: {
      // A restart of the operator is no news: what was ready counts as ready while it connects again.
      const known =
        server.status?.observedGeneration === server.metadata.generation && server.status?.status !== undefined;
      return known
        ? undefined
        : { ...lost, ready: false, status: 'Pending', detail: 'Connecting', reason: 'Connecting' };
    }
  }
}

const lost = { extra: { connected: false } satisfies Partial<MCPServerStatus> };

function waitingForPod({
  detail,
  reason,
  fault: isFault,
  againAfterMs,
}: ServerPodState & { kind: 'waiting' }): Finding {
  const finding = isFault
    ? fault(reason, detail)
    : ({ ...lost, ready: false, status: 'Pending', detail, reason } satisfies Finding);
  return againAfterMs === undefined ? finding : { ...finding, againAfterMs };
}

/** What npx and uvx say without a network is hard to read. */
function withoutNetwork({ server, runsAs }: ServerSituation): string {
  if (runsAs !== 'Pod' || (server.spec.egress ?? []).length > 0) return '';
  return ' (its Pod may connect to nothing: spec.egress is empty)';
}

function fault(reason: string, detail: string): Finding {
  return { ...lost, ready: false, status: 'Error', detail, reason, eventReason: reason };
}

function connected(server: MCPServer, { tools, refusedTools }: Extract<ServerState, { kind: 'ready' }>): Finding {
  const refused = refusedTools.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  const detail = `Connected successfully with ${tools.length} tools${refused === '' ? '' : `; refused: ${refused}`}`;
  const mode = driftMode(server.spec);
  const drift = driftOf(server.spec, tools);
  const differs = mode === 'Allow' ? undefined : describeDrift(drift, mode === 'Warn');
  const blocked = mode === 'Block' && drift.changed.length + drift.missing.length > 0;
  const told = differs === undefined ? detail : `${detail}; tools ${differs}`;
  const finding: Omit<Finding, 'extra'> = blocked
    ? {
        ready: false,
        status: 'Error',
        detail: `Tools ${differs}: look at them and lock them anew (kubechain mcp lock)`.slice(0, 4096),
        reason: 'ToolSchemaDrift',
        eventReason: 'ToolSchemaDrift',
      }
    : {
        ready: true,
        status: 'Ready',
        detail: told.slice(0, 4096),
        reason: 'Connected',
        eventReason: differs === undefined ? 'Connected' : 'ToolSchemaDrift',
        ...(differs === undefined ? {} : { eventType: 'Warning' as const }),
        // The documentation's words, unless there is more to say.
        ...(refused === '' && differs === undefined ? { eventMessage: 'MCP server connected successfully' } : {}),
      };
  return {
    ...finding,
    extra: {
      connected: true,
      tools: tools.map(({ name, description, inputSchema, annotations }) => ({
        name,
        ...(description === undefined ? {} : { description }),
        inputSchema: { ...inputSchema },
        ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      })),
    } satisfies Partial<MCPServerStatus>,
  };
}
