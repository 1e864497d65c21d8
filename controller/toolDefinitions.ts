import type { MCPServerTool, Tool } from '../api/index.ts';
import { BUILTINS, externalApiParameters } from './tools/index.ts';

/** What a model is told of a tool, but for its name. `parameters` is a JSON Schema of an object. */
export interface ToolDefinition {
  readonly description: string;
  readonly parameters: object;
}

const NO_PARAMETERS = { type: 'object', properties: {} };

/** The parameters of a tool that delegates: what the other agent is told. */
const DELEGATE_PARAMETERS = {
  type: 'object',
  properties: {
    message: { type: 'string', description: 'What the agent is to do. It knows nothing of this conversation.' },
  },
  required: ['message'],
};

export function describeTool(tool: Tool): ToolDefinition {
  const { spec } = tool;
  const builtin = spec.execute?.builtin;
  const own = spec.parameters ?? spec.arguments;
  if (builtin !== undefined) {
    const { description, parameters } = BUILTINS[builtin.name];
    return { description: spec.description ?? description, parameters: own ?? parameters };
  }
  if (spec.agentRef !== undefined) {
    return {
      description: spec.description ?? `Delegates work to the agent ${spec.agentRef.name}.`,
      parameters: own ?? DELEGATE_PARAMETERS,
    };
  }
  const url = spec.execute?.externalAPI?.url;
  return {
    description: spec.description ?? '',
    parameters: own ?? (url === undefined ? undefined : externalApiParameters(url)) ?? NO_PARAMETERS,
  };
}

export function describeMcpTool(tool: MCPServerTool): ToolDefinition {
  return { description: tool.description ?? '', parameters: tool.inputSchema ?? NO_PARAMETERS };
}
