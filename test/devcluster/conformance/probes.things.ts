/** Objects that the probes of several areas are made of. */
import type { Step } from './harness.ts';
import { create, type Fields, inNamespace, ofGroup, patch, quiet } from './steps.ts';

export const patched = (path: string, body: unknown, type = 'application/merge-patch+json'): Step =>
  patch(path, body, { type });
export const patchTypes = {
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
export const tables = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
export const map = (name = 'a', data: Fields = { k: 'v' }, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...meta },
  data,
});
export const podSpec = { containers: [{ name: 'c', image: 'nginx' }] };
export const template = { metadata: { labels: { app: 'x' } }, spec: podSpec };
export const selector = { matchLabels: { app: 'x' } };

export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** Where things of a case's own definition are. */
export const things = '/apis/{ns}.probe.io/v1/namespaces/{ns}/things';
export const objectOf = (properties: Fields): Fields => ({ type: 'object', properties });
export const string = { type: 'string' };
export const integer = { type: 'integer' };
export const boolean = { type: 'boolean' };

/** What a definition of things has besides its schema. */
export interface Shape {
  readonly meta?: Fields;
  readonly scope?: 'Cluster';
  readonly names?: Fields;
  readonly spec?: Fields;
  readonly version?: Fields;
  readonly versions?: readonly Fields[];
}

export const definition = (schema: Fields, shape: Shape = {}): { readonly spec: Fields } & Fields => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.{ns}.probe.io', ...shape.meta },
  spec: {
    group: '{ns}.probe.io',
    scope: shape.scope ?? 'Namespaced',
    names: { plural: 'things', kind: 'Thing', ...shape.names },
    ...shape.spec,
    versions: shape.versions ?? [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...shape.version },
    ],
  },
});
export const thing = (spec: unknown, name = 'a', more: Fields = {}): Fields => ({
  apiVersion: '{ns}.probe.io/v1',
  kind: 'Thing',
  metadata: { name },
  spec,
  ...more,
});
/** Waits until a definition's objects can be asked for. */
export const served = (path = things): Step => ({ path, until: (answer) => answer.code === 200, quiet: true });
/** Steps after a definition is there and served. */
export const withDefinition = (schema: Fields, shape: Shape, ...steps: Step[]): Step[] => [
  quiet(create(definitions, definition(schema, shape))),
  served(),
  ...steps,
];
export const role = (name: string, rules: readonly Fields[]): Fields => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name },
  rules,
});
export const roleBinding = (name: string, roleRef: Fields, ...subjects: readonly Fields[]): Fields => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
  subjects,
});
export const roles = `${ofGroup('rbac.authorization.k8s.io/v1')}/roles`;
export const maps = `${inNamespace}/configmaps`;
export const aMap = `${maps}/a`;
