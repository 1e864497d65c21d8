import type { Dispatcher } from 'undici';
import { messageOf } from './outcome.ts';

/**
 * The body of an HTTP answer as text for a model: at most `maxBytes` of it are read, and what is no text is described
 * instead. Empty when the body is. A body that breaks off is what there is of it, and a note. Never rejects.
 */
export async function readTextBody(
  body: AsyncIterable<Uint8Array> & { destroy(): unknown },
  headers: Dispatcher.ResponseData['headers'],
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  const type = String(headers['content-type'] ?? '');
  const encoding = String(headers['content-encoding'] ?? 'identity');
  const unreadable = encoding !== 'identity' ? `compressed (${encoding})` : isText(type) ? undefined : type;
  const chunks: Uint8Array[] = [];
  let length = 0;
  let note = '';
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes || unreadable !== undefined) break;
    }
  } catch (error) {
    note = `(the answer broke off after ${length} bytes: ${messageOf(signal.aborted ? signal.reason : error)})`;
  } finally {
    body.destroy();
  }
  if (unreadable !== undefined && length > 0)
    return `(the answer is no text, but ${unreadable.slice(0, 100)}: not shown)`;
  if (length > maxBytes) note = `(cut: the first ${maxBytes} bytes)`;
  const bytes = Buffer.concat(chunks).subarray(0, maxBytes);
  if (bytes.includes(0)) return '(the answer is no text, but binary data: not shown)';
  const text = decode(bytes, type);
  return [text, note].filter((part) => part !== '').join('\n');
}

/** What a model can read. No type at all is given the benefit of the doubt. */
function isText(contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    type === '' ||
    type.startsWith('text/') ||
    /^application\/([\w.+-]+\+)?(json|xml|yaml|x-yaml|x-ndjson|ndjson|jsonl|javascript|x-www-form-urlencoded|toml|csv)$/.test(
      type,
    )
  );
}

function decode(bytes: Uint8Array, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
