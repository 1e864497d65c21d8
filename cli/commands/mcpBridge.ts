import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
// Not by the index: one of these runs beside each server, and needs nothing of the rest.
import { startBridge } from '../../controller/mcp/bridge/bridge.ts';
import { installInto } from '../../controller/mcp/bridge/install.ts';
import { systemClock } from '../../kube/index.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { listenForShutdown } from '../signals.ts';
import { packageRoot } from '../version.ts';

export interface McpBridgeOptions extends LogOptions {
  readonly port: number;
  readonly host: string;
  readonly tokenSha256?: string;
  readonly tokenFile?: string;
  readonly secretEnv?: readonly string[];
  /** Milliseconds. */
  readonly drain: number;
  readonly install?: string;
}

/** `kubechain mcp-bridge`: an MCP server over stdio, served as streamable HTTP. */
export async function mcpBridge(command: readonly string[], options: McpBridgeOptions, io: Io): Promise<number> {
  if (options.install !== undefined) {
    await installInto(options.install, packageRoot());
    return EXIT.ok;
  }
  const [program, ...args] = command;
  if (program === undefined) {
    throw new CliError('no command: give the server’s after "--", as in: kubechain mcp-bridge -- npx -y some-server', {
      exitCode: EXIT.usage,
    });
  }
  const tokenSha256 = digestOf(options);
  const logger = createLogger(options, io.err);
  const secret = new Set(options.secretEnv);
  // The server gets what the Pod says, and nothing of ours.
  const env = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name === 'KUBECHAIN_STARTED_AS' ? [] : [{ name, value, secret: secret.has(name) }],
  );
  const shutdown = listenForShutdown({ source: io.signals, force: process.exit });
  try {
    const { host, port } = options;
    const bridge = await startBridge({
      host,
      port,
      tokenSha256,
      spec: { transport: 'stdio', command: program, args, env },
      clock: systemClock,
      logger,
    }).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? `port ${port} is taken by another program` : error.message;
      throw new CliError(`--port ${port}: ${why}; give another port, or 0 to have one picked`, { cause: error });
    });
    logger.info({ url: bridge.url, command: program }, 'bridge: started');
    if (!shutdown.signal.aborted) {
      await new Promise<void>((resolve) => {
        shutdown.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    await bridge.drain(options.drain);
    logger.info({ signal: shutdown.signal.reason }, 'bridge: stopped');
    return EXIT.ok;
  } finally {
    shutdown.dispose();
  }
}

function digestOf({ tokenSha256, tokenFile }: McpBridgeOptions): string {
  if ((tokenSha256 === undefined) === (tokenFile === undefined)) {
    throw new CliError('give one of --token-sha256 and --token-file: nobody is let in without a token', {
      exitCode: EXIT.usage,
    });
  }
  if (tokenFile !== undefined) {
    let token: string;
    try {
      token = readFileSync(tokenFile, 'utf8').trim();
    } catch (error) {
      throw new CliError(`--token-file ${tokenFile}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (token.length < 16) throw new CliError(`--token-file ${tokenFile}: a token has 16 characters at least`);
    return createHash('sha256').update(token).digest('hex');
  }
  if (tokenSha256 === undefined || !/^[0-9a-f]{64}$/.test(tokenSha256)) {
    throw new CliError('--token-sha256 must be 64 hexadecimal digits, in lower case', { exitCode: EXIT.usage });
  }
  return tokenSha256;
}
