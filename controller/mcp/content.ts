import type { ToolOutcome } from '../tools/index.ts';
import { cutText } from '../tools/outcome.ts';
import type { Redactor } from '../tools/redact.ts';
import { showValue } from '../tools/show-value.ts';

/** Parts of a result that are looked at. */
const MAX_PARTS = 1000;

/**
 * The outcome for the model of a result of `tools/call`, as the server sent it: text as it is, all else
 * in words, structured content as JSON where there is no text. At most `maxBytes` bytes of text. Never throws.
 * `redact` comes before the cut, which could leave half of a secret.
 */
export function resultOutcome(
  result: Readonly<Record<string, unknown>>,
  maxBytes: number,
  redact: Redactor,
): ToolOutcome {
  const content = Array.isArray(result.content) ? result.content : [];
  const parts = content.slice(0, MAX_PARTS).map(describePart);
  if (content.length > MAX_PARTS) parts.push(`(${content.length - MAX_PARTS} more parts were left out)`);
  const structured = result.structuredContent;
  // Servers that send both repeat the structured content as text, for clients that know the text only.
  if (parts.join('') === '' && structured !== undefined) parts.push(asJson(structured));
  const text = redact(parts.filter((part) => part !== '').join('\n'));
  const isError = result.isError === true;
  const empty = isError ? '(the tool failed and said nothing)' : '(the tool returned no content)';
  return {
    kind: 'result',
    text: text === '' ? empty : cutText(text, maxBytes),
    isError,
    ...structuredContent(structured, maxBytes, redact),
  };
}

function structuredContent(value: unknown, maxBytes: number, redact: Redactor): { structured?: unknown } {
  if (value === undefined) return {};
  const json = asJson(value);
  const redacted = redact(json);
  if (redacted.length > maxBytes) return {};
  if (redacted === json) return { structured: value };
  try {
    return { structured: JSON.parse(redacted) };
  } catch {
    // The secret was part of the JSON's own punctuation.
    return {};
  }
}

function describePart(part: unknown): string {
  if (typeof part !== 'object' || part === null) return `(a part of the result is none: ${showValue(part)})`;
  const { type, text, data, mimeType, uri, name, description, resource } = part as Record<string, unknown>;
  switch (type) {
    case 'text':
      return typeof text === 'string' ? text : '';
    case 'image':
    case 'audio':
      return `(${type === 'image' ? 'an image' : 'a sound'}, ${mime(mimeType)}, ${base64Bytes(data)} bytes: not shown)`;
    case 'resource_link': {
      const label = typeof name === 'string' ? `${short(name)}, ` : '';
      const about = typeof description === 'string' ? `: ${short(description)}` : '';
      return `(a link to a resource: ${label}${short(uri)}, ${mime(mimeType)}${about})`;
    }
    case 'resource':
      return describeResource(resource);
    default:
      return `(a part of a type that is not known: ${showValue(type)})`;
  }
}

function describeResource(resource: unknown): string {
  if (typeof resource !== 'object' || resource === null) return '(a resource without content)';
  const { uri, text, blob, mimeType } = resource as Record<string, unknown>;
  if (typeof text === 'string') return `(resource ${short(uri)})\n${text}`;
  return `(resource ${short(uri)}, ${mime(mimeType)}, ${base64Bytes(blob)} bytes: not shown)`;
}

function mime(type: unknown): string {
  return typeof type === 'string' && type !== '' ? short(type) : 'of unknown type';
}

function base64Bytes(data: unknown): number {
  return typeof data === 'string' ? Buffer.byteLength(data, 'base64') : 0;
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : showValue(value);
  return text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '(structured content that nests too deep)';
  }
}
