/** The operator: what advances runs. */
export { installInto, startBridge, startEgressProxy } from './mcp/index.ts';
export { RUNNER_IMAGE } from './mcpserver/pod/pod.ts';
export type { McpServersOptions } from './mcpserver/pod/pods.ts';
export type { Operator } from './operator/operator.ts';
export { createOperator } from './operator/operator.ts';
export type { OperatorOptions } from './operator/options.ts';
