import type { LLM, MCPServer, Tool } from '../../api/index.ts';
import { DEFAULT_MODELS, STAMPS } from '../../api/index.ts';
import { findSecret, isSecretName } from '../../policies/engine/secretpatterns.ts';
import type { Level } from '../findings/model.ts';
import type { ManifestObject } from '../manifests/parse.ts';

export interface Advice {
  readonly rule: string;
  readonly level: Level;
  readonly field: string;
  readonly message: string;
}

/** Kinds whose objects the operator makes: from Git they are refused, or mean nothing. */
const RECORDS: ReadonlySet<string> = new Set(['TaskRunToolCall', 'AgentRevision', 'ContextPage', 'Approval']);
/** Programs that fetch what they run, and how an argument says which version. */
const FETCHERS: Readonly<Record<string, RegExp>> = {
  npx: /^(@[^/]+\/)?[^@/]+@[^@]+$/,
  uvx: /(==|@)[^=@]+$/,
  bunx: /^(@[^/]+\/)?[^@/]+@[^@]+$/,
};
const LOCAL = /^(localhost|127\.[\d.]+|\[::1\]|[^.]+|.*\.(svc|local|internal|svc\.cluster\.local))$/;

/** What is allowed and yet likely not what is meant. The object must fit its kind's schema. */
export function adviceOn(object: ManifestObject): readonly Advice[] {
  return [...general(object), ...(KINDS[object.kind]?.(object) ?? [])];
}

const KINDS: Readonly<Record<string, (object: ManifestObject) => Advice[]>> = {
  Agent: ({ spec }) => secretIn((spec as { system: string }).system, 'spec.system'),
  Task: ({ spec }) => secretIn((spec as { message: string }).message, 'spec.message'),
  LLM: (object) => onLlm(object as unknown as LLM),
  MCPServer: (object) => onServer(object as unknown as MCPServer),
  Tool: (object) => onTool(object as unknown as Tool),
};

function general({ kind, metadata, ...rest }: ManifestObject): Advice[] {
  const found: Advice[] = [];
  if (RECORDS.has(kind)) {
    found.push(
      warn(
        'record',
        'kind',
        `the operator makes objects of kind ${kind}: from a file they are refused, or mean nothing`,
      ),
    );
  }
  if (Object.hasOwn(rest, 'status')) {
    found.push(warn('status', 'status', 'is written by the operator: the API server drops it; leave it out'));
  }
  const annotations = (metadata.annotations ?? {}) as Record<string, unknown>;
  for (const stamp of Object.values(STAMPS)) {
    if (!Object.hasOwn(annotations, stamp)) continue;
    found.push(
      warn('stamp', `metadata.annotations[${stamp}]`, 'is set by the admission webhook: leave it out of files'),
    );
  }
  return found;
}

function onLlm({ spec }: LLM): Advice[] {
  const found: Advice[] = [];
  for (const field of ['temperature', 'maxTokens'] as const) {
    if (spec[field] !== undefined) {
      found.push(warn('deprecated', `spec.${field}`, `write spec.parameters.${field}, which is to be preferred`));
    }
  }
  if (spec.parameters?.model === undefined && spec.parameters?.baseUrl === undefined) {
    const model = DEFAULT_MODELS[spec.provider];
    found.push(
      note(
        'default',
        'spec.parameters.model',
        `is left out, and ${model} is asked: name it, so that an update of KubeChain does not change it`,
      ),
    );
  }
  const url = URL.parse(spec.parameters?.baseUrl ?? '');
  if (url?.protocol === 'http:' && !LOCAL.test(url.hostname) && spec.apiKeyFrom !== undefined) {
    found.push(warn('plaintext', 'spec.parameters.baseUrl', `sends the API key to ${url.host} unencrypted: use https`));
  }
  return found;
}

function onServer({ spec }: MCPServer): Advice[] {
  const found: Advice[] = [];
  const values = [
    ...(spec.env ?? []).map((entry, i) => ({ ...entry, field: `spec.env[${i}].value` })),
    ...(spec.headers ?? []).map((entry, i) => ({ ...entry, field: `spec.headers[${i}].value` })),
  ];
  for (const { name, value, field } of values) {
    if (value === undefined || value === '') continue;
    const seen = findSecret(value) ?? (isSecretName(name) ? `the value of ${name}` : undefined);
    if (seen !== undefined)
      found.push(warn('secret', field, `looks like ${seen}: keep it in a Secret and write valueFrom.secretKeyRef`));
  }
  for (const [i, arg] of (spec.args ?? []).entries()) found.push(...secretIn(arg, `spec.args[${i}]`));
  const pinned = FETCHERS[spec.command?.split('/').pop() ?? ''];
  const at = (spec.args ?? []).findIndex((arg) => !arg.startsWith('-'));
  const fetched = spec.args?.[at];
  if (pinned !== undefined && fetched !== undefined && !pinned.test(fetched)) {
    found.push(
      note(
        'unpinned',
        `spec.args[${at}]`,
        `${spec.command} runs whatever version of ${JSON.stringify(fetched)} is newest then: name one`,
      ),
    );
  }
  const url = URL.parse(spec.url ?? '');
  if (url?.protocol === 'http:' && !LOCAL.test(url.hostname)) {
    found.push(warn('plaintext', 'spec.url', `talks to ${url.host} unencrypted: use https`));
  }
  return found;
}

function onTool({ spec }: Tool): Advice[] {
  const found: Advice[] = [];
  if (spec.arguments !== undefined)
    found.push(warn('deprecated', 'spec.arguments', 'write spec.parameters, which is to be preferred'));
  const api = spec.execute?.externalAPI;
  for (const [i, { name, value }] of (api?.headers ?? []).entries()) {
    const seen = findSecret(value) ?? (isSecretName(name) ? `the value of ${name}` : undefined);
    if (seen !== undefined) {
      found.push(
        warn(
          'secret',
          `spec.execute.externalAPI.headers[${i}].value`,
          `looks like ${seen}: keep it in a Secret and write credentialsFrom`,
        ),
      );
    }
  }
  for (const [i, { name, value = '' }] of (spec.execute?.container?.env ?? []).entries()) {
    const seen = findSecret(value) ?? (value !== '' && isSecretName(name) ? `the value of ${name}` : undefined);
    if (seen !== undefined) {
      const field = `spec.execute.container.env[${i}].value`;
      found.push(warn('secret', field, `looks like ${seen}: keep it in a Secret and write valueFrom`));
    }
  }
  const url = URL.parse(api?.url ?? '');
  if (url?.protocol === 'http:' && !LOCAL.test(url.hostname) && api?.credentialsFrom !== undefined) {
    found.push(
      warn('plaintext', 'spec.execute.externalAPI.url', `sends the token to ${url.host} unencrypted: use https`),
    );
  }
  return found;
}

function secretIn(text: string, field: string): Advice[] {
  const seen = findSecret(text);
  return seen === undefined
    ? []
    : [warn('secret', field, `seems to hold ${seen}, which everybody who reads the object sees`)];
}

const warn = (rule: string, field: string, message: string): Advice => ({ rule, level: 'warning', field, message });
const note = (rule: string, field: string, message: string): Advice => ({ rule, level: 'notice', field, message });
