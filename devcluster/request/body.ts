import type { Request } from './response.ts';
import { tooLarge } from './status.ts';

/** Largest body that is read: 3 MiB, as the real server's. */
const limit = 3 * 1024 * 1024;

/** Reads a request's body as text. Throws 413 beyond 3 MiB. */
export async function readText(request: Request): Promise<string> {
  return (await readBody(request)).toString();
}

/** Reads a request's body. Throws 413 beyond 3 MiB. */
export async function readBody(request: Request): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(`Request entity too large: limit is ${limit}`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(`Request entity too large: limit is ${limit}`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}
