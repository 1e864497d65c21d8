import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { loadStampKeys } from '../stampKeys.ts';
import { judgeManifests } from './judge.ts';
import { readManifests } from './manifests.ts';
import type { Format } from './report.ts';
import { render } from './report.ts';

/** What a pull request's check learns from us. */
export const POLICY_EXIT = { clean: 0, violations: 1, usage: 2, evaluation: 3, warnings: 4, nothing: 5 } as const;

export interface CheckOptions {
  readonly policies?: readonly string[];
  readonly exceptions?: readonly string[];
  readonly stampKey?: readonly string[];
  readonly output: Format;
  readonly failOn?: 'warn';
  readonly now?: string;
}

/** `kubechain policy check`: what the cluster would say of these files. */
export async function policyCheck(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const now = options.now === undefined ? Date.now() : Date.parse(options.now);
  if (!Number.isFinite(now)) {
    throw new CliError(`--now ${options.now}: write it as 2026-12-31T00:00:00Z`, { exitCode: EXIT.usage });
  }
  const { reports, judged, broken } = judgeManifests(await readManifests(paths, io), {
    policies: await readManifests(options.policies ?? [], io),
    exceptions: await readManifests(options.exceptions ?? [], io),
    stampKeys: loadStampKeys(options.stampKey, io.cwd),
    now,
  });
  io.out.write(render(reports, judged, options.output));
  for (const { policy, field, message } of broken) {
    io.err.write(
      `kubechain: ${policy.kind} ${policy.name} is broken and denies all that it matches: ${field}: ${message}\n`,
    );
  }
  if (broken.length > 0) return POLICY_EXIT.evaluation;
  if (judged === 0) {
    io.err.write(`kubechain: nothing to check: no object of ours in ${paths.join(', ')}\n`);
    return POLICY_EXIT.nothing;
  }
  if (reports.some(({ level }) => level === 'error')) return POLICY_EXIT.violations;
  if (options.failOn === 'warn' && reports.some(({ level }) => level === 'warning')) return POLICY_EXIT.warnings;
  return POLICY_EXIT.clean;
}
