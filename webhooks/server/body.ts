import type { IncomingMessage } from 'node:http';

/**
 * The longest review that is read, in bytes: object and old object of 3 MiB each, and a MiB around them. The API server
 * takes no longer object, and controller-runtime draws the line at the same place.
 */
export const MAX_REVIEW_BYTES = 7 * 1024 * 1024;

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Longer than may be; `head` is its beginning. */
  | { readonly kind: 'tooLarge'; readonly head: Buffer };

/** Reads a request's body, up to `limit` bytes. Rejects when the connection ends before. */
export function readBody(request: IncomingMessage, limit = MAX_REVIEW_BYTES): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      const head = Buffer.concat([...chunks.splice(0), chunk]).subarray(0, 4096);
      // What is still to come is read and dropped, so that the client gets to read the answer.
      resolve({ kind: 'tooLarge', head: Buffer.from(head) });
    });
    request.on('end', () =>
      resolve({ kind: 'whole', bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) }),
    );
    request.on('error', reject);
    request.on('close', () => reject(new Error('the connection ended before the request did')));
  });
}
