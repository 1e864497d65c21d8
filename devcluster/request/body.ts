import type { Exchange } from './exchange.ts';
import { tooLarge } from './status.ts';

/** Largest body that is read: 3 MiB, as the real server's. */
const limit = 3 * 1024 * 1024;

/** Reads a request's body as text, and waits for the request's turn. Throws 413 beyond 3 MiB. */
export async function readText(exchange: Pick<Exchange, 'request' | 'turn'>): Promise<string> {
  return (await readBody(exchange)).toString();
}

/** Reads a request's body, and waits for the request's turn. Throws 413 beyond 3 MiB. */
export async function readBody({ request, turn }: Pick<Exchange, 'request' | 'turn'>): Promise<Buffer> {
  const announced = request.headers['content-length'];
  const bytes = Number(announced ?? (request.headers['transfer-encoding'] === undefined ? 0 : limit));
  if (bytes > limit) throw tooLarge(`Request entity too large: limit is ${limit}`);
  const release = await turn.place(bytes);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(`Request entity too large: limit is ${limit}`);
      chunks.push(chunk);
    }
    await turn.next();
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
  } finally {
    release();
  }
}
