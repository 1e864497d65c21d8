import type { TaskRun } from '../../api/index.ts';
import { agents, llms, taskRuns, tasks } from '../../api/index.ts';
import type { KubeClient, Logger } from '../../kube/index.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { shellQuote } from '../paths.ts';
import { followRun } from '../runs/follow.ts';
import { duration } from '../runs/progress.ts';
import { getIfThere, latestRun } from '../runs/resolve.ts';
import { escapeLine } from '../terminal/escape.ts';
import type { UpCluster } from './cluster.ts';
import type { Screen } from './screen.ts';

/** How the demo ended; `run` as it ended, or a message on why there is no end to be seen. */
export interface Outcome {
  readonly run?: TaskRun;
  readonly question?: string;
  readonly message?: string;
}

export interface WaitOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly task: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds; for ever when absent. */
  readonly timeoutMs: number | undefined;
}

/** Waits for the end of the Task's latest run. Rejects with the signal's reason when that aborts. */
export async function waitForOutcome(options: WaitOptions): Promise<Outcome> {
  const { client, namespace, task, logger, signal, timeoutMs } = options;
  const late = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const question = (await getIfThere(client, tasks, namespace, task))?.spec.message;
  try {
    const stop = late === undefined ? signal : AbortSignal.any([signal, late]);
    return { question, run: await followRun({ client, namespace, of: { task }, logger, signal: stop }) };
  } catch (error) {
    if (signal.aborted || !late?.aborted) throw error;
    return {
      question,
      message: `no answer within ${duration(timeoutMs ?? 0)}: ${await whatIsMissing(client, namespace, task)}`,
    };
  }
}

/** What a run that does not end waits for, from the run backwards to the model. */
async function whatIsMissing(client: KubeClient, namespace: string, name: string): Promise<string> {
  const task = await getIfThere(client, tasks, namespace, name);
  if (task === undefined) return `Task ${name} is gone`;
  const agent = await getIfThere(client, agents, namespace, task.spec.agentRef.name);
  if (agent === undefined) return `Agent ${task.spec.agentRef.name} is gone`;
  const llm = await getIfThere(client, llms, namespace, agent.spec.llmRef.name);
  if (llm === undefined) return `LLM ${agent.spec.llmRef.name} is gone`;
  if (llm.status?.ready !== true) {
    return `LLM ${agent.spec.llmRef.name} is not ready: ${llm.status?.statusDetail ?? 'nobody has looked at it'}`;
  }
  if (agent.status?.ready !== true)
    return `Agent ${agent.metadata.name} is not ready: ${agent.status?.statusDetail ?? 'nobody has looked at it'}`;
  const run = await latestRun(client, task);
  if (run === undefined) return `Task ${name} has no run: ${task.status?.statusDetail ?? 'nobody has looked at it'}`;
  const { phase, statusDetail, attempt } = run.status ?? {};
  return `TaskRun ${run.metadata.name} is in ${phase}: ${attempt?.message ?? statusDetail ?? 'no detail'}`;
}

/** Prints question and answer, or what went wrong; returns the exit code that goes with it. */
export function showOutcome(screen: Screen, { run, question, message }: Outcome): number {
  const { style } = screen;
  if (run?.status?.phase === 'FinalAnswer') {
    screen.gap();
    if (question !== undefined) screen.line(`  ${style.dim(escapeLine(question))}`);
    screen.block(run.status.output ?? '');
    screen.gap();
    return EXIT.ok;
  }
  screen.gap();
  const why = message ?? run?.status?.error ?? run?.status?.statusDetail ?? '';
  const what = run === undefined ? '' : `${run.metadata.name} ${run.status?.phase}: `;
  screen.line(style.bad(escapeLine(`${what}${why}`)));
  screen.gap();
  return EXIT.failed;
}

export interface NextSteps {
  readonly screen: Screen;
  readonly io: Io;
  readonly cluster: UpCluster;
  readonly agent: string | undefined;
  readonly run: string | undefined;
}

/** What one can do now, as commands to paste into another terminal. */
export function showNextSteps({ screen, io, cluster, agent, run }: NextSteps): void {
  const { style } = screen;
  const kubechain = (rest: string): string => `${io.programName} ${rest}${cluster.flag}`;
  const commands = [
    ...(agent === undefined ? [] : [kubechain(`run ${shellQuote(agent)} "Write a haiku about Kubernetes"`)]),
    ...(run === undefined ? [] : [kubechain(`logs ${run}`), kubechain(`context ${run}`)]),
    `kubectl --kubeconfig ${cluster.kubeconfig} get ${run === undefined ? 'kubechain' : taskRuns.plural}`,
  ];
  screen.line(`${style.bold('Try next')} ${style.dim('(in another terminal; Ctrl-C here stops it all)')}`);
  for (const command of commands) screen.line(`  ${command}`);
  screen.gap();
}
