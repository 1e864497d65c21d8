import type { ApprovalSection, PolicySpec } from '../../../api/index.ts';
import { policyLabel } from '../collector.ts';
import { listAt, textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope, ScopedCall } from '../scope.ts';
import { byName, referencesOf } from '../scope.ts';
import type { Sink } from '../sink.ts';
import { quote, some } from '../text.ts';
import type { ToolName, ToolPatterns } from '../toolid.ts';
import {
  compileToolPatterns,
  identityOfTool,
  nameProblem,
  RESERVED_SERVERS,
  toolNames,
  toolPatternProblem,
} from '../toolid.ts';
import type { PolicyRef, ToolIdentity } from '../types.ts';

type Decision =
  | { readonly outcome: 'abstain' }
  | { readonly outcome: 'allow' | 'requireApproval' | 'deny'; readonly rule: string; readonly pattern?: string };

interface ToolLists {
  readonly ref: PolicyRef;
  readonly allow: ToolPatterns;
  readonly requireApproval: ToolPatterns;
  readonly deny: ToolPatterns;
  readonly defaultAction: PolicySpec['defaultAction'];
  /** The policy says something about tools, so that a name which pretends to be another matters. */
  readonly speaks: boolean;
}

/** `tools` and `defaultAction`: of Agents, what they refer to; of tool calls, the tool that is called. */
export function compileTools(spec: PolicySpec, context: SectionContext): Judge[] {
  const { tools, defaultAction } = spec;
  if (tools === undefined && defaultAction === undefined) return [];
  const lists: ToolLists = {
    ref: context.ref,
    allow: compileToolList(tools?.allow, 'tools.allow', context),
    requireApproval: compileToolList(tools?.requireApproval, 'tools.requireApproval', context),
    deny: compileToolList(tools?.deny, 'tools.deny', context),
    defaultAction,
    speaks:
      defaultAction === 'Deny' ||
      defaultAction === 'RequireApproval' ||
      [tools?.deny, tools?.requireApproval].some((list) => (list?.length ?? 0) > 0),
  };
  if ((tools?.allow?.length ?? 0) > 0 && defaultAction === undefined) {
    context.advice('tools.allow', 'limits nothing: set spec.defaultAction to Deny to refuse all other tools');
  }
  const denied = [
    ...((tools?.deny?.length ?? 0) > 0 ? ['tools.deny'] : []),
    ...(lists.speaks ? ['tools.name'] : []),
    ...(defaultAction === 'Deny' ? ['defaultAction'] : []),
  ];
  const ofCalls = [
    ...denied,
    ...((tools?.requireApproval?.length ?? 0) > 0 ? ['tools.requireApproval'] : []),
    ...(lists.speaks ? ['tools.unresolved'] : []),
    ...(defaultAction === 'RequireApproval' ? ['defaultAction'] : []),
  ];
  return [
    {
      kinds: new Set(['Agent']),
      rules: denied,
      judge(scope, sink) {
        judgeAgent(lists, scope, sink);
        return undefined;
      },
    },
    {
      kinds: new Set(['TaskRunToolCall']),
      rules: ofCalls,
      judge(scope, sink) {
        if (scope.call === undefined) return 'notAsked';
        judgeCall(lists, scope.call, scope, sink);
        return undefined;
      },
    },
  ];
}

/** Compiles patterns of tools, and notes those that can match nothing. */
export function compileToolList(
  patterns: readonly string[] | undefined,
  field: string,
  context: SectionContext,
): ToolPatterns {
  for (const [i, pattern] of (patterns ?? []).entries()) {
    const problem = toolPatternProblem(pattern);
    if (problem !== undefined) context.problem(`${field}[${i}]`, `${JSON.stringify(pattern)} ${problem}`);
  }
  return compileToolPatterns(patterns ?? []);
}

