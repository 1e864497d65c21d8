import type { Agent, LLM, MCPServer, Task, TaskRun, Tool } from '../../api/index.ts';
import { fromJson } from '../../schema/cel/index.ts';
import { timestampFromNanos } from '../../schema/cel/time.ts';
import { newBudget } from './cel.ts';
import type { Budget, Variables } from './expression.ts';
import { at, field, isRecord, listAt, textAt } from './json.ts';
import type { ToolName } from './toolid.ts';
import { identityOfTool, nameProblem, toolNames } from './toolid.ts';
import type { PolicyObject, PolicyRequest, ToolIdentity } from './types.ts';

/** The tool call that is judged. */
export interface ScopedCall {
  readonly tool: ToolIdentity;
  readonly names: readonly ToolName[];
  readonly id: string;
  /** The Tool object behind it is not known, so that it may have further names. */
  readonly unresolved: boolean;
  readonly nameProblem: string | undefined;
  /** The arguments, parsed once. */
  arguments(): { readonly value: Readonly<Record<string, unknown>> } | { readonly problem: string };
}

/** A request as the sections read it: what all policies ask of it is worked out once. */
export interface Scope {
  readonly request: PolicyRequest;
  readonly object: PolicyObject;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, unknown>>;
  /** The Agent that the object is, or is done by; undefined where there is none or it is not known. */
  readonly agent: Agent | undefined;
  /** Its name, which may be known where it itself is not. */
  readonly agentName: string | undefined;
  /** The object is done by an Agent, whether or not that is known. */
  readonly hasAgent: boolean;
  readonly llm: LLM | undefined;
  readonly task: Task | undefined;
  readonly run: TaskRun | undefined;
  readonly tool: Tool | undefined;
  readonly mcpServer: MCPServer | undefined;
  readonly call: ScopedCall | undefined;
  /** ` for agent billing-bot`, or nothing. */
  readonly forAgent: string;
  readonly budget: Budget;
  /** What follows from the request alone: worked out when the first policy asks for it, and not again for the others. */
  fact<T>(compute: (scope: Scope) => T): T;
}

const DONE_BY_AGENTS: ReadonlySet<string> = new Set(['Agent', 'Task', 'TaskRun', 'TaskRunToolCall']);

export function createScope(request: PolicyRequest): Scope {
  const { object, context } = request;
  const kind = textAt(object, 'kind') ?? '';
  const name = textAt(object, 'metadata', 'name') ?? textAt(object, 'metadata', 'generateName') ?? '';
  const namespace = textAt(object, 'metadata', 'namespace') ?? request.namespace ?? '';
  const self = <T>(itsKind: string, other: T | undefined): T | undefined => (kind === itsKind ? (object as T) : other);
  const task = self('Task', context?.task);
  const run = self('TaskRun', context?.run);
  // An object that was read for a former reference is not what this object refers to.
  const referred = <T>(other: T | undefined, reference: string | undefined): T | undefined => {
    const otherName = textAt(other, 'metadata', 'name');
    return reference !== undefined && otherName !== undefined && otherName !== reference ? undefined : other;
  };
  const reference = kind === 'Task' || kind === 'TaskRun' ? textAt(object, 'spec', 'agentRef', 'name') : undefined;
  const agent = self('Agent', referred(context?.agent, reference));
  const agentName =
    textAt(agent, 'metadata', 'name') ??
    textAt(run, 'spec', 'agentRef', 'name') ??
    textAt(task, 'spec', 'agentRef', 'name') ??
    textAt(run, 'status', 'agent');
  const identity =
    request.toolCall?.tool ?? (kind === 'TaskRunToolCall' ? toolOfCall(object, context?.tools) : undefined);
  const call =
    identity === undefined
      ? undefined
      : scopedCall(identity, request.toolCall?.arguments ?? textAt(object, 'spec', 'arguments') ?? '', context?.tools);
  const tool = self('Tool', identity?.kind === 'Tool' ? byName(context?.tools, identity.name) : undefined);
  const mcpServer = self(
    'MCPServer',
    identity?.kind === 'MCPServer' ? byName(context?.mcpServers, identity.server) : undefined,
  );
  const llm = self('LLM', referred(context?.llm, textAt(agent, 'spec', 'llmRef', 'name')));
  const facts = new Map<unknown, unknown>();
  const scope: Scope = {
    request,
    object,
    kind,
    name,
    namespace,
    labels: labelsOf(object),
    agent,
    agentName,
    hasAgent: DONE_BY_AGENTS.has(kind),
    llm,
    task,
    run,
    tool,
    mcpServer,
    call,
    forAgent: agentName === undefined ? '' : ` for agent ${agentName}`,
    budget: newBudget(),
    fact: <T>(compute: (scope: Scope) => T): T => {
      const known = facts.get(compute);
      if (known !== undefined) return known as T;
      const found = compute(scope);
      facts.set(compute, found);
      return found;
    },
  };
  return scope;
}

