/** Connections to servers of the Model Context Protocol: processes, HTTP, and the tools they offer. */
export { BRIDGE_PATH, startBridge } from './bridge/bridge.ts';
export { startEgressProxy } from './bridge/egressProxy.ts';
export { installInto } from './bridge/install.ts';
export { IDEMPOTENCY_META_KEY } from './connection.ts';
export type { ToolDrift } from './lock.ts';
export { describeDrift, driftMode, driftOf, isLocked, lockDigest, lockProblem, usableTools } from './lock.ts';
export type { McpBackoff, McpPoolOptions } from './pool.ts';
export { createMcpPool } from './pool.ts';
export { CONNECTION_VARIABLE, killMarked, OWNER_VARIABLE, signalGroup } from './processes.ts';
export { checkSpec } from './spec.ts';
export { toolDigest } from './tool-list.ts';
export type {
  McpCallOptions,
  McpLimits,
  McpPool,
  McpProgress,
  McpServerInfo,
  McpServerSpec,
  McpTool,
  McpToolAnnotations,
  McpVariable,
  RefusedTool,
  ServerState,
} from './types.ts';
export { DEFAULT_MCP_LIMITS } from './types.ts';
export { createWatchdog } from './watchdog.ts';
