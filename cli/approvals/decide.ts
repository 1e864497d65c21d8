import { randomBytes } from 'node:crypto';
import type { Approval, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION, approvals, STAMPS, taskRuns, taskRunToolCalls } from '../../api/index.ts';
import { systemClock } from '../../kube/index.ts';
import { argumentsDigest } from '../../policies/approvals/index.ts';
import { type ClusterOptions, type Connection, withCluster } from '../connect.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { didYouMean } from '../runs/near.ts';
import { describeCall } from '../runs/progress.ts';
import { getIfThere } from '../runs/resolve.ts';
import { escapeControl, escapeJson, escapeLine } from '../terminal/escape.ts';
import { createStyle } from '../terminal/style.ts';
import { deadline, deciders, toolOf, waitingCalls, waits } from './waiting.ts';

export interface DecideOptions extends ClusterOptions, LogOptions {
  readonly show?: boolean;
  readonly reason?: string;
}

type Decision = Approval['spec']['decision'];

/**
 * `kubechain approve CALL` and `kubechain reject CALL`: creates the Approval. The digest that it carries is that of the
 * arguments that were read, and shown, here.
 */
export async function decide(decision: Decision, name: string, options: DecideOptions, io: Io): Promise<number> {
  if (options.as === undefined && options.asGroup !== undefined) {
    throw new CliError('--as-group is of somebody else: give --as too', { exitCode: EXIT.usage });
  }
  const logger = createLogger(options, io.err, 'warn');
  return withCluster(options, io, logger, async (connection) => {
    const call = await findCall(connection, name, io);
    if (options.show) {
      io.out.write(await shown(connection, call, io));
      if (io.ask !== undefined && !/^y(es)?$/i.test((await io.ask(`${decision} this call? [y/N] `)).trim())) {
        io.err.write('Nothing is decided.\n');
        return EXIT.failed;
      }
    }
    const created = await connection.client.create(approvals, approvalOf(call, decision, options.reason));
    if (created.metadata.annotations?.[STAMPS.seal] === undefined) {
      throw new CliError(
        `Approval ${created.metadata.name} was not sealed by the admission webhook and counts for nothing: this cluster runs without it; start it with: ${io.programName} webhook`,
      );
    }
    const by = escapeLine(created.spec.approver?.username ?? 'nobody');
    const done = decision === 'Approve' ? 'approved' : 'rejected';
    io.out.write(`${done} by ${by}: ${describeCall(call)} of TaskRun ${call.spec.taskRunRef.name}\n`);
    const wanted = call.status?.approval?.minApprovals ?? 1;
    if (decision === 'Approve' && wanted > 1) io.out.write(`It runs when ${wanted} people have approved it.\n`);
    return EXIT.ok;
  });
}

async function findCall({ client, namespace }: Connection, text: string, io: Io): Promise<TaskRunToolCall> {
  const name = text.replace(/^(trtc|taskruntoolcalls?)(\.[a-z0-9.-]+)?\//i, '');
  if (name === '' || name.includes('/') || name === '.' || name === '..')
    throw new CliError(`${JSON.stringify(text)} is no name of a TaskRunToolCall`);
  const call = await getIfThere(client, taskRunToolCalls, namespace, name);
  if (call === undefined) {
    const names = (await waitingCalls(client, namespace)).map(({ call: each }) => each.metadata.name ?? '');
    throw new CliError(
      `there is no TaskRunToolCall ${JSON.stringify(name)} in namespace ${namespace}${didYouMean(name, names)}; what waits: ${io.programName} approvals`,
    );
  }
  if (!waits(call)) {
    const { phase = 'Pending', status = phase } = call.status ?? {};
    const state = status === phase || status === 'Ready' ? phase : `${phase}, ${status}`;
    throw new CliError(
      `TaskRunToolCall ${name} does not wait for an approval (it is ${state}): nothing is left to decide`,
    );
  }
  return call;
}

/** An Approval of this call with these arguments; `kubectl create -f` takes the same. */
export function approvalOf(call: TaskRunToolCall, decision: Decision, reason: string | undefined): Approval {
  const { namespace, name = '' } = call.metadata;
  const suffix = `-${decision.toLowerCase()}-${randomBytes(3).toString('hex')}`;
  return {
    apiVersion: API_VERSION,
    kind: approvals.kind,
    metadata: {
      ...(namespace === undefined ? {} : { namespace }),
      name: `${name.slice(0, 253 - suffix.length)}${suffix}`,
    },
    spec: {
      toolCallRef: { name },
      decision,
      argumentsDigest: argumentsDigest(call.spec.arguments),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

async function shown({ client, namespace }: Connection, call: TaskRunToolCall, io: Io): Promise<string> {
  const style = createStyle(io.out, io.env);
  const now = systemClock.now();
  const run = await getIfThere(client, taskRuns, namespace, call.spec.taskRunRef.name);
  const lines: [string, string][] = [
    ['call', call.metadata.name ?? ''],
    ['run', call.spec.taskRunRef.name],
    ['agent', run?.status?.agent ?? ''],
    ['tool', toolOf(call)],
    ['asked by', call.status?.approval?.requestedBy ?? ''],
    ['held by', (call.status?.approval?.demandedBy ?? []).join(', ')],
    ['who may', deciders(call, now)],
    ['deadline', deadline(call, now)],
    ['digest', argumentsDigest(call.spec.arguments)],
  ];
  const facts = lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${style.dim(name.padEnd(10))}${escapeLine(value)}`);
  return `${[
    ...facts,
    style.dim('arguments'),
    ...readable(call.spec.arguments)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n')}\n`;
}

/** Arguments with line breaks, where that shows all that is there; else as they are: a key that is there twice, say. */
export function readable(args: string): string {
  try {
    const value: unknown = JSON.parse(args);
    const packed = args.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
    if (JSON.stringify(value) === packed) return escapeJson(JSON.stringify(value, null, 2));
  } catch {
    // Shown as it is.
  }
  return escapeControl(args);
}
