import type { Message, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { taskRunToolCalls } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { wholeContext } from '../runs/context.ts';
import { events, type KubeEvent } from '../runs/events.ts';
import { followRun } from '../runs/follow.ts';
import { callSteps, isFinished, runSteps } from '../runs/progress.ts';
import { reachabilityNotice } from '../runs/reachable.ts';
import { resolveRun } from '../runs/resolve.ts';
import { attemptLine, footerLines, headerLines, type Layout, messageLines, openCallLines } from '../runs/transcript.ts';
import { listenForShutdown, signalExitCode } from '../signals.ts';
import { createStyle } from '../terminal/style.ts';

export interface LogsOptions extends ClusterOptions, LogOptions {
  readonly follow?: boolean;
}

/** `kubechain logs RUN [-f]`: the run as a readable transcript. */
export function logs(name: string, options: LogsOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  const layout: Layout = { style: createStyle(io.out, io.env), columns: io.out.isTTY ? io.out.columns : undefined };
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) io.out.write(`${lines.join('\n')}\n`);
  };
  return withCluster(options, io, logger, async ({ client, namespace }) => {
    const run = await resolveRun(client, namespace, name);
    const runName = run.metadata.name ?? name;
    print(headerLines(run, layout));
    if (!options.follow || isFinished(run)) {
      const [messages, calls, warnings] = await Promise.all([
        wholeContext(client, run),
        callsOf(client, namespace, runName),
        warningsOf(client, namespace, runName),
      ]);
      const answered = matchCalls(messages, calls);
      print(messages.flatMap((message, index) => messageLines(message, answered.get(index), layout)));
      const matched = new Set(answered.values());
      print(calls.filter((call) => !matched.has(call)).flatMap((call) => openCallLines(call, layout)));
      print(footerLines(run, warnings, layout, Date.now()));
      return EXIT.ok;
    }

    const shutdown = listenForShutdown({ source: io.signals, force: process.exit });
    const printer = createMessagePrinter(client, print, layout);
    try {
      const ended = await followRun({
        client,
        namespace,
        of: { run: runName },
        logger,
        signal: shutdown.signal,
        onRun: (before, now) => printer.see(before, now),
        onCall: (before, now) => printer.call(before, now),
        onReachable: reachabilityNotice(io),
      });
      await printer.done();
      print(footerLines(ended, await warningsOf(client, namespace, runName), layout, Date.now()));
      return EXIT.ok;
    } catch (error) {
      if (shutdown.signal.aborted) return signalExitCode('SIGINT');
      throw error;
    } finally {
      shutdown.dispose();
    }
  });
}

/** Prints messages as they come, each once and in order; reads pages when messages have moved there unseen. */
function createMessagePrinter(client: KubeClient, print: (lines: readonly string[]) => void, layout: Layout) {
  let printed = 0;
  let work: Promise<void> = Promise.resolve();
  let failure: unknown;

  async function newMessages(run: TaskRun): Promise<Message[]> {
    const paged = (run.status?.contextPages ?? []).reduce((sum, page) => sum + page.messages, 0);
    const window = run.status?.contextWindow ?? [];
    if (paged + window.length <= printed) return [];
    return printed >= paged ? window.slice(printed - paged) : (await wholeContext(client, run)).slice(printed);
  }
  const then = (task: () => void | Promise<void>): void => {
    work = work.then(task).catch((error: unknown) => {
      failure ??= error;
    });
  };

  return {
    see(before: TaskRun | undefined, run: TaskRun): void {
      then(async () => {
        const fresh = await newMessages(run);
        printed += fresh.length;
        print(fresh.flatMap((message) => messageLines(message, undefined, layout)));
        const attempt = attemptLine(run, layout);
        const steps = runSteps(before, run);
        if (attempt !== undefined && steps.length > 0) print([attempt]);
        else if (!isFinished(run))
          print(steps.map(({ what, detail }) => layout.style.dim(`· ${what}${detail === '' ? '' : `: ${detail}`}`)));
      });
    },
    call(before: TaskRunToolCall | undefined, now: TaskRunToolCall): void {
      then(() => {
        // The call itself stands in the assistant's message, its result in the tool's: what is left is how it goes.
        const steps = before === undefined ? [] : callSteps(before, now);
        print(steps.map(({ what, detail }) => layout.style.dim(`· ${what}${detail === '' ? '' : `: ${detail}`}`)));
      });
    },
    async done(): Promise<void> {
      await work;
      if (failure !== undefined) throw failure;
    },
  };
}

async function callsOf(client: KubeClient, namespace: string, run: string): Promise<TaskRunToolCall[]> {
  const list = await client.list(taskRunToolCalls, { namespace, fieldSelector: `spec.taskRunRef.name=${run}` });
  return list.items.toSorted((a, b) =>
    (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '', 'en', { numeric: true }),
  );
}

async function warningsOf(client: KubeClient, namespace: string, run: string): Promise<KubeEvent[]> {
  const list = await client.list(events, {
    namespace,
    fieldSelector: `involvedObject.kind=TaskRun,involvedObject.name=${run},type=Warning`,
  });
  return list.items;
}

/** Which tool call each tool message (by position) answers: by the model's id, in order where a model repeats its ids. */
function matchCalls(messages: readonly Message[], calls: readonly TaskRunToolCall[]): Map<number, TaskRunToolCall> {
  const waiting = [...calls];
  const found = new Map<number, TaskRunToolCall>();
  for (const [index, { role, toolCallId }] of messages.entries()) {
    if (role !== 'tool') continue;
    const at = waiting.findIndex(({ spec }) => spec.toolCallId === toolCallId);
    const call = waiting[at];
    if (call === undefined) continue;
    waiting.splice(at, 1);
    found.set(index, call);
  }
  return found;
}
