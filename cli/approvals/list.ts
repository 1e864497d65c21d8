import { systemClock } from '../../kube/index.ts';
import { argumentsDigest } from '../../policies/approvals/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { duration } from '../runs/progress.ts';
import { escapeJson, escapeLine } from '../terminal/escape.ts';
import { createStyle } from '../terminal/style.ts';
import { pad, textWidth } from '../terminal/width.ts';
import { deadline, deciders, since, toolOf, type WaitingCall, waitingCalls } from './waiting.ts';

export interface ApprovalsOptions extends ClusterOptions, LogOptions {
  readonly allNamespaces?: boolean;
  readonly output: 'text' | 'json';
}

/** `kubechain approvals`: what waits for a person. */
export function approvals(options: ApprovalsOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  return withCluster(options, io, logger, async ({ client, namespace }) => {
    const waiting = await waitingCalls(client, options.allNamespaces ? undefined : namespace);
    const now = systemClock.now();
    if (options.output === 'json') {
      io.out.write(
        `${escapeJson(
          JSON.stringify(
            waiting.map((each) => asJson(each)),
            null,
            2,
          ),
        )}\n`,
      );
    } else if (waiting.length === 0) {
      io.err.write(`No call waits for an approval${options.allNamespaces ? '' : ` in namespace ${namespace}`}.\n`);
    } else {
      io.out.write(table(waiting, now, options.allNamespaces ?? false, io));
    }
    return EXIT.ok;
  });
}

function asJson({ call, run }: WaitingCall): object {
  const { namespace, name } = call.metadata;
  const { approval } = call.status ?? {};
  return {
    namespace,
    name,
    run: call.spec.taskRunRef.name,
    agent: run?.status?.agent,
    tool: toolOf(call),
    arguments: call.spec.arguments,
    ...approval,
    argumentsDigest: argumentsDigest(call.spec.arguments),
  };
}

function table(waiting: readonly WaitingCall[], now: number, namespaced: boolean, io: Io): string {
  const style = createStyle(io.out, io.env);
  const rows = waiting.map(({ call, run }) => [
    ...(namespaced ? [call.metadata.namespace ?? ''] : []),
    call.metadata.name ?? '',
    run?.status?.agent ?? '',
    toolOf(call),
    duration(Math.max(0, now - since(call))),
    deciders(call, now),
    deadline(call, now),
  ]);
  const head = [...(namespaced ? ['NAMESPACE'] : []), 'CALL', 'AGENT', 'TOOL', 'WAITS', 'WHO MAY DECIDE', 'DEADLINE'];
  const safe = [head, ...rows.map((row) => row.map(escapeLine))];
  const widths = head.map((_, column) => Math.max(...safe.map((row) => textWidth(row[column] ?? ''))));
  const lines = safe.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  return `${lines.map((line, index) => (index === 0 ? style.dim(line) : line)).join('\n')}\n`;
}
