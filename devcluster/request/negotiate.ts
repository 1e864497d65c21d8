/** Content negotiation: which form of an object the client wants, and which body it sent. */
import { failure, notAcceptable, type StatusError, unsupportedMediaType } from './status.ts';

/** What an answer is to look like. */
export interface Form {
  readonly mediaType: 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';
  /** Undefined: the object itself. */
  readonly as: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | undefined;
  /** Of meta.k8s.io, for the forms that are not the object itself. Default v1. */
  readonly metaVersion?: 'v1beta1';
}

const plain: Form = { mediaType: 'application/json', as: undefined };

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Splits a header as `Accept` into clauses, in order of quality. */
export function parseAccept(header: string): Clause[] {
  const clauses = header.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const map = new Map(
      parameters.map((parameter) => {
        const at = parameter.indexOf('=');
        return at < 0 ? [parameter.toLowerCase(), ''] : [parameter.slice(0, at).toLowerCase(), parameter.slice(at + 1)];
      }),
    );
    return { type, parameters: map };
  });
  const quality = (clause: Clause): number => Number(clause.parameters.get('q') ?? 1);
  return clauses.sort((a, b) => quality(b) - quality(a));
}

const protobuf = 'application/vnd.kubernetes.protobuf';
const accepted = ['application/json', 'application/yaml', protobuf];

/** Chooses the form of an answer: the first that the client takes and that is served; protobuf is for builtin objects and for metadata. Throws 406 where the client takes none that is served. `tables` false: only whole objects. */
export function negotiate(header: string | undefined, custom: boolean, tables = true, listing = false): Form {
  if (header === undefined || header === '' || header === 'application/json' || header === '*/*') return plain;
  const clauses = parseAccept(header);
  // Paths of builtin kinds are chosen by whole media types or any; a range of one type is none of them.
  const servedAtAll =
    custom ||
    clauses.some(({ type }) => type !== 'application/*' && type !== '*' && (type === protobuf || mediaTypeOf(type)));
  for (const { type, parameters } of servedAtAll ? clauses : []) {
    const as = parameters.get('as');
    // Metadata alone has a message of its own, whatever the kind; tables have none.
    const encoded = as === undefined ? !custom : as !== 'Table';
    const mediaType = type === protobuf && encoded ? protobuf : mediaTypeOf(type);
    if (mediaType === undefined) continue;
    if ((parameters.get('stream') ?? 'watch') !== 'watch') continue;
    if (as === undefined) {
      if (namesForm(parameters)) continue;
      return { mediaType, as: undefined };
    }
    if (!tables || parameters.get('g') !== 'meta.k8s.io') continue;
    const version = parameters.get('v');
    if (version !== 'v1' && version !== 'v1beta1') continue;
    if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
      return { mediaType, as, ...(version === 'v1beta1' ? { metaVersion: version } : {}) };
  }
  if (!servedAtAll) {
    const streams = listing ? ['application/json;stream=watch', `${protobuf};stream=watch`] : [];
    throw notRepresentable([...accepted, ...streams]);
  }
  throw notAcceptable(accepted);
}

/** Whether a clause names the group or version of another form without the form itself, which nothing has. */
function namesForm(parameters: ReadonlyMap<string, string>): boolean {
  return ['g', 'v'].some((name) => (parameters.get(name) ?? '') !== '');
}

/** What a path answers that has none of the representations that the client takes. */
export function notRepresentable(types: readonly string[]): StatusError {
  return failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`, {});
}

function mediaTypeOf(type: string): Form['mediaType'] | undefined {
  if (type === 'application/json' || type === '*/*' || type === '*' || type === 'application/*')
    return 'application/json';
  if (type === 'application/yaml') return 'application/yaml';
  return undefined;
}

/** Whether a body is JSON, YAML or (builtin kinds only) protobuf. Throws 415 for anything else. */
export function bodyType(header: string | undefined, custom: boolean, deletion = false): 'json' | 'yaml' | 'protobuf' {
  const [first = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  const type = first.toLowerCase();
  if (parameters.some((part) => part !== '' && !/^[\w!#$%&'*+.^`|~-]+=(?:[^\s"=]+|"[^"]*")$/.test(part)))
    throw unsupportedMediaType(accepted);
  if (type === '' || type === 'application/json') return 'json';
  if (type === 'application/yaml') return 'yaml';
  if (type === 'application/vnd.kubernetes.protobuf' && (!custom || deletion)) return 'protobuf';
  throw unsupportedMediaType(accepted);
}

/** The form of a document that needs no negotiation over kinds; throws 406 as paths of fixed documents do. */
export function negotiateDocument(header: string | undefined): Form['mediaType'] {
  const clauses = parseAccept(header ?? '*/*');
  if (header !== undefined && header !== '' && !clauses.some(({ type }) => accepted.includes(type) || type === '*/*'))
    throw notRepresentable(accepted);
  return negotiateWhole(header);
}

/** The form of a document that has no other than itself: no table, no metadata alone. Throws 406. */
export function negotiateWhole(header: string | undefined): Form['mediaType'] {
  if (header === undefined || header === '') return 'application/json';
  for (const { type, parameters } of parseAccept(header)) {
    if (parameters.has('as') || namesForm(parameters) || (parameters.get('stream') ?? 'watch') !== 'watch') continue;
    const mediaType = type === protobuf ? protobuf : mediaTypeOf(type);
    if (mediaType !== undefined) return mediaType;
  }
  throw notAcceptable(accepted);
}

/** The media type of a Status that answers instead: the first in Accept that can be served, JSON where there is none. */
export function errorType(header: string | undefined): Form['mediaType'] {
  for (const { type, parameters } of parseAccept(header ?? '')) {
    // Only whole objects are refused in: a form asked for elsewhere does not count.
    if (parameters.has('as') || namesForm(parameters)) continue;
    if (type === protobuf) return protobuf;
    const known = mediaTypeOf(type);
    if (known !== undefined) return known;
  }
  return 'application/json';
}
