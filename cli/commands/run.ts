import { randomBytes } from 'node:crypto';
import { type Agent, API_VERSION, agents, type Task, type TaskRun, taskRuns, tasks } from '../../api/index.ts';
import { isAlreadyExists, isRetriable, type KubeClient, type Logger, sleep, systemClock } from '../../kube/index.ts';
import { type ClusterOptions, type Connection, withCluster } from '../connect.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { followRun } from '../runs/follow.ts';
import { didYouMean } from '../runs/near.ts';
import { callSteps, duration, isFinished, runSteps, type Step } from '../runs/progress.ts';
import { reachabilityNotice } from '../runs/reachable.ts';
import { getIfThere } from '../runs/resolve.ts';
import { listenForShutdown, signalExitCode } from '../signals.ts';
import { escapeControl, escapeLine } from '../terminal/escape.ts';
import { createStyle } from '../terminal/style.ts';

export interface RunOptions extends ClusterOptions, LogOptions {
  readonly name?: string;
  /** Milliseconds until following is given up. */
  readonly timeout?: number;
  readonly detach?: boolean;
}

/** How long a second Ctrl-C, which cancels, is waited for. */
const SECOND_THOUGHT_MS = 2000;
/** An operator takes a Task up in milliseconds; after this long without a sign of one we say so. */
const SILENCE_MS = 5000;

/** `kubechain run AGENT MESSAGE`: creates the Task, follows its run, prints the answer. */
export async function run(agentName: string, words: string, options: RunOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  const message = words === '-' ? (await io.readInput()).trimEnd() : words;
  if (message === '') throw new CliError('the message is empty; say what the agent is to do', { exitCode: EXIT.usage });
  return withCluster(options, io, logger, async (connection) => {
    const { client, namespace } = connection;
    const agent = await findAgent(client, namespace, agentName);
    const task = await createTask(client, namespace, agentName, message, options.name);
    const name = task.metadata.name ?? '';
    const style = createStyle(io.err, io.env);
    io.err.write(style.dim(`Task ${name} in namespace ${namespace}\n`));
    if (options.detach) {
      io.out.write(`task.${tasks.group}/${name}\n`);
      return EXIT.ok;
    }
    return followToAnswer({ connection, io, logger, agent, task: name, timeout: options.timeout });
  });
}

async function findAgent(client: KubeClient, namespace: string, name: string): Promise<Agent> {
  const agent = await getIfThere(client, agents, namespace, name);
  if (agent !== undefined) return agent;
  const { items } = await client.list(agents, { namespace, limit: 500 });
  const names = items.map(({ metadata }) => metadata.name ?? '');
  const hint =
    didYouMean(name, names) ||
    (names.length === 0 ? '; there are no Agents in it' : `; there are: ${names.slice(0, 10).join(', ')}`);
  throw new CliError(`there is no Agent ${JSON.stringify(name)} in namespace ${namespace}${hint}`);
}

/** Names of runs and tool calls grow from the Task's: this much of the agent's name leaves them room in 63 characters. */
const AGENT_PART = 30;

/**
 * Creates the Task. Its name is made here, not by the server, so that a create whose answer was lost can be repeated:
 * a Task of this name with this message is then the one that the first try made.
 */
async function createTask(
  client: KubeClient,
  namespace: string,
  agent: string,
  message: string,
  wanted: string | undefined,
): Promise<Task> {
  const name =
    wanted ?? `${agent.slice(0, AGENT_PART).replace(/[^a-z0-9]+$/, '')}-${randomBytes(4).toString('hex').slice(0, 6)}`;
  const task: Task = {
    apiVersion: API_VERSION,
    kind: tasks.kind,
    metadata: { name, namespace },
    spec: { agentRef: { name: agent }, message },
  };
  let repeated = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.create(tasks, task);
    } catch (error) {
      if (isAlreadyExists(error)) {
        const there = repeated ? await getIfThere(client, tasks, namespace, name) : undefined;
        if (there?.spec.message === message) return there;
        throw new CliError(`there is a Task ${name} in namespace ${namespace} already; give another --name`, {
          cause: error,
        });
      }
      if (!isRetriable(error) || attempt === 3) throw error;
      repeated = true;
      await sleep(systemClock, 300 * attempt);
    }
  }
}

