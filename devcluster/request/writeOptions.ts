import type { Call } from '../registry/call.ts';
import { validateFieldManager } from '../registry/metadata.ts';
import type { FieldError, ResourceDefinition } from '../types.ts';
import type { Exchange } from './exchange.ts';
import { warnOnFailure } from './response.ts';
import { fieldError, invalid } from './status.ts';

/** The query options that writes share, checked. Throws 422. */
export function callOf(
  exchange: Exchange,
  definition: ResourceDefinition,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  apply?: boolean,
): Call {
  const { info, request, user, turn } = exchange;
  const { query } = info;
  const errors: FieldError[] = [];
  const manager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun');
  const validation = query.get('fieldValidation') ?? '';
  if (apply === true && manager === '') errors.push(fieldError.required('fieldManager', 'is required for apply patch'));
  if (apply === false && query.get('force') !== null) {
    errors.push(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...validateFieldManager(manager, 'fieldManager'));
  if (dryRun.some((value) => value !== 'All')) errors.push(fieldError.notSupported('dryRun', dryRun, ['All']));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation)) {
    errors.push(fieldError.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors);
  const options: { [key: string]: unknown } = { kind, apiVersion: 'meta.k8s.io/v1' };
  if (dryRun.length > 0) options.dryRun = dryRun;
  if (manager !== '') options.fieldManager = manager;
  if (validation !== '') options.fieldValidation = validation;
  if (apply === true && isTrue(query.get('force'))) options.force = true;
  const warnings: string[] = [];
  warnOnFailure(exchange.response, warnings);
  return {
    definition,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    user,
    dryRun: dryRun.length > 0,
    fieldManager: manager !== '' ? manager : managerOf(request.headers['user-agent']),
    fieldValidation: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
    options,
    pause: turn.pause,
    warnings,
  };
}

export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0' && value !== '';
}

/** The program's name out of a User-Agent: up to the first slash, printable, 128 bytes at most. */
function managerOf(agent: string | undefined): string {
  const name = (agent ?? '').split('/')[0] ?? '';
  return [...name]
    .filter((c) => !/\p{C}/u.test(c))
    .join('')
    .slice(0, 128);
}
