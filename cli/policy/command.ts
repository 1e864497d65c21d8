import type { Command } from 'commander';
import { Option } from 'commander';
import type { Io } from '../io.ts';
import { collect, parseNamespace, parseTime } from '../options.ts';
import { inputs, report } from './options.ts';

/** Adds `kubechain policy …`. */
export function registerPolicy(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const policy = program
    .command('policy')
    .summary('judge manifests by policies')
    .description('Judges by the engine that judges in the cluster.');
  const check = policy
    .command('check')
    .argument('<path...>', 'files, folders and globs of YAML or JSON; - for standard input')
    .summary('check files as the cluster will')
    .description(
      'Checks objects of ours by their schemas and by the policies: those among the files and those of --policies. ' +
        'Exit code: 0 clean, 1 violations, 2 usage or unreadable input, 3 a policy is broken, ' +
        '4 warnings with --fail-on warn, 5 nothing to check.',
    )
    .option('--stamp-key <file>', 'public key (PEM, Ed25519) of signed stamps; may be repeated', collect);
  report(inputs(check))
    .option('--now <time>', 'the time at which exceptions are judged; now when left out', parseTime)
    .action(async (paths, options) => finish(await (await import('./check.ts')).policyCheck(paths, options, io)));
  policy
    .command('test')
    .argument('<path...>', 'folders and files with suites; files that are none are passed over')
    .summary('run tests of policies')
    .description(
      'Runs suites of tests of policies (docs/policy-tests.md): what is asked, and what must be answered. Names the rules ' +
        'that no case exercises. Exit code: 0 all passed, 1 a case failed, 2 usage or unreadable input, 3 a policy is broken, ' +
        '5 no test ran.',
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the report')
        .choices(['text', 'json', 'yaml', 'junit', 'github', 'markdown'])
        .default('text'),
    )
    .option('--output-file <file>', 'write the report there instead of to standard output')
    .option('--require-coverage', 'fail where a rule is exercised by no case')
    .option('--filter <text>', 'only cases whose name contains it')
    .option('--now <time>', 'the time of suites that name none; now when left out', parseTime)
    .action(async (paths, options) =>
      finish(await (await import('../testing/command.ts')).policyTest(paths, options, io)),
    );
}

/** Adds `kubechain lint`. */
export function registerLint(program: Command, io: Io, finish: (exitCode: number) => void): void {
  report(
    program
      .command('lint')
      .argument('<path...>', 'files, folders and globs of YAML or JSON; - for standard input')
      .summary('check manifests before the cluster does')
      .description(
        'Checks objects of ours: schemas with their rules and unknown fields, names, references, delegation in circles, ' +
          'and what is allowed but likely not meant. Exit code: 0 clean, 1 errors, 2 usage or unreadable input, ' +
          '4 warnings with --fail-on warn, 5 nothing to check.',
      )
      .option('--base <ref>', 'report only what has changed since the branch left this commit; all files are context')
      .option(
        '--assume <kind/name>',
        'an object that the cluster has and no file; * for any text; may be repeated',
        collect,
      )
      .option('-n, --namespace <namespace>', 'namespace of objects that name none', parseNamespace, 'default'),
  ).action(async (paths, options) => finish(await (await import('../lint/command.ts')).lint(paths, options, io)));
}
