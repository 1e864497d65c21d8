/**
 * All benchmarks, one after the other, each in a process of its own: one that fails does not keep the others from running. The exit code says
 * whether all of them came to their end; figures that fall short are in the tables.
 *
 *     node bench/all.ts [NAME…]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const BENCHMARKS = [
  'runs',
  'slowModel',
  'turns',
  'memory',
  'kills',
  'webhook',
  'webhookRuns',
  'webhookSoak',
  'policy',
  'policyCheck',
  'commit',
  'devcluster/index',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: there are ${BENCHMARKS.join(', ')}`);
  process.exit(2);
}
const failed: string[] = [];
for (const name of asked.length > 0 ? asked : BENCHMARKS) {
  // What else the machine does is part of every figure.
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(
    `\n${name}: ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load before ${load.join(' ')}`,
  );
  const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`\ndid not come to their end: ${failed.join(', ')}`);
  process.exitCode = 1;
}
