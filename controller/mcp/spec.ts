import { showValue } from '../tools/show-value.ts';
import { CONNECTION_VARIABLE, OWNER_VARIABLE } from './processes.ts';
import type { McpServerSpec } from './types.ts';

const TRANSPORTS: readonly string[] = ['stdio', 'http', 'sse', 'streamable-http'];
const HEADER_NAME = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Undefined, or why a spec can never work: the field, the value (never one that may be secret), the rule. */
export function checkSpec(spec: McpServerSpec): string | undefined {
  if (!TRANSPORTS.includes(spec.transport)) {
    return `transport ${showValue(spec.transport)} must be one of ${TRANSPORTS.join(', ')}`;
  }
  return spec.transport === 'stdio' ? checkProcess(spec) : checkAddress(spec);
}

function checkProcess({ command, args, env }: McpServerSpec): string | undefined {
  if (command === undefined || command === '') return 'transport stdio needs command';
  if (command.includes('\0')) return 'command must not hold a NUL character';
  for (const [index, arg] of (args ?? []).entries()) {
    if (arg.includes('\0')) return `args[${index}] must not hold a NUL character`;
  }
  for (const { name, value } of env ?? []) {
    if (name === '' || /[=\0]/.test(name)) return `env: ${showValue(name)} is no name of a variable`;
    if (name === OWNER_VARIABLE || name === CONNECTION_VARIABLE) return `env: ${name} is reserved`;
    if (value.includes('\0')) return `env: the value of ${name} must not hold a NUL character`;
  }
  return undefined;
}

function checkAddress({ transport, url, headers }: McpServerSpec): string | undefined {
  if (url === undefined || url === '') return `transport ${transport} needs url`;
  if (!URL.canParse(url)) return `url ${showValue(url)} is none`;
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `url ${showValue(url)} must begin with http:// or https://`;
  if (username !== '' || password !== '') return 'url must not hold a user or password: use headers';
  for (const { name, value } of headers ?? []) {
    if (!HEADER_NAME.test(name)) return `headers: ${showValue(name)} is no name of a header`;
    if (!HEADER_VALUE.test(value)) return `headers: the value of ${name} holds a control character or a line break`;
  }
  return undefined;
}
