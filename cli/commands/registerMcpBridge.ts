import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { collect, parseDuration, parsePort } from '../options.ts';

/** Adds `kubechain egress-proxy`. */
export function registerEgressProxy(program: Command, io: Io, finish: (exitCode: number) => void): Command {
  return program
    .command('egress-proxy')
    .summary('an HTTP proxy to some hosts only')
    .description(
      'An HTTP proxy (CONNECT, and http:// URLs) that reaches the hosts of --allow and refuses all others, and names that lead to addresses ' +
        'which are not public; /healthz and /readyz answer probes. The operator runs it for MCPServers with egressHosts.',
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', parsePort, 8080)
    .option(
      '--allow <host:port>',
      'what may be reached; *.example.com:443 for all names below; may be repeated',
      collect,
    )
    .option('--allow-private <host:port>', 'of these, what may lead to a private address; may be repeated', collect)
    .action(async (options) => finish(await (await import('./egressProxy.ts')).egressProxy(options, io)));
}

/** Adds `kubechain mcp-bridge`. */
export function registerMcpBridge(program: Command, io: Io, finish: (exitCode: number) => void): Command {
  return program
    .command('mcp-bridge')
    .summary('serve an MCP server over stdio as streamable HTTP')
    .description(
      'Serves an MCP server over stdio as streamable HTTP at /mcp, with one process for each session, to clients that show ' +
        'the token; /healthz and /readyz answer probes. The operator puts it into the Pods of MCPServers.',
    )
    .argument('[command...]', 'the server’s command and its arguments, after "--"')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', parsePort, 8080)
    .option('--token-sha256 <hex>', 'SHA-256 of the token that clients must show')
    .option('--token-file <file>', 'file that holds the token')
    .option(
      '--secret-env <name>',
      'variable whose value is hidden in what the server answers; may be repeated',
      collect,
    )
    .addOption(
      new Option('--drain <duration>', 'how long to wait for answers that are owed after SIGTERM')
        .argParser(parseDuration)
        .default(25_000, '25s'),
    )
    .option('--install <dir>', 'copy this program and its Node into a folder, to be run in another image, and exit')
    .action(async (command: string[], options) =>
      finish(await (await import('./mcpBridge.ts')).mcpBridge(command, options, io)),
    );
}
