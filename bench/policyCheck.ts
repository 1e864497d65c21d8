/**
 * `kubechain policy check` as people start it: the whole program, 1,000 files, 16 policies. Run it with `node bench/policyCheck.ts`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printTable } from './support/table.ts';

const FILES = 1_000;
const POLICIES = 16;
const RUNS = 5;
const MOST_SECONDS = 2;

const head = (kind: string, name: string): string =>
  `apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
const folder = mkdtempSync(join(tmpdir(), 'kubechain-bench-'));
try {
  mkdirSync(join(folder, 'policies'));
  mkdirSync(join(folder, 'teams'));
  for (let i = 0; i < POLICIES; i++) {
    writeFileSync(
      join(folder, 'policies', `policy-${i}.yaml`),
      `${head('ClusterAgentPolicy', `policy-${i}`)}spec:\n  defaultAction: Deny\n  tools:\n    allow: ["builtin/*", "fetch/*", ${Array.from({ length: 50 }, (_, j) => `"server-${j}/read_*"`).join(', ')}]\n    deny: ["*/delete_*"]\n  prompts: {denySecretPatterns: true}\n  rules:\n    - {name: short, expression: "size(object.spec.system) < 10000", kinds: [Agent]}\n`,
    );
  }
  for (let i = 0; i < FILES; i++) {
    writeFileSync(
      join(folder, 'teams', `agent-${i}.yaml`),
      `${head('Agent', `agent-${i}`)}spec:\n  llmRef:\n    name: gpt\n  system: |\n    You are agent ${i}. Help with what you are asked, briefly.\n  tools:\n    - name: add\n  mcpServers:\n    - name: fetch\n    - name: server-${i % 50}\n`,
    );
  }
  const program = join(import.meta.dirname, '..', 'bin', 'kubechain');
  /** What the program has used of the processors when it ends: what else the machine does is not counted. */
  const hook = `data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();process.stderr.write('\\ncpu '+(user+system))})`;
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const measure = (...args: string[]): { seconds: number; processor: number } => {
    const results = Array.from({ length: RUNS }, () => {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [`--import=${hook}`, program, ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`exit ${status}: ${stderr}`);
      return {
        seconds: (performance.now() - start) / 1000,
        processor: Number(/cpu (\d+)/.exec(stderr)?.[1]) / 1e6,
      };
    });
    return {
      seconds: median(results.map(({ seconds }) => seconds)),
      processor: median(results.map(({ processor }) => processor)),
    };
  };
  const check = measure('policy', 'check', 'teams', '--policies', 'policies');
  const version = measure('--version');
  const row = (what: string, seconds: number) => ({
    what,
    measured: `${seconds.toFixed(2)} s`,
    toReach: `≤ ${MOST_SECONDS} s`,
    reached: seconds <= MOST_SECONDS,
  });
  printTable(`kubechain policy check, ${FILES} files, ${POLICIES} policies, median of ${RUNS}`, [
    row('by the clock, program start included', check.seconds),
    row('processor time', check.processor),
    row('kubechain --version, for scale: processor time', version.processor),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
