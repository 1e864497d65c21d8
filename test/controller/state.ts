import type {
  AgentRevision,
  Message,
  Task,
  TaskRun,
  TaskRunStatus,
  TaskRunToolCall,
  ToolCall,
} from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import type { JsonPatchOperation } from '../../kube/index.ts';

/** Builders of what the deciders look at, and a JSON Patch as the API server applies it. */

export const NOW = Date.parse('2026-01-01T12:00:00Z');

export const metadata = (name: string, uid = `uid-${name}`) => ({
  name,
  namespace: 'default',
  uid,
  generation: 1,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T11:59:00Z',
});

export const revision = (more: Partial<AgentRevision['spec']> = {}): AgentRevision => ({
  apiVersion: API_VERSION,
  kind: 'AgentRevision',
  metadata: metadata('assistant-abc'),
  spec: {
    agent: 'assistant',
    system: 'You are helpful.',
    llm: { name: 'gpt', provider: 'openai' },
    tools: [],
    ...more,
  },
});

export const taskOf = (more: Partial<Task['spec']> = {}): Task => ({
  apiVersion: API_VERSION,
  kind: 'Task',
  metadata: metadata('work'),
  spec: { agentRef: { name: 'assistant' }, message: 'Do it.', ...more },
});

export const runOf = (status: TaskRunStatus | undefined, spec: Partial<TaskRun['spec']> = {}): TaskRun => ({
  apiVersion: API_VERSION,
  kind: 'TaskRun',
  metadata: metadata('work-1'),
  spec: { taskRef: { name: 'work' }, ...spec },
  ...(status === undefined ? {} : { status }),
});

export const toolCall = (id: string, name = 'add'): ToolCall => ({
  id,
  type: 'function',
  function: { name, arguments: '{"a":1,"b":2}' },
});

export const callOf = (
  number: number,
  call: ToolCall,
  status: TaskRunToolCall['status'] = { phase: 'Pending' },
): TaskRunToolCall => ({
  apiVersion: API_VERSION,
  kind: 'TaskRunToolCall',
  metadata: metadata(`work-1-toolcall-${String(number).padStart(2, '0')}`),
  spec: {
    toolCallId: call.id,
    taskRunRef: { name: 'work-1' },
    toolRef: { name: call.function.name },
    arguments: call.function.arguments,
    tool: { kind: 'Tool', name: call.function.name },
  },
  status,
});

export const system: Message = { role: 'system', content: 'You are helpful.' };
export const user: Message = { role: 'user', content: 'Do it.' };

/** Applies a JSON Patch (RFC 6902: add, remove, replace) as strictly as the API server: a path that is not there is an error. */
export function applyOperations<T extends object>(object: T, operations: readonly JsonPatchOperation[]): T {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const { op, path, value } of operations) {
    const segments = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = segments.pop() ?? '';
    let parent: unknown = copy;
    for (const segment of segments) {
      parent = Array.isArray(parent) ? parent[Number(segment)] : (parent as Record<string, unknown>)[segment];
      if (typeof parent !== 'object' || parent === null) throw new Error(`${op} ${path}: ${segment} is not there`);
    }
    const put = structuredClone(value);
    if (Array.isArray(parent)) {
      const index = last === '-' ? parent.length : Number(last);
      if (!Number.isInteger(index) || index > parent.length || (op !== 'add' && index >= parent.length)) {
        throw new Error(`${op} ${path}: no such index`);
      }
      if (op === 'add') parent.splice(index, 0, put);
      else if (op === 'remove') parent.splice(index, 1);
      else parent[index] = put;
      continue;
    }
    const record = parent as Record<string, unknown>;
    if (op !== 'add' && !Object.hasOwn(record, last)) throw new Error(`${op} ${path}: is not there`);
    if (op === 'remove') delete record[last];
    else record[last] = put;
  }
  return copy as T;
}
