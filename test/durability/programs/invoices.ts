/**
 * An MCP server over stdio that pays invoices: `invoices.ts FILE`. Each payment is a line in the file: the invoice, and the
 * idempotency key that came with the call. `look_up` changes nothing but says in `FILE.lookups` that it was called.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [file = ''] = process.argv.slice(2);

interface Message {
  id?: number;
  method?: string;
  params?: {
    protocolVersion?: string;
    name?: string;
    arguments?: { invoice?: string };
    _meta?: Record<string, unknown>;
  };
}

const inputSchema = { type: 'object', properties: { invoice: { type: 'string' } }, required: ['invoice'] };

function resultOf({ method, params }: Message): object | undefined {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'invoices', version: '1.0.0' },
      };
    case 'tools/list':
      return {
        tools: [
          { name: 'pay', description: 'Pays an invoice.', inputSchema },
          { name: 'look_up', description: 'Looks an invoice up.', inputSchema },
        ],
      };
    case 'tools/call': {
      const invoice = params?.arguments?.invoice ?? '';
      const pays = params?.name === 'pay';
      appendFileSync(pays ? file : `${file}.lookups`, `${invoice} ${JSON.stringify(params?._meta ?? {})}\n`);
      return { content: [{ type: 'text', text: pays ? `paid ${invoice}` : `${invoice} is due` }] };
    }
    case 'ping':
      return {};
    default:
      return undefined;
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  const result = resultOf(message);
  if (message.id !== undefined && result !== undefined) {
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, result })}\n`);
  }
});
