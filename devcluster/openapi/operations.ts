/**
 * Operations and paths of the API, and how kube-apiserver names them. Both OpenAPI documents are made of these: what resources can do is in
 * `resourcePaths.ts`, the rest in `documentPaths.ts`.
 */
import type { Parameter } from './parameters.ts';

export interface Operation {
  readonly method: string;
  readonly description: string;
  readonly id: string;
  readonly tag: string;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Name of the schema of the body. */
  readonly body?: { readonly schema: string; readonly required: boolean };
  /** Description, and name of the schema (or `string`), by code. */
  readonly responses: { readonly [code: string]: readonly [description: string, schema?: string] };
  readonly action?: string;
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
}

/** The operations of a path, and the parameters that all of them share. */
export interface PathItem {
  readonly operations: readonly Operation[];
  readonly parameters: readonly Parameter[];
}

export type Paths = ReadonlyMap<string, PathItem>;

export const json = 'application/json';
export const yaml = 'application/yaml';
export const protobuf = 'application/vnd.kubernetes.protobuf';
export const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const unauthorized = { 401: ['Unauthorized'] } as const;

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `rbac.authorization.k8s.io` → `RbacAuthorization` */
export function groupName(group: string): string {
  if (group === '') return 'Core';
  return group
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map(capital)
    .join('');
}

export function tagOf(group: string, version?: string): string {
  const name = groupName(group);
  return name.charAt(0).toLowerCase() + name.slice(1) + (version === undefined ? '' : `_${version}`);
}

const keys = new WeakMap<Parameter, string>();

/** Tells parameters apart. */
function keyOf(parameter: Parameter): string {
  let key = keys.get(parameter);
  if (key === undefined) {
    key = JSON.stringify(parameter);
    keys.set(parameter, key);
  }
  return key;
}

/** Parameters by name; those that every operation has belong to the path. */
export function item(operations: readonly Operation[]): PathItem {
  const key = keyOf;
  const sorted = (list: readonly Parameter[]): Parameter[] =>
    [...list].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.in < b.in ? -1 : 1));
  const shared = (operations[0]?.parameters ?? []).filter((parameter) =>
    operations.every((other) => other.parameters.some((own) => key(own) === key(parameter))),
  );
  const names = new Set(shared.map(key));
  return {
    parameters: sorted(shared),
    operations: operations.map((operation) => ({
      ...operation,
      parameters: sorted(operation.parameters.filter((parameter) => !names.has(key(parameter)))),
    })),
  };
}
