import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from '../io.ts';
import { collect } from '../options.ts';

const MOST_REASON = 4096;

function parseReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must say something.');
  if ([...text].length > MOST_REASON)
    throw new InvalidArgumentError(`It must not be longer than ${MOST_REASON} characters.`);
  return text;
}

/** `approvals`, `approve` and `reject`. `common` adds the options of all commands that talk to a cluster. */
export function registerApprovals(
  program: Command,
  io: Io,
  finish: (exitCode: number) => void,
  common: (command: Command) => Command,
): void {
  common(
    program
      .command('approvals')
      .summary('list the tool calls that wait for a person')
      .description('Lists the tool calls that wait for a person: since when, who may decide, until when.')
      .option('-A, --all-namespaces', 'in all namespaces')
      .addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text')),
  ).action(async (options) => finish(await (await import('./list.ts')).approvals(options, io)));

  const decision = (name: string, summary: string, description: string): Command =>
    common(
      program
        .command(name)
        .summary(summary)
        .description(description)
        .argument('<call>', 'name of a TaskRunToolCall')
        .option('--show', 'print the arguments and their digest first, and ask, on a terminal')
        .option('--as <user>', 'as this user, where RBAC lets you impersonate them')
        .option('--as-group <group>', 'with --as: and of this group; may be repeated', collect),
    );
  decision(
    'approve',
    'approve a tool call that waits',
    'Creates an Approval for the arguments that the call has: the tool runs when as many people have approved as are to.',
  )
    .addOption(new Option('--reason <text>', 'why').argParser(parseReason))
    .action(async (call: string, options) =>
      finish(await (await import('./decide.ts')).decide('Approve', call, options, io)),
    );
  decision(
    'reject',
    'reject a tool call that waits',
    'Creates an Approval that rejects the call. The model reads the reason, and the run goes on.',
  )
    .addOption(new Option('--reason <text>', 'why; the model reads it').argParser(parseReason).makeOptionMandatory())
    .action(async (call: string, options) =>
      finish(await (await import('./decide.ts')).decide('Reject', call, options, io)),
    );
}
