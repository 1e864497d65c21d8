/**
 * An MCP server over stdio, written by hand so that it can do what no library would: `hostile.ts MODE [ARGUMENT]`.
 * In a mode that is not about the handshake it answers as a good server does.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [mode = '', argument = ''] = process.argv.slice(2);

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown> & { name?: string; cursor?: string; _meta?: unknown };
}

const write = (text: string): boolean => process.stdout.write(text);
const send = (message: object): boolean => write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const tool = (name: unknown, more: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...more });

let toolNames = ['echo'];
let timesListed = 0;

function listed(cursor: string | undefined): object {
  switch (mode) {
    case 'many-tools':
      return { tools: Array.from({ length: Number(argument) }, (_, index) => tool(`tool-${index}`)) };
    case 'big-tools':
      return { tools: [tool('big', { description: 'x'.repeat(Number(argument)) })] };
    case 'circle':
      return { tools: [tool(`t${cursor ?? ''}`)], nextCursor: cursor === 'a' ? 'b' : 'a' };
    case 'endless-pages':
      return { tools: [], nextCursor: `${Number(cursor ?? 0) + 1}` };
    case 'pages': {
      const page = Number(cursor ?? 0);
      return { tools: [tool(`t${page}`)], ...(page < 4 && { nextCursor: String(page + 1) }) };
    }
    case 'odd-tools':
      return {
        tools: [
          tool('good', { description: 'fine', annotations: { readOnlyHint: true, unknownHint: 'x' } }),
          tool('good', { description: 'again' }),
          tool(''),
          tool('two words'),
          tool('a*'),
          tool(42),
          tool('x'.repeat(200)),
          'no object',
          null,
          { name: 'no-schema' },
          { name: 'array-schema', inputSchema: { type: 'array' } },
          { name: 'broken-schema', inputSchema: { type: 'object', properties: { a: { type: 'strnig' } } } },
          { name: 'remote-schema', inputSchema: { type: 'object', $ref: 'http://169.254.169.254/' } },
          tool('odd-hint', { annotations: { destructiveHint: 'no' } }),
          tool('task-only', { execution: { taskSupport: 'required' } }),
          { name: 'typeless', inputSchema: { properties: { a: { type: 'number' } }, required: ['a'] } },
          tool('path/like.name-1'),
        ],
      };
    case 'no-list':
      return { tools: 'none' };
    case 'change-tools':
      timesListed += 1;
      return { tools: toolNames.map((name) => tool(name, { description: `listed ${timesListed} times` })) };
    default:
      return { tools: toolNames.map((name) => tool(name)) };
  }
}

const RESULTS: Record<string, object> = {
  empty: {},
  'empty-error': { content: [], isError: true },
  mixed: {
    content: [
      { type: 'text', text: 'one' },
      { type: 'image', data: Buffer.alloc(10).toString('base64'), mimeType: 'image/png' },
      { type: 'audio', data: '', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'file:///a', text: 'inside' } },
      { type: 'resource', resource: { uri: 'file:///b', blob: 'AAAA' } },
      { type: 'resource_link', uri: 'file:///c', name: 'c' },
      { type: 'hologram' },
      'no part',
      { type: 'text', text: 'two' },
    ],
  },
  structured: { content: [], structuredContent: { sum: 5 } },
  'error-text': { content: [{ type: 'text', text: 'no such file' }], isError: true },
};

function call(message: Message): void {
  const { id, params } = message;
  const { name = '', _meta } = params ?? {};
  switch (mode) {
    case 'results':
      send({ id, result: RESULTS[argument] });
      return;
    case 'huge-result':
      send({ id, result: { content: [{ type: 'text', text: 'é'.repeat(Number(argument)) }] } });
      return;
    case 'refuse':
      send({ id, error: { code: -32602, message: `bad arguments, ${process.env.SECRET ?? ''}` } });
      return;
    case 'die-in-call':
      process.stderr.write('about to die\n');
      process.exit(7);
      return;
    case 'hang-in-call':
      if (argument !== '') appendFileSync(argument, 'called\n');
      return;
    case 'hang-for-good':
      for (;;);
    case 'environment':
      send({
        id,
        result: { content: [{ type: 'text', text: JSON.stringify(process.env) }], structuredContent: process.env },
      });
      return;
    case 'change-tools':
      toolNames = ['echo', 'added'];
      for (let index = 0; index < 50; index += 1) send({ method: 'notifications/tools/list_changed' });
      send({ id, result: { content: [{ type: 'text', text: 'changed' }] } });
      return;
    case 'progress':
      send({
        method: 'notifications/progress',
        params: { progressToken: (_meta as { progressToken: number }).progressToken, progress: 1, total: 2 },
      });
      send({ id, result: { content: [{ type: 'text', text: 'done' }] } });
      return;
    default:
      send({
        id,
        result: { content: [{ type: 'text', text: JSON.stringify({ name, arguments: params?.arguments, _meta }) }] },
      });
  }
}

/** Writes the same for ever, as fast as the other side reads. */
function flood(stream: NodeJS.WriteStream, text: string): void {
  while (stream.write(text));
  stream.once('drain', () => flood(stream, text));
}

