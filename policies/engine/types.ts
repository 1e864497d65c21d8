import type {
  Agent,
  AgentPolicy,
  AgentPolicyException,
  ClusterAgentPolicy,
  JudgedKind,
  LLM,
  MCPServer,
  Metadata,
  PolicyMode,
  PolicyPlace,
  ProvenanceTrust,
  Task,
  TaskRun,
  Tool,
} from '../../api/index.ts';

/** Any object as it comes off the wire. Nothing of it is taken for granted but what is written here. */
export interface PolicyObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: Metadata;
  readonly [field: string]: unknown;
}

export type AnyPolicy = ClusterAgentPolicy | AgentPolicy;
export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

export interface PolicyRef {
  readonly kind: 'ClusterAgentPolicy' | 'AgentPolicy';
  readonly name: string;
  /** Of an AgentPolicy. */
  readonly namespace?: string;
}

// --- compiling ---

/** What is wrong with a policy. Errors make it deny all that it matches; warnings are advice. */
export interface PolicyProblem {
  readonly policy: PolicyRef;
  readonly level: 'error' | 'warning';
  /** `spec.tools.allow[2]`. */
  readonly field: string;
  /** What is wrong and how to mend it; one line. */
  readonly message: string;
  /** Within a CEL expression, from 1. */
  readonly line?: number;
  readonly column?: number;
}

// --- asking ---

export interface PolicyUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What is known of the objects around the one that is judged. Absent: not resolved (yet). */
export interface PolicyContext {
  readonly agent?: Agent;
  readonly llm?: LLM;
  readonly tools?: readonly Tool[];
  readonly mcpServers?: readonly MCPServer[];
  readonly task?: Task;
  readonly run?: TaskRun;
}

/** What a tool is. `server` and `name` as MCP has them; a Tool object has further names by what it executes. */
export type ToolIdentity =
  | { readonly kind: 'MCPServer'; readonly server: string; readonly name: string }
  | { readonly kind: 'Tool'; readonly name: string; readonly builtin?: string; readonly agent?: string }
  | { readonly kind: 'Agent'; readonly name: string }
  | { readonly kind: 'ContactChannel'; readonly name: string };

export interface ToolCallContext {
  readonly tool: ToolIdentity;
  /** The arguments as JSON text, as the model wrote them. */
  readonly arguments: string;
}

/**
 * What a run has used, what is asked for included: the call that is about to be made counts.
 * Absent figures are not judged.
 */
export interface RunCounters {
  /** Model calls: 1 before the first one. */
  readonly turns?: number;
  /** Tool calls that the model has asked for: 1 when the first one is judged. */
  readonly toolCalls?: number;
  /** Tokens so far, as the models reported them: a further call is refused once the limit is reached. */
  readonly tokens?: number;
  /** When the run began: RFC 3339. */
  readonly startTime?: string;
  /** 0 for a run that no agent asked for, 1 for one that it delegates to. */
  readonly depth?: number;
  /** Tool calls of the run that would be under way at once. */
  readonly parallelToolCalls?: number;
}

/** What is known of the commit that an object comes from; or why nobody can tell here how well that is proven. */
export type ProvenanceAnswer =
  | { readonly trust: ProvenanceTrust; readonly detail?: string }
  | { readonly notEvaluable: string };

export interface PolicyRequest {
  readonly place: PolicyPlace;
  /** What is done to the object. Background and command line simulate CREATE. */
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: PolicyObject;
  /** For updates; null or absent otherwise. */
  readonly oldObject?: PolicyObject | null;
  /** Who asks; absent where that is not known. */
  readonly user?: PolicyUser;
  /** Namespace of the object where its metadata has none (admission, manifests). */
  readonly namespace?: string;
  /** Labels of the namespace: absent when not known, and then selectors over them match, and exclude nothing. */
  readonly namespaceObject?: { readonly metadata?: Metadata };
  readonly context?: PolicyContext;
  /** Of a TaskRunToolCall this is read from its spec (and `context.tools`); give it to ask without an object. */
  readonly toolCall?: ToolCallContext;
  readonly counters?: RunCounters;
  readonly exceptions?: readonly AgentPolicyException[];
  /** Of the judged object. Absent: it is looked for on the object, and what it claims is not proven. */
  readonly provenance?: ProvenanceAnswer;
  /** Milliseconds since 1970: the clock is the caller's. */
  readonly now: number;
}

// --- answering ---

export type Effect = 'allow' | 'requireApproval' | 'deny';
/** What a finding does at this place: its action where the mode is Enforce, else what the mode says. */
export type FindingEffect = 'deny' | 'requireApproval' | 'warn' | 'audit';

