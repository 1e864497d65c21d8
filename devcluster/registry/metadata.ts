/** Validation of `metadata`, as k8s.io/apimachinery/pkg/api/validation/objectmeta.go has it: same order, same words. */
import { fieldError } from '../request/status.ts';
import type { FieldError, KubeObject, ObjectMeta, OwnerReference } from '../types.ts';
import type { Call } from './call.ts';
import { equalJson } from './copy.ts';
import { dns1123Label, labelValue, qualifiedName } from './names.ts';

const annotationLimit = 256 * 1024;

/** Lets each owner stand once, with a warning. */
export function dropRepeatedOwners(call: Call, { metadata }: KubeObject): void {
  const owners = metadata.ownerReferences;
  if (owners === undefined || owners.length < 2) return;
  const isFirst = (owner: OwnerReference, index: number): boolean =>
    owners.findIndex((other) => equalJson(owner, other)) === index;
  const once = owners.filter(isFirst);
  if (once.length === owners.length) return;
  const repeated = new Set(owners.filter((owner, index) => !isFirst(owner, index)).map((owner) => owner.uid));
  call.warnings.push(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...repeated].join(', ')}`,
  );
  metadata.ownerReferences = once;
}

/** Violations of metadata on its own. `nameProblems` is the kind's rule for names. */
export function validateMetadata(
  object: KubeObject,
  namespaced: boolean,
  nameProblems: (name: string, prefix: boolean) => string[],
): FieldError[] {
  const meta = object.metadata;
  const out: FieldError[] = [];
  if (meta.generateName) {
    for (const problem of nameProblems(meta.generateName, true)) {
      out.push(fieldError.invalid('metadata.generateName', meta.generateName, problem));
    }
  }
  if (!meta.name) out.push(fieldError.required('metadata.name', 'name or generateName is required'));
  else
    for (const problem of nameProblems(meta.name, false))
      out.push(fieldError.invalid('metadata.name', meta.name, problem));
  if (namespaced) {
    if (!meta.namespace) out.push(fieldError.required('metadata.namespace'));
    else {
      for (const problem of dns1123Label(meta.namespace)) {
        out.push(fieldError.invalid('metadata.namespace', meta.namespace, problem));
      }
    }
  } else if (meta.namespace) out.push(fieldError.forbidden('metadata.namespace', 'not allowed on this type'));
  if (meta.generation !== undefined && meta.generation < 0) {
    out.push(fieldError.invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0'));
  }
  validateCommon(meta, out);
  validateFinalizers(meta, out);
  validateManagedFields(meta, out);
  return out;
}

/** What core kinds ask of finalizers beside their form: a domain, unless Kubernetes itself has defined the name. */
export function validateCoreFinalizers(meta: ObjectMeta): FieldError[] {
  return (meta.finalizers ?? []).flatMap((name, index) => {
    if (name.includes('/') || name === 'kubernetes' || name === 'orphan' || name === 'foregroundDeletion') return [];
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    return [fieldError.invalid(`metadata.finalizers[${index}]`, name, detail)];
  });
}

/** Violations of an update: what may not change, then the common rules once more, as the real server repeats them. */
export function validateMetadataUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const meta = object.metadata;
  const before = old.metadata;
  const out: FieldError[] = [];
  if (before.deletionTimestamp !== undefined) {
    const extra = (meta.finalizers ?? []).filter((name) => !(before.finalizers ?? []).includes(name)).sort();
    if (extra.length > 0) {
      const list = `[]string{${extra.map((name) => JSON.stringify(name)).join(', ')}}`;
      out.push(
        fieldError.forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      );
    }
  }
  if (!meta.resourceVersion) {
    out.push(
      fieldError.invalid('metadata.resourceVersion', meta.resourceVersion ?? '', 'must be specified for an update'),
    );
  }
  for (const field of immutable) {
    if (!equalJson(meta[field], before[field])) {
      const value =
        meta[field] ?? (field === 'deletionTimestamp' || field === 'deletionGracePeriodSeconds' ? null : '');
      out.push(fieldError.invalid(`metadata.${field}`, value, 'field is immutable'));
    }
  }
  validateCommon(meta, out);
  validateManagedFields(meta, out);
  return out;
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** Violations of a set of labels below `path`. */
export function validateLabels(labels: { [key: string]: string }, path: string): FieldError[] {
  const out: FieldError[] = [];
  for (const [key, value] of Object.entries(labels)) {
    for (const problem of qualifiedName(key)) out.push(fieldError.invalid(path, key, problem));
    for (const problem of labelValue(value)) out.push(fieldError.invalid(path, value, problem));
  }
  return out;
}

function validateCommon(meta: ObjectMeta, out: FieldError[]): void {
  if (meta.labels !== undefined) out.push(...validateLabels(meta.labels, 'metadata.labels'));
  if (meta.annotations !== undefined) {
    let size = 0;
    for (const [key, value] of Object.entries(meta.annotations)) {
      size += Buffer.byteLength(key) + Buffer.byteLength(value);
      for (const problem of qualifiedName(key.toLowerCase())) {
        out.push(fieldError.invalid('metadata.annotations', key, problem));
      }
    }
    if (size > annotationLimit) out.push(fieldError.tooLong('metadata.annotations', annotationLimit));
  }
  let controller = '';
  for (const reference of meta.ownerReferences ?? []) {
    const path = 'metadata.ownerReferences';
    const parts = reference.apiVersion.split('/');
    if (parts.length > 2 || parts.at(-1) === '') {
      out.push(fieldError.invalid(`${path}.apiVersion`, reference.apiVersion, 'version must not be empty'));
    }
    for (const field of ['kind', 'name', 'uid'] as const) {
      if (reference[field] === '') out.push(fieldError.invalid(`${path}.${field}`, '', 'must not be empty'));
    }
    if (reference.apiVersion === 'v1' && reference.kind === 'Event') {
      out.push(fieldError.invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (reference.controller !== true) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller === '') controller = name;
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      out.push(fieldError.invalid(path, meta.ownerReferences, detail));
    }
  }
}

function validateFinalizers(meta: ObjectMeta, out: FieldError[]): void {
  const finalizers = meta.finalizers ?? [];
  for (const name of finalizers) {
    for (const problem of qualifiedName(name)) out.push(fieldError.invalid('metadata.finalizers', name, problem));
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set';
    out.push(fieldError.invalid('metadata.finalizers', finalizers, detail));
  }
}

function validateManagedFields(meta: ObjectMeta, out: FieldError[]): void {
  (meta.managedFields ?? []).forEach((entry, index) => {
    const path = `metadata.managedFields[${index}]`;
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      out.push(fieldError.invalid(`${path}.operation`, entry.operation ?? '', 'must be `Apply` or `Update`'));
    }
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
      out.push(fieldError.invalid(`${path}.fieldsType`, entry.fieldsType, 'must be `FieldsV1`'));
    }
    if (entry.manager !== undefined) out.push(...validateFieldManager(entry.manager, `${path}.manager`));
    if (Buffer.byteLength(entry.subresource ?? '') > 256) out.push(fieldError.tooLong(`${path}.subresource`, 256));
  });
}

/** Violations of a field manager's name: printable, at most 128 bytes. */
export function validateFieldManager(manager: string, path: string): FieldError[] {
  const out: FieldError[] = [];
  // Nearly all are plain: this is asked of each entry of managedFields with each write.
  if (/^[ -~]{0,128}$/.test(manager)) return out;
  if (Buffer.byteLength(manager) > 128) out.push(fieldError.tooLong(path, 128));
  let position = 0;
  for (const character of manager) {
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(character) || (character !== ' ' && /\p{Zs}/u.test(character))) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      out.push(fieldError.invalid(path, manager, `invalid character U+${code} (at position ${position})`));
    }
    position += Buffer.byteLength(character);
  }
  return out;
}