function answer(message: Message): void {
  const { id, method, params } = message;
  if (method === 'initialize') {
    if (mode === 'hang') {
      process.stderr.write('thinking about it\n');
      return;
    }
    if (mode === 'bad-version') {
      send({
        id,
        result: { protocolVersion: '1999-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } },
      });
      return;
    }
    const capabilities = mode === 'no-tools' ? {} : { tools: { listChanged: true } };
    send({
      id,
      result: {
        protocolVersion: params?.protocolVersion,
        capabilities,
        serverInfo: { name: `hostile ${mode}`, version: '1.2.3' },
      },
    });
  } else if (method === 'notifications/initialized') {
    if (mode === 'flood-messages') {
      flood(
        process.stdout,
        `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })}\n`.repeat(
          100,
        ),
      );
    }
    if (mode === 'flood-requests') {
      flood(
        process.stdout,
        `${JSON.stringify({ jsonrpc: '2.0', id: 'x', method: 'sampling/createMessage', params: {} })}\n`.repeat(100),
      );
    }
  } else if (method === 'tools/list') {
    send({ id, result: listed(params?.cursor) });
    if (mode === 'exit-when-listed') setTimeout(() => process.exit(0), 20);
  } else if (method === 'tools/call') {
    call(message);
  } else if (method === 'ping') {
    send({ id, result: {} });
  }
}

switch (mode) {
  case 'die':
    process.stderr.write(`cannot start: bad key ${process.env.SECRET}\n\u001b[31mgiving up\u001b[0m\n`);
    process.exit(3);
    break;
  case 'rubbish':
    flood(process.stdout, 'Hello! I am a web server, listening on port 3000.\n');
    break;
  case 'banner':
    write('Welcome to the server\n{"not": "a message"}\n');
    break;
  case 'long-line':
    flood(process.stdout, 'x'.repeat(65536));
    break;
  case 'flood-errors':
    flood(process.stderr, 'error '.repeat(10_000));
    break;
  case 'stubborn': {
    // Its children have left its group, and are as stubborn.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
    appendFileSync(argument, `${process.pid}\n`);
    const code = `for (const s of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(s, () => {}); require('fs').appendFileSync(${JSON.stringify(argument)}, process.pid + '\\n'); setInterval(() => {}, 1000)`;
    spawn(process.execPath, ['-e', code], { detached: true, stdio: 'ignore' });
    spawn(process.execPath, ['-e', code], { stdio: 'inherit' });
    setInterval(() => {}, 1000);
    break;
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  let message: Message;
  try {
    message = JSON.parse(line);
  } catch {
    return;
  }
  answer(message);
});