function decide(lists: ToolLists, names: readonly ToolName[], odd: string | undefined, resolved: boolean): Decision {
  const denied = lists.deny.match(names);
  if (denied !== undefined) return { outcome: 'deny', rule: 'tools.deny', pattern: denied };
  if (odd !== undefined && lists.speaks) return decideOdd(lists, names);
  const held = lists.requireApproval.match(names);
  if (held !== undefined) return { outcome: 'requireApproval', rule: 'tools.requireApproval', pattern: held };
  const allowed = lists.allow.match(names);
  if (allowed !== undefined) return { outcome: 'allow', rule: 'tools.allow', pattern: allowed };
  // A Tool that is not there yet may have a name that a list has.
  if (!resolved) return { outcome: 'abstain' };
  switch (lists.defaultAction) {
    case 'Deny':
      return { outcome: 'deny', rule: 'defaultAction' };
    case 'RequireApproval':
      return { outcome: 'requireApproval', rule: 'defaultAction' };
    case 'Allow':
      return { outcome: 'allow', rule: 'defaultAction' };
    default:
      return { outcome: 'abstain' };
  }
}

/** A tool whose name can pass for another is what it says only where a list has exactly that name. */
function decideOdd(lists: ToolLists, names: readonly ToolName[]): Decision {
  if (!names.some(({ server, id }) => RESERVED_SERVERS.has(server) && isAscii(id))) {
    const held = lists.requireApproval.exact(names);
    if (held !== undefined) return { outcome: 'requireApproval', rule: 'tools.requireApproval', pattern: held };
    const allowed = lists.allow.exact(names);
    if (allowed !== undefined) return { outcome: 'allow', rule: 'tools.allow', pattern: allowed };
  }
  return { outcome: 'deny', rule: 'tools.name' };
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

function judgeCall(lists: ToolLists, call: ScopedCall, scope: Scope, sink: Sink): void {
  const atRuntime = scope.request.place === 'runtime';
  if (call.unresolved && atRuntime && lists.speaks) {
    sink.report({
      rule: 'tools.unresolved',
      field: 'spec.tool.name',
      value: call.id,
      detail: `${quote(call.id)} is not known${scope.forAgent}, so that what it executes cannot be judged`,
      fix: 'create the Tool again',
      tool: call.names,
    });
    return;
  }
  const decision = decide(lists, call.names, call.nameProblem, !call.unresolved || atRuntime);
  if (decision.outcome === 'allow') sink.allow(decision.rule, decision.pattern ?? 'defaultAction: Allow');
  else if (decision.outcome !== 'abstain') {
    reportDecision(lists, decision, call.names, call.nameProblem, 'spec.tool.name', scope, sink);
  }
}

interface NamedTool {
  readonly names: readonly ToolName[];
  readonly odd: string | undefined;
}

/** A server that an Agent names, with the tools that it is known to have. */
interface OfferedTools {
  readonly server: string;
  readonly field: string;
  readonly tools: readonly NamedTool[];
}

const named = (identity: ToolIdentity): NamedTool => ({ names: toolNames(identity), odd: nameProblem(identity) });

function toolsOfAgent({
  object,
  request,
}: Scope): (NamedTool & { readonly field: string; readonly resolved: boolean })[] {
  return referencesOf(object, 'tools').map(({ name, field }) => {
    const tool = byName(request.context?.tools, name);
    const identity = tool === undefined ? ({ kind: 'Tool', name } as const) : identityOfTool(tool);
    return { ...named(identity), field, resolved: tool !== undefined };
  });
}

function serversOfAgent({ object, request }: Scope): OfferedTools[] {
  return referencesOf(object, 'mcpServers').map(({ name: server, field }) => {
    const status = byName(request.context?.mcpServers, server);
    const names = listAt(status, 'status', 'tools').flatMap((tool) => textAt(tool, 'name') ?? []);
    return { server, field, tools: names.map((name) => named({ kind: 'MCPServer', server, name })) };
  });
}

function judgeAgent(lists: ToolLists, scope: Scope, sink: Sink): void {
  for (const { names, odd, field, resolved } of scope.fact(toolsOfAgent)) {
    const decision = decide(lists, names, odd, resolved);
    if (decision.outcome === 'deny') reportDecision(lists, decision, names, odd, field, scope, sink);
  }
  for (const server of scope.fact(serversOfAgent)) judgeServer(lists, server, scope, sink);
}

/** An Agent may use a server if one of its tools may be called: each call is judged on its own. */
function judgeServer(lists: ToolLists, offered: OfferedTools, scope: Scope, sink: Sink): void {
  const { server, field, tools } = offered;
  const anyTool: ToolName = { server, name: '*', id: `${server}/*` };
  if (RESERVED_SERVERS.has(server) && lists.speaks) {
    const odd = `comes from an MCPServer called "${server}", a name that is kept for tools of this program`;
    reportDecision(lists, { outcome: 'deny', rule: 'tools.name' }, [anyTool], odd, field, scope, sink);
    return;
  }
  if (tools.length === 0) {
    const whole = lists.deny.whole(server);
    const named = lists.allow.reaches(server) || lists.requireApproval.reaches(server);
    if (whole === undefined && (lists.defaultAction !== 'Deny' || named)) return;
    const decision =
      whole === undefined
        ? ({ outcome: 'deny', rule: 'defaultAction' } as const)
        : ({ outcome: 'deny', rule: 'tools.deny', pattern: whole } as const);
    reportDecision(lists, decision, [anyTool], undefined, field, scope, sink);
    return;
  }
  let first: { decision: Decision; names: readonly ToolName[]; odd: string | undefined } | undefined;
  for (const { names, odd } of tools) {
    const decision = decide(lists, names, odd, true);
    if (decision.outcome !== 'deny') return;
    first ??= { decision, names, odd };
  }
  if (first === undefined || first.decision.outcome === 'abstain') return;
  const { decision, names, odd } = first;
  reportDecision(lists, decision, tools.length === 1 ? names : [anyTool], odd, field, scope, sink);
}

function reportDecision(
  lists: ToolLists,
  decision: Exclude<Decision, { outcome: 'abstain' }>,
  names: readonly ToolName[],
  odd: string | undefined,
  field: string,
  scope: Scope,
  sink: Sink,
): void {
  const { rule, pattern } = decision;
  const id = names[0]?.id ?? '';
  const owner = `${lists.ref.kind} ${policyLabel(lists.ref)}`;
  const common = { rule, field, value: id, tool: names, ...(pattern === undefined ? {} : { pattern }) };
  const allowed = [...lists.allow.sources, ...lists.requireApproval.sources];
  if (decision.outcome === 'requireApproval') {
    const why = pattern === undefined ? 'as every tool that no list names' : `as ${quote(pattern)} says`;
    sink.report({
      ...common,
      action: 'RequireApproval',
      detail: `${quote(id)} needs a human's approval${scope.forAgent}, ${why}`,
    });
  } else if (rule === 'tools.name') {
    sink.report({
      ...common,
      detail: `${quote(id)} ${odd ?? 'has an odd name'}: it is not allowed${scope.forAgent}`,
      fix: `rename it, or have exactly this name in tools.allow of ${owner}`,
    });
  } else if (rule === 'tools.deny') {
    sink.report({
      ...common,
      detail: `${quote(id)} is denied${scope.forAgent} by ${quote(pattern)}`,
      fix: `use another tool, or ask the owners of ${owner} for an exception`,
    });
  } else {
    sink.report({
      ...common,
      detail: `${quote(id)} is not allowed${scope.forAgent}; allowed: ${some(allowed)}`,
      fix: `use an allowed tool, or add it to tools.allow of ${owner}`,
    });
  }
}

/** The terms of `approval`, absent fields written out. */
export function approvalTerms(approval: ApprovalSection | undefined, duration: (text: string) => number | undefined) {
  const expires = approval?.expiresAfter === undefined ? undefined : duration(approval.expiresAfter);
  return {
    minApprovals: approval?.minApprovals ?? 1,
    notRequester: approval?.notRequester ?? true,
    allowServiceAccounts: approval?.allowServiceAccounts ?? false,
    escalateTo: approval?.escalateTo?.groups ?? [],
    ...(approval?.approvers === undefined ? {} : { approverGroups: approval.approvers.groups }),
    ...(expires === undefined ? {} : { expiresAfterMs: expires, onTimeout: approval?.onTimeout ?? 'Reject' }),
  };
}
