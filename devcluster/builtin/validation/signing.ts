/** Validation of what approvers and signers write into the status of a CertificateSigningRequest. */
import type { FieldError } from '../../types.ts';
import { at, objects, text } from '../access.ts';
import { fieldError } from './common.ts';

const path = 'status.conditions';
const final = ['Approved', 'Denied', 'Failed'];

/** Violations of an update of status, or of the approval beside it. */
export function signingStatus(object: unknown, old: unknown, approves: boolean): FieldError[] {
  const errors = [...(approves ? [] : certificate(object)), ...conditions(object)];
  const [before, after] = [typesOf(old), typesOf(object)];
  for (const type of final)
    if (before.includes(type) && !after.includes(type))
      errors.push(fieldError.forbidden(path, `updates may not remove a condition of type "${type}"`));
  if (approves) return errors;
  for (const type of final.slice(0, 2))
    if (!before.includes(type) && after.includes(type))
      errors.push(fieldError.forbidden(path, `updates may not add a condition of type "${type}"`));
  const issued = text(old, 'status.certificate');
  if (issued !== '' && text(object, 'status.certificate') !== issued)
    errors.push(fieldError.forbidden('status.certificate', 'updates may not modify existing certificate content'));
  return errors;
}

const typesOf = (object: unknown): string[] => objects(object, path).map((item) => text(item, 'type'));

function conditions(object: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const seen: string[] = [];
  for (const [index, condition] of objects(object, path).entries()) {
    const here = `${path}[${index}]`;
    const [type, status] = [text(condition, 'type'), text(condition, 'status')];
    const allowed = final.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (type === '') errors.push(fieldError.required(`${here}.type`));
    if (status === '') errors.push(fieldError.required(`${here}.status`));
    else if (!allowed.includes(status)) errors.push(fieldError.notSupported(`${here}.status`, status, allowed));
    const other = { Approved: 'Denied', Denied: 'Approved' }[type];
    if (other !== undefined && seen.includes(other))
      errors.push(fieldError.invalid(path, type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.includes(type)) errors.push(fieldError.duplicate(`${here}.type`, type));
    seen.push(type);
  }
  return errors;
}

function certificate(object: unknown): FieldError[] {
  const encoded = text(object, 'status.certificate');
  if (encoded === '') return [];
  const blocks = Buffer.from(encoded, 'base64')
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----\n[^-]*-----END/g);
  if (blocks !== null) return [];
  const detail = 'must contain at least one CERTIFICATE PEM block';
  return [fieldError.invalid('status.certificate', '<certificate data>', detail)];
}

/** Sets the times of conditions that come without; a condition that stays keeps the time of its transition. Changes `object`. */
export function dateConditions(object: unknown, old: unknown, now: string): void {
  const before = objects(old, path);
  const list = at(object, path);
  for (const condition of Array.isArray(list) ? (list as { [field: string]: unknown }[]) : []) {
    condition.lastUpdateTime ??= now;
    const same = before.find((item) => item.type === condition.type && item.status === condition.status);
    condition.lastTransitionTime ??= same?.lastTransitionTime ?? now;
  }
}
