import type { Agent, MCPServer, Task, TaskRun, TaskRunToolCall, TaskRunToolCallStatus, Tool } from '../../api/index.ts';
import type { ApprovalOutcome, ApprovalState } from '../../policies/approvals/index.ts';
import type { Verdict } from '../../policies/engine/index.ts';
import type { EffectState } from '../effects.ts';
import type { ParsedArguments, ToolOutcome } from '../tools/index.ts';

/** What executes a call. */
export type Executor =
  | { readonly kind: 'builtin'; readonly tool: Tool; readonly name: 'add' | 'subtract' | 'multiply' | 'divide' }
  | { readonly kind: 'externalAPI'; readonly tool: Tool }
  | { readonly kind: 'container'; readonly tool: Tool }
  | { readonly kind: 'agent'; readonly tool: Tool; readonly agent: string }
  | { readonly kind: 'mcp'; readonly server: MCPServer; readonly tool: string }
  /** Nothing does: why, for the model. */
  | { readonly kind: 'none'; readonly message: string };

/** Everything that the next step of a tool call depends on. */
export interface CallState {
  /** The whole call. */
  readonly call: TaskRunToolCall;
  readonly run: TaskRun | undefined;
  readonly executor: Executor;
  readonly args: ParsedArguments;
  /** The MCP connection, for calls that go there: `gone` when the pool refuses the server for good. */
  readonly connection: 'ready' | 'waiting' | { readonly refused: string };
  /** Why the tool must not be called: it is not what was reviewed. */
  readonly drift?: string | undefined;
  readonly effect: EffectState<ToolOutcome>;
  /** What an earlier process began is there and can be gone on with: the Job of a container tool. */
  readonly begun?: boolean;
  /** The Task that a call to an agent created, and its run; `runDeleted` where it had one and somebody deleted it. */
  readonly child: { readonly task?: Task; readonly run?: TaskRun; readonly runDeleted?: boolean };
  /** The agents from here up to the first run, this run's own included: who delegates to whom. */
  readonly ancestors: readonly string[];
  readonly maxDepth: number;
  readonly delegate: Agent | undefined;
  /** What the policies say of this call, now. */
  readonly verdict: Verdict;
  /** What people have decided, where the call has to be approved. */
  readonly approval: ApprovalOutcome | undefined;
  /** What that follows from: what has to be met, who asked for the run. */
  readonly approvals: ApprovalState | undefined;
  /** This process: the holder of what it begins. */
  readonly identity: string;
  readonly now: number;
}

export interface CallEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export type CallDecision =
  | { readonly kind: 'wait'; readonly wakeAfterMs?: number }
  | {
      readonly kind: 'write';
      readonly set: TaskRunToolCallStatus;
      readonly events: readonly CallEvent[];
      readonly endsEffect?: boolean;
    }
  | { readonly kind: 'execute'; readonly args: Record<string, unknown> }
  | { readonly kind: 'createChild'; readonly agent: string; readonly message: string }
  | { readonly kind: 'cancelChild' };
