import { createHash } from 'node:crypto';
import type { KubeObject, OwnerReference } from './types.ts';

const LABEL_VALUE_MAX = 63;
const HASH_LENGTH = 8;

/** The ownerReference of an object's one controller; for objects as the server returned them. */
export function controllerRef(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  const { name, uid } = metadata;
  if (!apiVersion || !kind || !name || !uid) {
    throw new TypeError(
      `controllerRef: the owner ${kind ?? '?'} ${name ?? '?'} needs apiVersion, kind, metadata.name and metadata.uid; pass it as the API server returned it`,
    );
  }
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** The reference of the object's controller, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/**
 * Any text as a label value: as it is where it is valid, else a prefix of it and an 8-hex hash of the whole, so that
 * different texts stay different. The empty text stays empty.
 */
export function labelValue(text: string): string {
  if (text.length <= LABEL_VALUE_MAX && (text === '' || LABEL_VALUE.test(text))) return text;
  return withHash(text, text, LABEL_VALUE_MAX, /[^A-Za-z0-9._-]+/g, /^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g);
}

const LABEL_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * `<parent>-<suffix>`, cut to `max` characters where it is longer: a prefix of the parent, an 8-hex hash of the whole
 * parent, then the suffix whole. The same input gives the same name.
 */
export function childName(parent: string, suffix: string, max = 63): string {
  const whole = `${parent}-${suffix}`;
  if (whole.length <= max) return whole;
  const room = max - suffix.length - 1;
  if (room < HASH_LENGTH)
    throw new RangeError(
      `childName: the suffix ${JSON.stringify(suffix)} leaves no room for a name within ${max} characters`,
    );
  return `${withHash(parent, parent, room, /[^a-z0-9.-]+/g, /^[^a-z0-9]+|[^a-z0-9]+$/g)}-${suffix}`;
}

function withHash(text: string, hashed: string, max: number, invalid: RegExp, ends: RegExp): string {
  const hash = createHash('sha256').update(hashed).digest('hex').slice(0, HASH_LENGTH);
  const prefix = text
    .slice(0, max)
    .replace(invalid, '-')
    .slice(0, Math.max(0, max - HASH_LENGTH - 1))
    .replace(ends, '');
  return prefix === '' ? hash : `${prefix}-${hash}`;
}
