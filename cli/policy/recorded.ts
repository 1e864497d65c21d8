import type { Agent, AgentRevision, ContextPage, Message, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import { POLICY_DENIED } from '../../controller/phases.ts';
import type { ToolIdentity } from '../../policies/engine/index.ts';
import { identityOfTool } from '../../policies/engine/index.ts';
import type { Finder } from '../../policies/surroundings.ts';
import type { Manifest } from '../manifests/parse.ts';
import { describeObject, namespaceOf, type Tree } from '../manifests/tree.ts';

/** A tool call that a model asked for, whether an object of it exists or not. */
export interface RecordedCall {
  readonly run: Manifest;
  /** Its number within the run, from 1. */
  readonly number: number;
  /** Which answer of the model asked for it, from 1; how many that answer asked for up to it. */
  readonly turn: number;
  readonly position: number;
  readonly agent: Agent;
  /** The name that the model used. */
  readonly functionName: string;
  /** Undefined where nothing says what the name stood for. */
  readonly tool: ToolIdentity | undefined;
  readonly arguments: string;
  /** When it was made, as far as that is known, in milliseconds since 1970. */
  readonly time: number;
  /** What came of it. */
  readonly outcome: 'ran' | 'denied' | 'held' | 'unanswered';
}

/** How the operator begins what the model reads of a call that policy did not let run, at run time or at its admission. */
const DENIED = /^Denied by (?:policy|admission)\b/;

/**
 * The calls of the runs in a tree, from their checkpoints: what the model asked for stands in the conversation, also where no
 * TaskRunToolCall was ever admitted. Runs that ended before `since` are left out.
 */
export function recordedCalls(tree: Tree, since: number, now: number): RecordedCall[] {
  const of = <T>(kind: string) =>
    tree.ours.filter(({ object }) => object.kind === kind).map(({ object }) => object as unknown as T);
  const calls = new Map(
    of<TaskRunToolCall>('TaskRunToolCall').map((call) => [`${call.metadata.namespace}/${call.metadata.name}`, call]),
  );
  const revisions = new Map(
    of<AgentRevision>('AgentRevision').map((each) => [`${each.metadata.namespace}/${each.metadata.name}`, each]),
  );
  const pages = Map.groupBy(
    of<ContextPage>('ContextPage'),
    ({ metadata, spec }) => `${metadata.namespace}/${spec.taskRunRef.name}`,
  );
  const seen = namesSeen(calls.values(), tree);
  return tree.ours
    .filter(({ object }) => object.kind === 'TaskRun')
    .flatMap((manifest) => {
      const run = manifest.object as unknown as TaskRun;
      const namespace = namespaceOf(manifest.object);
      const { status } = run;
      const ended = Date.parse(status?.completionTime ?? '');
      if (Number.isFinite(ended) && ended < since) return [];
      const started = Date.parse(status?.startTime ?? run.metadata.creationTimestamp ?? '');
      const older = (pages.get(`${namespace}/${run.metadata.name}`) ?? []).sort((a, b) => a.spec.index - b.spec.index);
      const messages = [...older.flatMap(({ spec }) => spec.messages), ...(status?.contextWindow ?? [])];
      const answers = new Map(
        messages.filter(({ role }) => role === 'tool').map((message) => [message.toolCallId, message.content]),
      );
      const agentName = status?.agent ?? run.spec.agentRef?.name ?? '';
      const agent = tree.finder.agent(namespace, agentName) ?? formerAgent(agentName, namespace);
      const revision = revisions.get(`${namespace}/${status?.agentRevision}`);
      return asked(messages).map(({ call, number, turn, position }): RecordedCall => {
        const object = calls.get(`${namespace}/${run.metadata.name}-toolcall-${String(number).padStart(2, '0')}`);
        const time = Date.parse(object?.status?.startTime ?? object?.metadata.creationTimestamp ?? '');
        return {
          run: manifest,
          number,
          turn,
          position,
          agent,
          functionName: call.function.name,
          tool:
            identityOf(object?.spec.tool, namespace, tree.finder) ??
            identityOf(
              revision?.spec.tools.find(({ functionName }) => functionName === call.function.name),
              namespace,
              tree.finder,
            ) ??
            seen(namespace, call.function.name),
          arguments: call.function.arguments,
          time: Number.isFinite(time) ? time : Number.isFinite(started) ? started : now,
          outcome: outcomeOf(object, answers.get(call.id)),
        };
      });
    });
}

function* askedOnce(messages: readonly Message[]) {
  let number = 0;
  let turn = 0;
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    turn += 1;
    for (const [index, call] of (message.toolCalls ?? []).entries()) {
      number += 1;
      yield { call, number, turn, position: index + 1 };
    }
  }
}

const asked = (messages: readonly Message[]) => [...askedOnce(messages)];

function outcomeOf(object: TaskRunToolCall | undefined, answer: string | undefined): RecordedCall['outcome'] {
  if (object?.status?.approval !== undefined) return 'held';
  if (object?.status?.conditions?.some(({ type, status }) => type === POLICY_DENIED && status === 'True'))
    return 'denied';
  // A tool may use the same words: what has a result was made.
  if (object?.status?.result !== undefined) return 'ran';
  const said = object?.status?.error ?? answer;
  if (said !== undefined && DENIED.test(said)) return 'denied';
  return said === undefined ? 'unanswered' : 'ran';
}

function identityOf(
  tool: { readonly kind: 'Tool' | 'MCPServer'; readonly name: string; readonly tool?: string } | undefined,
  namespace: string,
  finder: Finder,
): ToolIdentity | undefined {
  if (tool === undefined) return undefined;
  if (tool.kind === 'MCPServer') return { kind: 'MCPServer', server: tool.name, name: tool.tool ?? '' };
  const object = finder.tool(namespace, tool.name);
  return object === undefined ? { kind: 'Tool', name: tool.name } : identityOfTool(object);
}

/** What a function name stands for by other calls of it, or as the name of a Tool. */
function namesSeen(calls: Iterable<TaskRunToolCall>, tree: Tree) {
  const names = new Map<string, ToolIdentity>();
  for (const { object } of tree.ours) {
    if (object.kind !== 'Tool') continue;
    const name = (object.spec as { name?: string } | undefined)?.name ?? String(object.metadata.name);
    names.set(
      `${namespaceOf(object)}/${name}`,
      identityOfTool(object as unknown as Parameters<typeof identityOfTool>[0]),
    );
  }
  for (const { metadata, spec } of calls) {
    const identity = identityOf(spec.tool, metadata.namespace ?? '', tree.finder);
    if (identity !== undefined) names.set(`${metadata.namespace}/${spec.toolRef.name}`, identity);
  }
  return (namespace: string, name: string): ToolIdentity | undefined => names.get(`${namespace}/${name}`);
}

const formerAgent = (name: string, namespace: string): Agent => ({
  apiVersion: API_VERSION,
  kind: 'Agent',
  metadata: { name, namespace },
  spec: { llmRef: { name: '' }, system: '' },
});

/** `TaskRun team-a/work-1`. */
export const runOf = ({ run }: RecordedCall): string => describeObject(run.object);