export interface Finding {
  readonly policy: PolicyRef;
  /** `tools.deny`, `defaultAction`, `limits.maxTurns`, `no-friday`: unique within the policy. */
  readonly rule: string;
  /** Where, in the object that is judged: `spec.tools[2].name`, `spec.arguments.url`, `status.turns`. */
  readonly field: string;
  /** What is there (shortened; never a secret): with policy and rule, what a finding is compared by. */
  readonly value: string;
  /** The whole line: `[production/tools.deny] spec.tools[2].name: "shell/exec" …; allowed: …; fix: …; docs: …`. */
  readonly message: string;
  /** The line without head and docs, for places that show those apart. */
  readonly detail: string;
  readonly action: 'Deny' | 'RequireApproval';
  readonly mode: PolicyMode;
  readonly effect: FindingEffect;
  readonly severity: Severity;
  readonly docs?: string;
  /** The pattern that decided, where one did. */
  readonly pattern?: string;
  /** The tool that it is about, `github/delete_repo`. */
  readonly tool?: string;
  /** The object that it was found in, where that is not the judged one: an Agent's LLM, a call's MCPServer. */
  readonly via?: { readonly kind: JudgedKind; readonly name: string };
  /** The exception that takes it away: only in `Verdict.excepted`. */
  readonly exception?: ExceptionRef;
}

export interface ExceptionRef {
  readonly name: string;
  readonly namespace: string;
}

/** A rule that cannot be decided here, and says so instead of passing silently. */
export interface NotEvaluable {
  readonly policy: PolicyRef;
  /** Absent: the whole policy. */
  readonly rule?: string;
  readonly reason: string;
}

/** How a call that is held back is approved: all demands have to be met. */
export interface ApprovalDemand {
  /** The most that any policy asks for. */
  readonly minApprovals: number;
  /** Of each list, one group is needed; none: whom RBAC lets. */
  readonly approverGroups: readonly (readonly string[])[];
  readonly notRequester: boolean;
  readonly allowServiceAccounts: boolean;
  /** The shortest that any policy says. */
  readonly expiresAfterMs?: number;
  /** The strictest: Fail, then Reject, then Escalate. Only with `expiresAfterMs`. */
  readonly onTimeout?: 'Reject' | 'Fail' | 'Escalate';
  readonly escalateTo: readonly string[];
  /** Who asks for it. */
  readonly demandedBy: readonly { readonly policy: PolicyRef; readonly rule: string }[];
}

export interface Verdict {
  /** deny > requireApproval > allow, over the findings whose mode is Enforce here. Nothing said at all is allow. */
  readonly effect: Effect;
  /** Those that count, the strictest first; in an order that does not depend on that of the policies. */
  readonly findings: readonly Finding[];
  /** The first of them where the effect is not allow. */
  readonly decidedBy?: Finding;
  /** For a tool: who allows it by name, where somebody does. */
  readonly allowedBy?: { readonly policy: PolicyRef; readonly rule: string; readonly pattern: string };
  /** One line each: of findings in mode Warn, without repetition. */
  readonly warnings: readonly string[];
  /** Findings that exceptions took away. */
  readonly excepted: readonly Finding[];
  readonly notEvaluable: readonly NotEvaluable[];
  /** With effect requireApproval. */
  readonly approval?: ApprovalDemand;
  /** The policies that are about this object. */
  readonly policies: readonly PolicyRef[];
}

/** The way to a verdict. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly policies: readonly PolicyTrace[];
}

export interface PolicyTrace {
  readonly policy: PolicyRef;
  readonly mode: PolicyMode;
  readonly matched: boolean;
  /** Why it is, or is not, about this object. */
  readonly why: string;
  readonly result: Effect | 'abstain';
  readonly steps: readonly TraceStep[];
}

export interface TraceStep {
  readonly rule: string;
  readonly outcome: Effect | 'pass' | 'excepted' | 'notEvaluable';
  readonly pattern?: string;
  readonly detail: string;
}

/** The limits that hold for a run, each with the policy that sets it. */
export interface EffectiveLimits {
  readonly maxTurns?: LimitSource;
  readonly maxToolCalls?: LimitSource;
  readonly maxTokens?: LimitSource;
  readonly maxDurationMs?: LimitSource;
  readonly maxDepth?: LimitSource;
  readonly maxParallelToolCalls?: LimitSource;
}

export interface LimitSource {
  readonly value: number;
  readonly policy: PolicyRef;
}
