import type { Agent, AgentRevision } from '../../api/index.ts';
import { effectiveLlm } from '../../policies/engine/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { revisionDiff } from '../revisions/diff.ts';
import { findRevision, revisionsOf, type Uses, usesOf } from '../revisions/read.ts';
import { escapeControl } from '../terminal/escape.ts';
import { createStyle } from '../terminal/style.ts';

export interface RevisionsOptions extends ClusterOptions, LogOptions {
  readonly output: 'text' | 'json';
}

/** `kubechain revisions AGENT`: what an Agent was, and which runs were it. */
export function revisions(name: string, options: RevisionsOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  return withCluster(options, io, logger, async ({ client, namespace }) => {
    const { agent, revisions: all } = await revisionsOf(client, namespace, name);
    const uses = await usesOf(client, namespace);
    const rows = all.map((revision) => rowOf(revision, agent, uses.get(revision.metadata.name ?? '')));
    if (options.output === 'json') {
      io.out.write(`${JSON.stringify(rows, null, 2)}\n`);
      return EXIT.ok;
    }
    io.out.write(
      table([
        ['', 'REVISION', 'CREATED', 'MODEL', 'TOOLS', 'RUNS', 'UNDER WAY', 'COMMITS'],
        ...rows.map((row) => [
          row.current ? '*' : '',
          row.revision,
          row.created,
          escapeControl(row.model),
          String(row.tools),
          String(row.runs),
          String(row.underWay),
          row.commits.map((commit) => escapeControl(commit.slice(0, 12))).join(' '),
        ]),
      ]),
    );
    return EXIT.ok;
  });
}

function rowOf(revision: AgentRevision, agent: Agent | undefined, uses: Uses | undefined) {
  const { spec, metadata } = revision;
  const current = agent?.status?.currentRevision === metadata.name;
  const commits = new Set(uses?.commits ?? []);
  const present = current ? agent?.status?.provenance?.revision : undefined;
  if (present !== undefined) commits.add(present);
  return {
    revision: metadata.name ?? '',
    current,
    created: metadata.creationTimestamp ?? '',
    // Revisions of earlier releases leave out a model that is the default.
    model: `${spec.llm.provider}/${effectiveLlm({ spec: spec.llm }).model.value}`,
    tools: spec.tools.length,
    runs: uses?.runs ?? 0,
    underWay: uses?.underWay ?? 0,
    commits: [...commits],
  };
}

/** `kubechain diff REV REV`: what changed from one revision to another. Exits 1 where something did, as diff does. */
export function diff(before: string, after: string, options: ClusterOptions & LogOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  return withCluster(options, io, logger, async ({ client, namespace }) => {
    const [old, now] = [await findRevision(client, namespace, before), await findRevision(client, namespace, after)];
    const lines = revisionDiff(old.spec, now.spec);
    if (lines.length === 0) return EXIT.ok;
    const uses = await usesOf(client, namespace);
    const style = createStyle(io.out, io.env);
    const head = (mark: string, { metadata }: AgentRevision): string => {
      const { runs = 0, underWay = 0 } = uses.get(metadata.name ?? '') ?? {};
      return `${mark} ${metadata.name}  ${metadata.creationTimestamp}  ${runs} ${runs === 1 ? 'run' : 'runs'}, ${underWay} under way\n`;
    };
    io.out.write(head('---', old) + head('+++', now));
    const colour = { '-': style.bad, '+': style.good, '~': style.warn, '@': style.dim, ' ': String };
    for (const { mark, text } of lines) io.out.write(`${colour[mark](`${mark} ${escapeControl(text)}`.trimEnd())}\n`);
    return EXIT.failed;
  });
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
