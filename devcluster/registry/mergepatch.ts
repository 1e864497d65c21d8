import { defineOwn, isObject } from './copy.ts';

/**
 * JSON merge patch (RFC 7396) with the real server's habits: nulls vanish from what is newly added, in lists too.
 * Changes and returns `target`; `patch` must not be used afterwards.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (!isObject(target)) return withoutNulls(patch);
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    const current = Object.hasOwn(target, key) ? target[key] : undefined;
    if (value === null) delete target[key];
    else if (current === undefined || current === null) set(target, key, withoutNulls(value));
    else set(target, key, mergePatch(current, value));
  }
  return target;
}

function set(target: { [key: string]: unknown }, key: string, value: unknown): void {
  if (key === '__proto__') defineOwn(target, key, value);
  else target[key] = value;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (!isObject(value)) return value;
  for (const key of Object.keys(value)) {
    if (value[key] === null) delete value[key];
    else set(value, key, withoutNulls(value[key]));
  }
  return value;
}
