/**
 * An MCP server over stdio whose tools are those of a file: `rugPull.ts FILE`, JSON. When the file changes it says that its tools have.
 * Each call is a line in `FILE.calls`.
 */
import { appendFileSync, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const [file = ''] = process.argv.slice(2);
const send = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

let last = readFileSync(file, 'utf8');
watch(dirname(file), () => {
  const now = readFileSync(file, 'utf8');
  if (now === last || now === '') return;
  last = now;
  send({ method: 'notifications/tools/list_changed' });
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const result = {
    initialize: {
      protocolVersion: params?.protocolVersion,
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'rug', version: '1.0.0' },
    },
    'tools/list': { tools: JSON.parse(last) },
    'tools/call': { content: [{ type: 'text', text: 'called' }] },
    ping: {},
  }[method as string];
  if (method === 'tools/call') appendFileSync(`${file}.calls`, `${params?.name}\n`);
  if (id !== undefined && result !== undefined) send({ id, result });
});
