import { errorFromAnswer, KubeError } from './errors.ts';
import type { KubeObject, WatchEvent } from './types.ts';

const NEWLINE = 0x0a;
/** No object of etcd's comes near it: a longer line is no watch. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * Splits a byte stream into lines without their `\n`. A rest without a newline is yielded last; the caller decides what
 * it is worth. Bytes of one character that fall into two chunks stay together.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const last = chunk.subarray(from, at);
      yield (parts.length === 0 ? last : Buffer.concat([...parts, last])).toString('utf8');
      parts = [];
      held = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      parts.push(chunk.subarray(from));
      held += chunk.length - from;
      if (held > MAX_LINE_BYTES) throw new KubeError('TooLarge', `a line of over ${MAX_LINE_BYTES} bytes`);
    }
  }
  if (held > 0) yield Buffer.concat(parts).toString('utf8');
}

/** One line of a watch. Throws `KubeError`: an ERROR event's own code, or `Network` for a line that is cut or no event. */
export function parseWatchLine<T extends KubeObject>(line: string, what: string): WatchEvent<T> | undefined {
  if (line === '' || line === '\r') return undefined;
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    // No cause: the parser's message quotes the line, which may hold a secret.
    throw new KubeError('Network', `${what}: the watch was cut in the middle of an event`);
  }
  const { type, object } = (event ?? {}) as { type?: unknown; object?: unknown };
  if (typeof object !== 'object' || object === null)
    throw new KubeError('Network', `${what}: a watch event without an object`);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (!hasMetadata(object)) throw new KubeError('Network', `${what}: a watch event whose object has no metadata`);
      return { type, object: object as T };
    case 'BOOKMARK':
      return hasMetadata(object) ? { type, resourceVersion: object.metadata.resourceVersion ?? '' } : undefined;
    case 'ERROR': {
      const code = 'code' in object && typeof object.code === 'number' ? object.code : 500;
      throw errorFromAnswer(what, code, object);
    }
    default:
      // A type of a later API: what it means is not known, so it is not acted on.
      return undefined;
  }
}

function hasMetadata(object: object): object is { metadata: { resourceVersion?: string } } {
  return 'metadata' in object && typeof object.metadata === 'object' && object.metadata !== null;
}
