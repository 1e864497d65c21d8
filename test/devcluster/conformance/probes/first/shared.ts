/** What the tables of this folder share. */
import type { Step } from '../../harness.ts';
import { create, type Fields, inNamespace as ns, ofGroup, quiet, remove } from '../../steps.ts';

export const apps = ofGroup('apps/v1');
export const batch = ofGroup('batch/v1');
export const merge = 'application/merge-patch+json';
export const strat = 'application/strategic-merge-patch+json';
export const json = 'application/json-patch+json';
export const ssa = 'application/apply-patch+yaml';
export const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
export const pmeta = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
export { ns };

export const object = (apiVersion: string, kind: string, name: string, fields: Fields): Fields => ({
  apiVersion,
  kind,
  metadata: { name },
  ...fields,
});
export const cm = (name: string, data: Fields = { a: '1' }, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...meta },
  data,
});
export const patchOf = (path: string, type: string, body: unknown): Step => ({ method: 'PATCH', path, type, body });
export const tmpl = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.25', ports: [{ containerPort: 80 }] }] },
};
export const dep = (spec: Fields = {}): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'x' } }, template: tmpl, ...spec },
});
export const sa = (user: string, groups?: string): { readonly [name: string]: string } => ({
  'impersonate-user': user,
  ...(groups === undefined ? {} : { 'impersonate-group': groups }),
});

export const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const foos = '/apis/{ns}.f.io/v1/namespaces/{ns}/foos';
export const foo = (spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion: '{ns}.f.io/v1',
  kind: 'Foo',
  metadata: { name: 'a', ...meta },
  spec,
});
export const obj = (properties: Fields, more: Fields = {}): Fields => ({ type: 'object', properties, ...more });
/** A definition whose spec has a schema. */
export const crd = (schema: Fields, version: Fields = {}): Fields => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'foos.{ns}.f.io' },
  spec: {
    group: '{ns}.f.io',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo', shortNames: ['f{ns}'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: obj({
            spec: schema,
            status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          }),
        },
        ...version,
      },
    ],
  },
});
/** Steps between a definition's coming, when its kind is served, and its going. */
export const defined = (schema: Fields, version: Fields, ...steps: Step[]): Step[] => [
  quiet(create(crds, crd(schema, version))),
  { path: foos, until: (answer) => answer.code === 200, quiet: true },
  ...steps,
  quiet(remove(`${crds}/foos.{ns}.f.io`)),
];