export function labelsOf(object: unknown): Readonly<Record<string, unknown>> {
  const labels = at(object, 'metadata', 'labels');
  return isRecord(labels) ? labels : {};
}

export function byName<T extends { readonly metadata: { name?: string } }>(
  objects: readonly T[] | undefined,
  name: string,
): T | undefined {
  return objects?.find(({ metadata }) => metadata.name === name);
}

/** What the call's own spec says of the tool, with what the Tool object adds. */
function toolOfCall(call: PolicyObject, tools: readonly Tool[] | undefined): ToolIdentity | undefined {
  const kind = textAt(call, 'spec', 'tool', 'kind');
  const name = textAt(call, 'spec', 'tool', 'name');
  if (name === undefined) return undefined;
  if (kind === 'Tool') {
    const tool = byName(tools, name);
    return tool === undefined ? { kind, name } : identityOfTool(tool);
  }
  return kind === 'MCPServer' ? { kind, server: name, name: textAt(call, 'spec', 'tool', 'tool') ?? '' } : undefined;
}

function scopedCall(tool: ToolIdentity, text: string, tools: readonly Tool[] | undefined): ScopedCall {
  const names = toolNames(tool);
  let parsed: ReturnType<ScopedCall['arguments']> | undefined;
  return {
    tool,
    names,
    id: (names[0] as ToolName).id,
    unresolved:
      tool.kind === 'Tool' &&
      tool.builtin === undefined &&
      tool.agent === undefined &&
      byName(tools, tool.name) === undefined,
    nameProblem: nameProblem(tool),
    arguments() {
      parsed ??= parseArguments(text);
      return parsed;
    },
  };
}

function parseArguments(text: string): ReturnType<ScopedCall['arguments']> {
  // A model that has nothing to say writes nothing; the tool is called with {} then.
  if (text.trim() === '') return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { value } : { problem: 'the arguments are no JSON object' };
  } catch {
    return { problem: 'the arguments are no JSON' };
  }
}

/** What expressions read, for all policies. */
export function variablesOf(scope: Scope): Variables {
  return scope.fact(makeVariables);
}

function makeVariables(scope: Scope): Variables {
  const { request, object, call } = scope;
  const { user } = request;
  const args = call?.arguments();
  return {
    object: fromJson(object),
    oldObject: fromJson(request.oldObject ?? null),
    request: fromJson({
      operation: request.operation,
      kind: { group: textAt(object, 'apiVersion')?.split('/')[0] ?? '', kind: scope.kind },
      name: scope.name,
      namespace: scope.namespace,
      // Absent where nobody is known: an expression that reads it fails, and is reported as not evaluable.
      ...(user === undefined
        ? {}
        : {
            userInfo: {
              username: user.username,
              uid: user.uid ?? '',
              groups: user.groups ?? [],
              extra: user.extra ?? {},
            },
          }),
    }),
    agent: fromJson(scope.agent ?? null),
    llm: fromJson(scope.llm ?? null),
    task: fromJson(scope.task ?? null),
    run: fromJson(scope.run ?? null),
    tool: fromJson(scope.tool ?? null),
    mcpServer: fromJson(scope.mcpServer ?? null),
    ...(call === undefined
      ? {}
      : {
          toolCall: fromJson({ id: call.id, server: call.names[0]?.server ?? '', name: call.names[0]?.name ?? '' }),
        }),
    // Arguments that cannot be read have no value: what asks for them fails.
    ...(args !== undefined && 'value' in args ? { args: fromJson(args.value) } : {}),
    namespaceObject: fromJson(request.namespaceObject ?? null),
    now: timestampFromNanos(BigInt(Math.trunc(request.now)) * 1_000_000n),
  };
}

/** Names that the Agent's spec refers to, with the field that does. */
export function referencesOf(agent: unknown, list: 'tools' | 'mcpServers'): { name: string; field: string }[] {
  return listAt(agent, 'spec', list).flatMap((reference, i) => {
    const name = field(reference, 'name');
    return typeof name === 'string' ? [{ name, field: `spec.${list}[${i}].name` }] : [];
  });
}
