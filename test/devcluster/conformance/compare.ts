/**
 * Runs the conformance cases on a real server and on an embedded one side by side and prints where they differ.
 *
 *   REAL=KUBECONFIG node test/devcluster/conformance/compare.ts [REGEXP of the cases' ids] [--brief] [--known] [--from=FILE]
 *
 * With --from those of a module alone, which exports them as its default: cases that are not kept yet.
 * With --known only the cases that are known to differ, with --sweep every field of every builtin kind with odd values (sweep.ts). With
 * --record the answers that are the same on both are kept, beside those that the files have already.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { pathToFileURL } from 'node:url';
import { inspect, isDeepStrictEqual } from 'node:util';
import { startApiServer } from '../../../devcluster/index.ts';
import { startWebhookServer } from '../../support/webhookServer.ts';
import { allCases, idOf, prepare } from './cases.ts';
import { type Case, type Connection, connect, connectTo, run } from './harness.ts';
import { probes } from './probes.cases.ts';
import { sweepCases } from './sweep.ts';

const sweeps = process.argv.includes('--sweep');
const known = process.argv.includes('--known');
const brief = process.argv.includes('--brief');
const from = process.argv.find((word) => word.startsWith('--from='))?.slice('--from='.length);
const pattern = new RegExp(process.argv.slice(2).find((word) => !word.startsWith('--')) ?? '');
const realPath = process.env.REAL;
if (realPath === undefined) throw new Error('REAL must name the kubeconfig of a real cluster');

/** A value on one line; of long texts the part where they begin to differ. */
function show(value: unknown, other: unknown): string {
  const text = inspect(value, {
    depth: 8,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxStringLength: null,
  });
  const against = inspect(other, {
    depth: 8,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxStringLength: null,
  });
  if (text.length < 400) return text;
  let at = 0;
  while (at < text.length && text[at] === against[at]) at++;
  const start = Math.max(0, at - 80);
  return `${start > 0 ? '…' : ''}${text.slice(start, start + 400)}…`;
}

/** The paths at which two values differ, with both sides. */
function differences(a: unknown, b: unknown, path: string, out: string[]): void {
  if (isDeepStrictEqual(a, b)) return;
  const both = (x: unknown): x is { [key: string]: unknown } => typeof x === 'object' && x !== null;
  if (both(a) && both(b) && Array.isArray(a) === Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      differences(a[key], b[key], `${path}.${key}`, out);
    return;
  }
  out.push(`  ${path}\n    real: ${show(a, b)}\n    ours: ${show(b, a)}`);
}

const agent = new Agent({ keepAlive: true, maxSockets: 20 });
const real = connect(realPath);
const hooks = await startWebhookServer();
const server = await startApiServer({ inMemory: true });
const ours = connectTo(server.kubeconfig);
const attempt = async (connection: Connection, item: Parameters<typeof run>[2]): Promise<unknown> => {
  const name = `conf-${Math.random().toString(36).slice(2, 10)}`;
  return run(connection, agent, item, name, item.hooks === undefined ? undefined : hooks).catch((error: unknown) => ({
    failed: String(error),
  }));
};
await Promise.all([prepare(real, agent), prepare(ours, agent)]);
const alike = new Map<string, Map<string, unknown>>();
const table = new Map<string, { equal: number; total: number }>();
const asked: readonly Case[] =
  from === undefined
    ? sweeps
      ? sweepCases
      : [...allCases, ...probes]
    : ((await import(pathToFileURL(from).href)) as { readonly default: readonly Case[] }).default;
const waiting = asked.filter((item) => pattern.test(idOf(item)) && (item.differs !== undefined) === known);
const worker = async (): Promise<void> => {
  for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
    const [a, b] = await Promise.all([attempt(real, item), attempt(ours, item)]);
    const row = table.get(item.area) ?? { equal: 0, total: 0 };
    table.set(item.area, row);
    row.total++;
    if (isDeepStrictEqual(a, b)) {
      row.equal++;
      alike.set(item.area, (alike.get(item.area) ?? new Map<string, unknown>()).set(idOf(item), a));
      continue;
    }
    const found: string[] = [];
    differences(a, b, '', found);
    process.stdout.write(`${idOf(item)}\n${found.slice(0, brief ? 2 : 8).join('\n')}\n`);
  }
};
await Promise.all(Array.from({ length: 6 }, worker));
let [equal, total] = [0, 0];
for (const [area, row] of [...table].sort()) {
  process.stdout.write(`${area.padEnd(14)} ${row.equal}/${row.total}\n`);
  equal += row.equal;
  total += row.total;
}
process.stdout.write(`${'all'.padEnd(14)} ${equal}/${total}\n`);
if (process.argv.includes('--record')) {
  for (const [area, answers] of alike) {
    const file = new URL(`./recorded/${area}.json`, import.meta.url);
    const before: { [id: string]: unknown } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const after = { ...before, ...Object.fromEntries(answers) };
    const lines = Object.entries(after).map(([id, answer]) => `${JSON.stringify(id)}:${JSON.stringify(answer)}`);
    writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
  }
}
agent.destroy();
await server.close();
process.exit(0);
