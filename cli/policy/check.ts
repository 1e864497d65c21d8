import { finish, type ReportOptions } from '../findings/finish.ts';
import type { Io } from '../io.ts';
import { loadStampKeys } from '../stampKeys.ts';
import { type InputOptions, readInputs } from './inputs.ts';
import { judgeTree } from './judge.ts';

export interface CheckOptions extends InputOptions, ReportOptions {
  readonly stampKey?: readonly string[];
  readonly now?: number;
}

/** `kubechain policy check`: what the cluster would say of these files. */
export async function policyCheck(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const { tree, unreadable, changes } = await readInputs(paths, options, io);
  const { broken, ...judgement } = judgeTree(tree, {
    now: options.now ?? Date.now(),
    stampKeys: loadStampKeys(options.stampKey, io.cwd),
    ...(changes === undefined ? {} : { changes }),
  });
  const nothing =
    options.base === undefined || tree.ours.length === 0
      ? `nothing to check: no object of ours in ${paths.join(', ')}`
      : `nothing to check: no object of ours has changed since ${options.base}`;
  return finish({ command: 'policy check', ...judgement }, { unreadable, broken, nothing }, options, io);
}
