import type { Command } from 'commander';
import { Option } from 'commander';
import type { Io } from '../io.ts';
import { collect, GITOPS_USER, parseAge, parseNamespace, parseTime, STAMP_KEY } from '../options.ts';
import { FORMATS, inputs, report } from './options.ts';

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
    .option(...STAMP_KEY, collect);
  report(inputs(check))
    .option('--now <time>', 'the time at which exceptions are judged; now when left out', parseTime)
    .action(async (paths, options) => finish(await (await import('./check.ts')).policyCheck(paths, options, io)));
  policy
    .command('export-vap')
    .argument('<path...>', 'files and folders with policies; - for standard input')
    .summary('print what of policies the API server itself can enforce')
    .description(
      'Prints ValidatingAdmissionPolicies and their bindings: the part of the policies that CEL can say, so that it holds ' +
        'where the webhook is not asked. What cannot be said is listed in comments and on standard error. ' +
        'Exit code: 0 printed, 2 usage or unreadable input, 3 a policy is broken, 5 nothing to export.',
    )
    .option('--without-exceptions', 'export policies that allow exceptions, too: exceptions do not count there')
    .action(async (paths, options) => finish(await (await import('./exportVap.ts')).exportVap(paths, options, io)));
  policy
    .command('test')
    .argument('<path...>', 'folders and files with suites; files that are none are passed over')
    .summary('run tests of policies')
    .description(
      'Runs suites of tests of policies (docs/policy-tests.md): what is asked, and what must be answered. Names the rules ' +
        'that no case exercises. Exit code: 0 all passed, 1 a case failed, 2 usage or unreadable input, 3 a policy is broken, ' +
        '5 no test ran.',
    )
    .addOption(new Option('-o, --output <format>', 'form of the report').choices(FORMATS).default('text'))
    .option('--output-file <file>', 'write the report there instead of to standard output')
    .option('--require-coverage', 'fail where a rule is exercised by no case')
    .option('--filter <text>', 'only cases whose name contains it')
    .option('--now <time>', 'the time of suites that name none; now when left out', parseTime)
    .action(async (paths, options) =>
      finish(await (await import('../testing/command.ts')).policyTest(paths, options, io)),
    );
  const clusterOptions = (command: Command) =>
    command
      .option('-n, --namespace <namespace>', 'only this namespace; all when left out', parseNamespace)
      .option('--kubeconfig <file>', 'kubeconfig, where a cluster is read')
      .option('--context <name>', 'another context than the current one')
      .option('-v, --verbose', 'say which cluster is used');
  clusterOptions(
    policy
      .command('explain')
      .argument('<agent>', 'name of an Agent')
      .argument('<tool>', 'the tool: fetch/fetch, builtin/add, tool/orders, agent/poet')
      .summary('say whether an agent may call a tool, and why')
      .description(
        'Prints the verdict on a call and the way to it: each policy, rule and pattern, as a tree. Exit code: 0 it may, or a ' +
          'human has to approve, 1 it is denied, 2 usage, 3 a policy is broken.',
      )
      .option('-f, --files <path>', 'manifests instead of the cluster; may be repeated', collect)
      .option('--args <json>', 'the arguments of the call')
      .addOption(
        new Option('--place <place>', 'where it is asked')
          .choices(['runtime', 'admission', 'background', 'cli'])
          .default('runtime'),
      )
      .addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json', 'yaml']).default('text'))
      .option('--now <time>', 'the time at which it is asked; now when left out', parseTime),
  ).action(async (agent, tool, options) =>
    finish(await (await import('./explain.ts')).policyExplain(agent, tool, options, io)),
  );
  clusterOptions(
    report(
      policy
        .command('diff')
        .argument('<old>', 'policies as they are: a file, a folder or a glob')
        .argument('<new>', 'policies as they are to be')
        .argument('[path...]', 'files with objects, and with recorded runs')
        .summary('say what flips when policies change')
        .description(
          'Judges objects and recorded tool calls by both and prints those whose verdict flips, both ways: newly denied is an ' +
            'error, newly held back a notice, newly let through a warning. Exit code: as policy check.',
        )
        .option('--cluster', 'objects and runs of the cluster instead of files')
        .option(...STAMP_KEY, collect)
        .option('--namespace-labels <file>', 'labels of namespaces, for policies that select by them'),
    ).option('--now <time>', 'the time at which objects are judged; now when left out', parseTime),
  ).action(async (old, fresh, paths, options) =>
    finish(await (await import('./replay.ts')).policyDiff(old, fresh, paths, options, io)),
  );
  clusterOptions(
    report(
      policy
        .command('replay')
        .summary('judge the tool calls of the last days by other policies')
        .description(
          'Takes the tool calls that models asked for from the checkpoints of runs, refused ones included, and says which would have been ' +
            'denied (error), held back (notice) or newly allowed (warning) by other policies. Exit code: as policy check.',
        )
        .requiredOption('--policies <path>', 'the policies; may be repeated', collect)
        .option(
          '--runs <file>',
          'what kubectl get taskruns,taskruntoolcalls,contextpages,agentrevisions -o yaml printed, instead of the cluster; may be repeated',
          collect,
        )
        .option('--namespace-labels <file>', 'labels of namespaces, for policies that select by them')
        .addOption(
          new Option('--since <duration>', 'leave out runs that ended longer ago: 7d, 12h').argParser(parseAge),
        ),
    ).option('--now <time>', 'the time that --since counts from; now when left out', parseTime),
  ).action(async (options) => finish(await (await import('./replay.ts')).policyReplay(options, io)));
  clusterOptions(
    report(
      policy
        .command('audit')
        .summary('judge the objects of the cluster')
        .description(
          'The background scan of the operator, now and here: all live definitions, as if they were created now, by the policies of the ' +
            'cluster in their background mode. Exit code: as policy check.',
        )
        .option(...GITOPS_USER, collect)
        .option(...STAMP_KEY, collect)
        .option('--argocd-namespace <namespace>', 'namespace of Argo CD', parseNamespace, 'argocd')
        .option('--argocd-installation-id <id>', 'which Argo CD counts, where several share the cluster')
        .option('--system-namespace <namespace>', 'namespace of the operator', parseNamespace, 'kubechain-system'),
    ).option('--now <time>', 'the time at which exceptions are judged; now when left out', parseTime),
  ).action(async (options) => finish(await (await import('./audit.ts')).policyAudit(options, io)));
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