interface Following {
  readonly connection: Connection;
  readonly io: Io;
  readonly logger: Logger;
  readonly agent: Agent;
  readonly task: string;
  readonly timeout: number | undefined;
}

async function followToAnswer({ connection, io, logger, agent, task, timeout }: Following): Promise<number> {
  const { client, namespace, hint } = connection;
  const style = createStyle(io.err, io.env);
  const say = (step: Step): void => {
    const text = `${step.what}${step.detail === '' ? '' : `  ${step.detail}`}`;
    io.err.write(`${step.tone === 'plain' || step.tone === 'accent' ? text : style[step.tone](text)}\n`);
  };
  // A second Ctrl-C means something else here than in a server: it cancels the run. The third gives up on that too.
  const first = listenForShutdown({
    source: io.signals,
    force: (code) => (second.signal.aborted ? process.exit(code) : second.abort()),
  });
  const second = new AbortController();
  const late = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const stop = AbortSignal.any([first.signal, ...(late === undefined ? [] : [late])]);
  const name: { run?: string } = {};
  const silence = systemClock.after(SILENCE_MS, () => {
    const why =
      agent.status?.ready === true
        ? ''
        : ` (Agent ${agent.metadata.name} is not ready: ${escapeLine(agent.status?.statusDetail ?? 'no operator has looked at it')})`;
    io.err.write(
      style.warn(
        `no operator has taken the Task up yet${why}; is one running? ${io.programName} up, or ${io.programName} operator\n`,
      ),
    );
  });
  try {
    const ended = await followRun({
      client,
      namespace,
      of: { task },
      logger,
      signal: stop,
      onRun: (before, now) => {
        silence.cancel();
        name.run = now.metadata.name;
        for (const step of runSteps(before, now)) if (!isFinished(now)) say(step);
      },
      onCall: (before, now) => {
        for (const step of callSteps(before, now)) say(step);
      },
      onReachable: reachabilityNotice(io),
    });
    return report(ended, io);
  } catch (error) {
    if (!stop.aborted) throw error;
    const runName = name.run ?? task;
    const follow = `${io.programName} logs ${runName}${hint} -f`;
    if (late?.aborted && !first.signal.aborted) {
      io.err.write(
        style.warn(`no answer within ${duration(timeout ?? 0)}; the run goes on. Follow it with: ${follow}\n`),
      );
      return EXIT.failed;
    }
    if (first.signal.reason === 'SIGINT' && io.err.isTTY && name.run !== undefined) {
      io.err.write(`\n${style.warn('Detaching: the run goes on.')} Press Ctrl-C again to cancel it.\n`);
      await sleep(systemClock, SECOND_THOUGHT_MS, second.signal);
      if (second.signal.aborted) {
        await client.patch(
          taskRuns,
          { namespace, name: name.run },
          { type: 'merge', body: { spec: { cancel: true } } },
        );
        io.err.write(`TaskRun ${name.run}: cancellation is requested\n`);
        return signalExitCode('SIGINT');
      }
    }
    io.err.write(`Detached from ${runName}. Follow it with: ${follow}\n`);
    return signalExitCode(first.signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  } finally {
    silence.cancel();
    first.dispose();
  }
}

function report(ended: TaskRun, io: Io): number {
  const style = createStyle(io.err, io.env);
  const { phase, output, error, statusDetail } = ended.status ?? {};
  if (phase === 'FinalAnswer') {
    io.out.write(`${escapeControl(output ?? '')}\n`);
    return EXIT.ok;
  }
  const why = escapeControl(error ?? statusDetail ?? '');
  // "Cancelled by spec.cancel" says it all.
  const said = phase !== undefined && why.startsWith(phase) ? why : [phase, why].filter(Boolean).join(': ');
  io.err.write(`${style.bad(said)}\n`);
  return EXIT.failed;
}
