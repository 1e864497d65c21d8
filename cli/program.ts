import { Command, Option } from 'commander';
import { registerApprovals } from './approvals/command.ts';
import { registerArgocd } from './argocd/command.ts';
import { registerEgressProxy, registerMcpBridge } from './commands/registerMcpBridge.ts';
import { DATA_DIR, WEBHOOK_CERT_SECRET } from './defaults.ts';
import { registerGitops } from './gitops/command.ts';
import type { Io } from './io.ts';
import {
  collect,
  GITOPS_USER,
  parseCount,
  parseDuration,
  parseName,
  parseNamespace,
  parsePort,
  STAMP_KEY,
} from './options.ts';
import { registerLint, registerPolicy } from './policy/command.ts';
import { registerSimulateOpenAI } from './simulate-openai/command.ts';
import { version } from './version.ts';

/**
 * The command line. Each command's implementation is loaded when it runs, so that `--help` is quick.
 *
 * @param finish is told the exit code of the command that ran
 */
export function createProgram(io: Io, finish: (exitCode: number) => void): Command {
  const program = new Command('kubechain')
    .description('AI agents on Kubernetes as API objects: durable runs, every tool call admitted.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .configureOutput({
      writeOut: (text) => void io.out.write(text),
      writeErr: (text) => void io.err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'kubechain: ')),
      getOutHelpWidth: () => Math.min(io.out.columns ?? 100, 120),
      getErrHelpWidth: () => Math.min(io.err.columns ?? 100, 120),
    })
    .exitOverride();

  logging(
    program
      .command('up')
      .summary('start everything here and watch an agent answer')
      .description(
        'Starts the embedded API server, installs the CRDs, starts the operator, applies examples/getting-started and ' +
          'shows the runs as they happen. Without OPENAI_API_KEY in the environment a simulated model answers. ' +
          'The state is kept: stop it, start it, and unfinished runs go on.',
      )
      .option('--data <dir>', `folder for state and kubeconfig (default: "${DATA_DIR}")`)
      .option('--port <n>', 'port of the API server; the last one, or one that is free, when left out', parsePort)
      .option('--once', 'exit when the demo has ended: 0 on FinalAnswer, 1 on Failed')
      .addOption(
        new Option('--timeout <duration>', 'with --once: how long to wait for the end')
          .argParser(parseDuration)
          .default(120_000, '2m'),
      )
      .option('--no-demo', 'do not apply examples/getting-started')
      .option('--kubeconfig <file>', 'use the cluster of this kubeconfig instead of the embedded API server')
      .option('--context <name>', 'with --kubeconfig: another context than the current one')
      .option(...STAMP_KEY, collect),
  ).action(async (options) => finish(await (await import('./up/index.ts')).up(options, io)));

  cluster(
    logging(
      program
        .command('run')
        .summary('give an agent something to do and print its answer')
        .description(
          'Creates a Task for the agent, follows its run and prints the answer. Exits 0 on FinalAnswer, 1 when the run ' +
            'failed or was cancelled. Ctrl-C detaches, the run goes on; Ctrl-C twice cancels it.',
        )
        .argument('<agent>', 'name of the Agent')
        .argument('<message>', 'what to do; "-" reads it from standard input')
        .option('--name <name>', 'name of the Task; one is made when left out', parseName)
        .option('--timeout <duration>', 'stop following after this long; the run goes on', parseDuration)
        .option('--detach', 'print the name of the Task and do not wait'),
    ),
  ).action(async (agent: string, message: string, options) =>
    finish(await (await import('./commands/run.ts')).run(agent, message, options, io)),
  );

  cluster(
    logging(
      program
        .command('logs')
        .summary('print a run as a readable transcript')
        .description('Prints a run as a readable transcript: messages, tool calls with their results, retries, usage.')
        .argument('<run>', 'name of a TaskRun, or of a Task: its latest run')
        .option('-f, --follow', 'go on until the run has ended'),
    ),
  ).action(async (run: string, options) => finish(await (await import('./commands/logs.ts')).logs(run, options, io)));

  cluster(
    logging(
      program
        .command('context')
        .summary('print every message of a run')
        .description('Prints every message of a run as the model gets them, those in ContextPages included.')
        .argument('<run>', 'name of a TaskRun, or of a Task: its latest run')
        .addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text')),
    ),
  ).action(async (run: string, options) =>
    finish(await (await import('./commands/context.ts')).context(run, options, io)),
  );

  cluster(
    logging(
      program
        .command('cancel')
        .summary('end a run')
        .description('Asks for the end of a run and waits a moment for it. A cancelled run stays cancelled.')
        .argument('<run>', 'name of a TaskRun, or of a Task: its latest run'),
    ),
  ).action(async (run: string, options) =>
    finish(await (await import('./commands/cancel.ts')).cancel(run, options, io)),
  );

  registerApprovals(program, io, finish, (command) => cluster(logging(command)));

  logging(
    program
      .command('operator')
      .summary('run the controllers')
      .description(
        'Runs the controllers against a cluster: that of the kubeconfig, or the one that this process runs in. ' +
          'Of several replicas one leads, by Lease; the others stand by.',
      )
      .option(
        '--kubeconfig <file>',
        'kubeconfig; KUBECONFIG, the Pod’s service account or ~/.kube/config when left out',
      )
      .option('--context <name>', 'another context than the current one')
      .option('-n, --namespace <namespace>', 'look after this namespace only', parseNamespace)
      .option('--lease-namespace <namespace>', 'namespace of the Lease; the own one when left out', parseNamespace)
      .option('--leader-elect', 'elect a leader by Lease', true)
      .option('--no-leader-elect', 'lead at once: for a single replica only')
      .addOption(
        new Option('--leader-elect-lease-duration <duration>', 'how long others wait after the leader’s last renewal')
          .argParser(parseDuration)
          .default(15_000, '15s'),
      )
      .addOption(
        new Option('--leader-elect-renew-deadline <duration>', 'how long the leader tries to renew before it stops')
          .argParser(parseDuration)
          .default(10_000, '10s'),
      )
      .addOption(
        new Option('--leader-elect-retry-period <duration>', 'time between attempts to take or renew the Lease')
          .argParser(parseDuration)
          .default(2000, '2s'),
      )
      .option('--bind-address <address>', 'address of probes and metrics; all in a cluster, loopback elsewhere')
      .option('--health-port <n>', 'port of /healthz and /readyz', parsePort, 8081)
      .option('--metrics-port <n>', 'port of /metrics', parsePort, 8080)
      .option(
        '--external-api-allow <host>',
        'let external API tools reach this private host, host:port or network (CIDR); may be repeated',
        collect,
      )
      .option('--max-model-calls <n>', 'model calls under way at once', parseCount)
      .option('--max-model-calls-per-namespace <n>', 'model calls of one namespace under way at once', parseCount)
      .option('--max-delegation-depth <n>', 'how many agents deep delegation may go', parseCount)
      .option(...GITOPS_USER, collect)
      .option(...STAMP_KEY, collect)
      .option('--argocd-namespace <namespace>', 'namespace of Argo CD', parseNamespace, 'argocd')
      .option('--argocd-installation-id <id>', 'which Argo CD counts, where several share the cluster')
      .addOption(
        new Option(
          '--mcp-servers <how>',
          'how MCP servers over stdio and container tools run: as Pods of their own, or as child processes of the operator; pods in a cluster, processes elsewhere when left out',
        ).choices(['pods', 'processes']),
      )
      .option(
        '--mcp-runner-image <image>',
        'with pods: the image of servers that name none, and of the bridge; the one of this version when left out',
      ),
  ).action(async (options) => finish(await (await import('./commands/operator.ts')).operator(options, io)));

  logging(
    program
      .command('webhook')
      .summary('serve the admission webhooks')
      .description(
        'Serves the admission webhooks: stamps, policies, approvals and who may write what, for our own API group alone. ' +
          'Runs on every replica. The certificate is mounted and reloaded, or of an authority of its own (--self-signed).',
      )
      .option(
        '--kubeconfig <file>',
        'kubeconfig; KUBECONFIG, the Pod’s service account or ~/.kube/config when left out',
      )
      .option('--context <name>', 'another context than the current one')
      .option(
        '-n, --namespace <namespace>',
        'namespace of its Secrets and its Service; the own one when left out',
        parseNamespace,
      )
      .option('--bind-address <address>', 'address to listen on; all in a cluster, loopback elsewhere')
      .option('--port <n>', 'port of the webhooks (TLS)', parsePort, 9443)
      .option('--health-port <n>', 'port of /healthz and /readyz', parsePort, 8081)
      .option('--metrics-port <n>', 'port of /metrics', parsePort, 8080)
      .option('--tls-cert-file <file>', 'serving certificate, PEM; read again when it changes')
      .option('--tls-key-file <file>', 'its key, PEM')
      .option('--self-signed', 'issue, store, renew and register a certificate of an authority of its own')
      .option(
        '--service-name <name>',
        'with --self-signed: the Service that the certificate is for',
        parseName,
        'kubechain-webhook',
      )
      .option('--cert-secret <name>', 'with --self-signed: the Secret that keeps it', parseName, WEBHOOK_CERT_SECRET)
      .option(
        '--cert-host <host>',
        'with --self-signed: one more name or address of the certificate; may be repeated',
        collect,
      )
      .option(
        '--configuration <name>',
        'with --self-signed: the webhook configurations to write the authority into',
        parseName,
        'kubechain',
      )
      .option(
        '--operator-user <name>',
        'name of the operator (default: "system:serviceaccount:kubechain-system:kubechain-operator"); may be repeated',
        collect,
      )
      .option('--restore-user <name>', 'who may bring stamps and records back from a backup; may be repeated', collect)
      .option(...GITOPS_USER, collect)
      .option(...STAMP_KEY, collect)
      .option('--max-in-flight <n>', 'reviews under way at once; 256 when left out', parseCount)
      .addOption(
        new Option('--drain <duration>', 'how long to go on serving after /readyz said no')
          .argParser(parseDuration)
          .default(5000, '5s'),
      ),
  ).action(async (options) => finish(await (await import('./commands/webhook.ts')).webhook(options, io)));

  logging(
    program
      .command('devcluster')
      .summary('start the embedded API server alone')
      .description('Starts the embedded Kubernetes API server alone: no Docker, no download, of use to any project.')
      .option('--data <dir>', `folder for state and kubeconfig (default: "${DATA_DIR}")`)
      .option('--in-memory', 'keep nothing')
      .option('--port <n>', 'port; the last one, or one that is free, when left out', parsePort)
      .option('--kubeconfig <file>', 'where to write the kubeconfig (default: kubeconfig in the folder)'),
  ).action(async (options) => finish(await (await import('./commands/devcluster.ts')).devcluster(options, io)));

  logging(registerSimulateOpenAI(program));

  logging(registerMcpBridge(program, io, finish));
  logging(registerEgressProxy(program, io, finish));

  program
    .command('crds')
    .summary('print the CustomResourceDefinitions')
    .description('Prints the CustomResourceDefinitions as YAML, or writes one file each.')
    .option('-o, --output <dir>', 'write <plural>.yaml and kustomization.yaml into this folder')
    .action(async (options) => finish((await import('./commands/crds.ts')).crds(options, io)));

  cluster(
    logging(
      program
        .command('revisions')
        .summary('list what an agent was, and which runs were it')
        .description('Lists the AgentRevisions of an agent, oldest first; * is what runs that start now get.')
        .argument('<agent>', 'name of the Agent')
        .addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text')),
    ),
  ).action(async (agent: string, options) =>
    finish(await (await import('./commands/revisions.ts')).revisions(agent, options, io)),
  );

  cluster(
    logging(
      program
        .command('diff')
        .summary('show what changed from one revision of an agent to another')
        .description(
          'Shows what changed from one AgentRevision to another: model, limits, tools, prompt. Exits 1 where something did.',
        )
        .argument('<revision>', 'name of an AgentRevision, or the end of it')
        .argument('<other>', 'another one'),
    ),
  ).action(async (before: string, after: string, options) =>
    finish(await (await import('./commands/revisions.ts')).diff(before, after, options, io)),
  );

  const mcp = program.command('mcp').summary('look after MCP servers').description('Looks after MCP servers in Git.');
  cluster(
    logging(
      mcp
        .command('lock')
        .summary('write the tools that servers offer into their files')
        .description(
          'Writes spec.lockedTools of the MCPServers in the files: the tools that they offer now, by the status of the cluster, or by ' +
            'starting them here. Prints them, to be reviewed before they are committed.',
        )
        .argument('<path...>', 'files and folders of YAML or JSON')
        .option('--check', 'write nothing; exit 1 where a server offers other tools than those locked')
        .option('--local', 'start or reach the servers from here instead of asking the cluster'),
    ),
  ).action(async (paths: string[], options) =>
    finish(await (await import('./commands/mcpLock.ts')).mcpLock(paths, options, io)),
  );

  program
    .command('stamp')
    .summary('write the commit that objects come from into their files')
    .description(
      'Sets the annotations kubechain.humanlayer.dev/git-{repo,path,revision,author} of definitions to the last commit that changed ' +
        'their file, and changes nothing else in it. Stamps, comments and layout count as no change, so stamps may be committed. ' +
        '"-" reads what kustomize built (with buildMetadata: [originAnnotations]) and prints it stamped.',
    )
    .argument('<path...>', 'files and folders of YAML or JSON; - for standard input')
    .option('--sign <key>', 'sign the stamps: private key (PEM, Ed25519)')
    .option('--check', 'write nothing; exit 1 where a stamp is missing or out of date')
    .option('--repo <address>', 'address of the repository; that of the remote origin when left out')
    .option('--root <dir>', 'with -: the folder that kustomize built')
    .option('-n, --namespace <namespace>', 'with --sign: namespace of objects that name none', parseNamespace)
    .action(async (paths: string[], options) =>
      finish(await (await import('./commands/stamp.ts')).stamp(paths, options, io)),
    );

  registerLint(program, io, finish);
  registerPolicy(program, io, finish);
  registerArgocd(program, io, finish);
  registerGitops(program, io, finish);
  pointToHelp(program, io.programName);

  return program;
}

/** Options of every command that logs. */
function logging(command: Command): Command {
  return command
    .addOption(
      new Option('--log-format <format>', 'how to log; pretty on a terminal, json elsewhere when left out').choices([
        'json',
        'pretty',
      ]),
    )
    .addOption(
      new Option('--log-level <level>', 'what to log to standard error').choices([
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    );
}

/** Options of every command that talks to a cluster that is there. */
function cluster(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', 'namespace; the context’s when left out', parseNamespace)
    .option(
      '--kubeconfig <file>',
      `kubeconfig; KUBECONFIG, ./${DATA_DIR}/kubeconfig while its server runs, or ~/.kube/config when left out`,
    )
    .option('--context <name>', 'another context than the current one')
    .option('-v, --verbose', 'say which cluster is used');
}

/** Where the command line makes no sense, each command points to its own help. */
function pointToHelp(command: Command, called: string): void {
  const { commands } = command;
  command.showHelpAfterError(
    `(${called} --help ${commands.length > 0 ? 'lists the commands' : 'lists what it takes'})`,
  );
  for (const subcommand of commands) pointToHelp(subcommand, `${called} ${subcommand.name()}`);
}
