import type {
  Agent,
  AgentSpec,
  LLM,
  LLMSpec,
  MCPServer,
  MCPServerSpec,
  Task,
  TaskRun,
  TaskRunSpec,
  TaskSpec,
  Tool,
  ToolSpec,
} from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import type { KubeObject, Resource } from '../../kube/index.ts';

export interface Secret extends KubeObject {
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export interface Event extends KubeObject {
  involvedObject: { kind?: string; name?: string; uid?: string };
  reason?: string;
  message?: string;
  type?: string;
  count?: number;
  source?: { component?: string };
}

export const secrets: Resource<Secret> = {
  group: '',
  version: 'v1',
  plural: 'secrets',
  kind: 'Secret',
  namespaced: true,
};
export const events: Resource<Event> = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};

/** Any key that the simulated model accepts. */
export const GOOD_KEY = 'sk-good-key';

export const secret = (namespace: string, name: string, data: Record<string, string>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

const custom = <Spec>(kind: string, namespace: string, name: string, spec: Spec) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { namespace, name },
  spec,
});

/** An LLM at `baseUrl` with the key in Secret `openai`. */
export const llm = (namespace: string, name: string, baseUrl: string, more: Partial<LLMSpec> = {}): LLM =>
  custom('LLM', namespace, name, {
    provider: 'openai' as const,
    apiKeyFrom: { secretKeyRef: { name: 'openai', key: 'OPENAI_API_KEY' } },
    ...more,
    parameters: { baseUrl, ...more.parameters },
  });

export const agent = (namespace: string, name: string, more: Partial<AgentSpec> = {}): Agent =>
  custom('Agent', namespace, name, { llmRef: { name: 'gpt-4o' }, system: 'You are a helpful assistant.', ...more });

export const tool = (namespace: string, name: string, spec: ToolSpec): Tool => custom('Tool', namespace, name, spec);

export const mcpServer = (namespace: string, name: string, spec: MCPServerSpec): MCPServer =>
  custom('MCPServer', namespace, name, spec);

export const task = (namespace: string, name: string, message: string, more: Partial<TaskSpec> = {}): Task =>
  custom('Task', namespace, name, { agentRef: { name: 'assistant' }, message, ...more });

export const taskRun = (namespace: string, name: string, taskName: string, more: Partial<TaskRunSpec> = {}): TaskRun =>
  custom('TaskRun', namespace, name, { taskRef: { name: taskName }, ...more });
