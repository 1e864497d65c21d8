import type { Command } from 'commander';
import { Option } from 'commander';
import { collect, parseNamespace } from '../options.ts';

/** What reports come in: a copy of `FORMATS`, so that `--help` loads nothing. */
export const FORMATS = ['text', 'json', 'yaml', 'junit', 'sarif', 'github', 'markdown'];

/** Options of commands that print findings. */
export function report(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'form of the report').choices(FORMATS).default('text'))
    .option('--output-file <file>', 'write the report there instead of to standard output')
    .addOption(new Option('--fail-on <level>', 'fail on warnings, too').choices(['warn']));
}

/** Options of commands that judge files by policies. */
export function inputs(command: Command): Command {
  return command
    .option('--policies <path>', 'policies that count beside those among the files; may be repeated', collect)
    .option('--exceptions <path>', 'exceptions that count beside those among the files; may be repeated', collect)
    .option('--base <ref>', 'report only what has changed since the branch left this commit; all files are context')
    .option('--namespace-labels <file>', 'labels of namespaces, for policies that select by them')
    .option('-n, --namespace <namespace>', 'namespace of objects that name none', parseNamespace, 'default');
}
