import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { MCPServer } from '../../api/index.ts';
import { GROUP, mcpServers } from '../../api/index.ts';
import type { McpServerSpec, McpTool } from '../../controller/mcp/index.ts';
import { createMcpPool, describeDrift, driftOf, lockDigest } from '../../controller/mcp/index.ts';
import type { KubeClient, Logger } from '../../kube/index.ts';
import { systemClock } from '../../kube/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { filesNamed } from '../manifests/files.ts';
import { getIfThere } from '../runs/resolve.ts';
import { escapeControl } from '../terminal/escape.ts';
import { applyEdits, type Edit, type EditableObject, editableObjects, setFields } from '../yaml/edit.ts';

export interface McpLockOptions extends ClusterOptions, LogOptions {
  readonly check?: boolean;
  /** Starts the servers here instead of asking the cluster. */
  readonly local?: boolean;
}

type Tool = Pick<McpTool, 'name' | 'description' | 'inputSchema' | 'annotations'>;
/** Asks for the tools of a server as its file has it. */
type Ask = (server: MCPServer) => Promise<readonly Tool[]>;

/** `kubechain mcp lock FILE…`: writes the tools that a server offers now into its YAML, to be reviewed and committed. */
export function mcpLock(paths: readonly string[], options: McpLockOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'error');
  const files = paths.flatMap((path) => filesNamed(path, io.cwd));
  const work = async (ask: Ask): Promise<number> => {
    let found = 0;
    let drifted = 0;
    for (const file of files) {
      const result = await lockFile(file, ask, options, io);
      found += result.servers;
      drifted += result.drifted;
    }
    if (found === 0) throw new CliError(`there is no MCPServer in ${paths.join(', ')}`, { exitCode: EXIT.usage });
    return options.check === true && drifted > 0 ? EXIT.failed : EXIT.ok;
  };
  if (options.local === true) return work((server) => startAndList(server, io, logger));
  return withCluster(options, io, logger, ({ client, namespace }) =>
    work((server) => askCluster(client, server.metadata.namespace ?? namespace, server, io)),
  );
}

async function lockFile(file: string, ask: Ask, { check = false }: McpLockOptions, io: Io) {
  const name = relative(io.cwd, file) || file;
  const text = readFileSync(file, 'utf8');
  const none = { servers: 0, drifted: 0 };
  if (!text.includes(`${GROUP}/`)) return none;
  try {
    const objects = editableObjects(text);
    const edits: Edit[] = [];
    const expected: unknown[] = [];
    let servers = 0;
    let drifted = 0;
    for (const object of objects) {
      if (!isServer(object)) {
        expected.push(object.value);
        continue;
      }
      servers += 1;
      const server = object.value as unknown as MCPServer;
      const tools = (await ask(server)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const lockedTools = tools.map((tool) => ({ name: tool.name, digest: lockDigest(tool) }));
      const where = `${name}: MCPServer ${server.metadata.name ?? ''}`;
      const drift = describeDrift(driftOf(server.spec, tools), true);
      if (drift !== undefined) drifted += 1;
      if (check) {
        if (drift !== undefined) io.err.write(`${where}: ${drift}\n`);
        continue;
      }
      // What a reviewer has to read: the digest alone tells nobody anything.
      for (const tool of tools) io.out.write(`${where}: ${line(tool)}\n`);
      edits.push(...setFields(text, object, ['spec'], { lockedTools }));
      expected.push({ ...object.value, spec: { ...server.spec, lockedTools } });
    }
    if (!check && edits.length > 0) writeFileSync(file, applyEdits(text, edits, expected));
    return { servers, drifted };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new CliError(`${name}: ${error.message}`, { exitCode: EXIT.usage, cause: error });
  }
}

const isServer = ({ value }: EditableObject): boolean =>
  value.kind === 'MCPServer' && typeof value.apiVersion === 'string' && value.apiVersion.startsWith(`${GROUP}/`);

function line(tool: Tool): string {
  const hints = Object.entries(tool.annotations ?? {}).flatMap(([hint, value]) => (value === true ? [hint] : []));
  const about = escapeControl((tool.description ?? '').replace(/\s+/g, ' ').trim());
  return `${tool.name} ${lockDigest(tool).slice(0, 19)}…${hints.length === 0 ? '' : ` [${hints.join(', ')}]`} ${about}`.trimEnd();
}

/** What the operator sees of the server, if it is the server of the file. */
async function askCluster(client: KubeClient, namespace: string, server: MCPServer, io: Io): Promise<readonly Tool[]> {
  const name = server.metadata.name ?? '';
  const live = await getIfThere(client, mcpServers, namespace, name);
  const hint = `start it here instead: ${io.programName} mcp lock --local`;
  if (live === undefined) throw new CliError(`there is no MCPServer ${name} in namespace ${namespace}; ${hint}`);
  const { transport, command, args, url } = live.spec;
  const { spec } = server;
  if (!isDeepStrictEqual([transport, command, args, url], [spec.transport, spec.command, spec.args, spec.url])) {
    throw new CliError(`MCPServer ${name} of the cluster is started or reached otherwise than the file says; ${hint}`);
  }
  if (live.status?.connected !== true) {
    throw new CliError(`MCPServer ${name} is not connected: ${live.status?.statusDetail ?? 'no status yet'}; ${hint}`);
  }
  return (live.status.tools ?? []).map((tool) => ({ ...tool, inputSchema: tool.inputSchema ?? {} }));
}

/** Starts or reaches the server as the operator would, from here. */
async function startAndList(server: MCPServer, io: Io, logger: Logger): Promise<readonly Tool[]> {
  const name = server.metadata.name ?? '';
  const state = Promise.withResolvers<readonly Tool[]>();
  const pool = createMcpPool({
    clock: systemClock,
    logger,
    onChange(_key, next) {
      if (next.kind === 'ready') state.resolve(next.tools);
      if (next.kind === 'refused' || next.kind === 'backoff')
        state.reject(new CliError(`MCPServer ${name}: ${next.error}`));
    },
  });
  try {
    const first = pool.ensure(name, localSpec(server, io), '1');
    if (first.kind === 'refused') throw new CliError(`MCPServer ${name}: ${first.error}`);
    return await state.promise;
  } finally {
    await pool.close();
  }
}

/** Secrets are the cluster's: here their values come from the environment, by the variable's name. */
function localSpec({ metadata, spec }: MCPServer, io: Io): McpServerSpec {
  const values = (kind: string, variables: MCPServer['spec']['env']) =>
    (variables ?? []).map(({ name, value, valueFrom }) => {
      if (valueFrom === undefined) return { name, value: value ?? '' };
      const given = io.env[name];
      if (given === undefined) {
        throw new CliError(
          `MCPServer ${metadata.name}: ${kind} ${name} comes from a Secret; put its value into the environment variable ${name}`,
        );
      }
      return { name, value: given, secret: true };
    });
  const { transport, command, args, url } = spec;
  return {
    transport,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...(spec.env === undefined ? {} : { env: values('variable', spec.env) }),
    ...(url === undefined ? {} : { url }),
    ...(spec.headers === undefined ? {} : { headers: values('header', spec.headers) }),
  };
}
