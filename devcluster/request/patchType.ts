import type { PatchType } from '../registry/patch.ts';
import type { ResourceDefinition } from '../types.ts';
import type { Request } from './response.ts';
import { failure, unsupportedMediaType } from './status.ts';

const patchTypes: { readonly [type: string]: PatchType } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** The kind of patch that a request carries. Throws 415. */
export function patchTypeOf(request: Request, definition: ResourceDefinition): PatchType {
  const header = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const type = Object.hasOwn(patchTypes, header) ? patchTypes[header] : undefined;
  if (type === undefined || (type === 'strategic' && definition.custom)) {
    if (!definition.custom) throw failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
    throw unsupportedMediaType(Object.keys(patchTypes).filter((name) => !name.includes('strategic')));
  }
  return type;
}
