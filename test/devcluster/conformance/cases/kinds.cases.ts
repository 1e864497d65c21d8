/** Every builtin kind through the same questions: what is made of a small object, of an empty one, and on each endpoint. */
import type { Case, Step } from '../harness.ts';
import { merge } from '../steps.ts';
import { type Kind, kinds } from './kinds.objects.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const one = (name: string, ...steps: Step[]): Case => ({ area: 'kinds', name, steps });

/** Kinds whose objects a controller changes at a time of its own, and the answers with it. */
const controlled: { readonly [plural: string]: string } = {
  apiservices: 'the aggregator judges them a moment later',
  flowschemas: 'their status comes a moment later; nothing is queued here',
  jobs: 'workloads are not run',
  resourcequotas: 'their status comes a moment later',
  validatingadmissionpolicies: 'their expressions are checked a moment later',
};

/** Single cases by their place. */
const oddities: { readonly [plural: string]: readonly [number, string] } = {
  daemonsets: [0, 'a row of the real table has lost the annotation that counts templates'],
  services: [1, 'the real one allocates an address before it looks at the rest'],
};

function casesOf(kind: Kind): Case[] {
  const { group, plural, namespaced } = kind;
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  const path = namespaced ? `${root}/namespaces/{ns}/${plural}` : `${root}/${plural}`;
  const name = kind.fixedName ?? (namespaced ? 'subject' : `{ns}`);
  const head = { apiVersion: group, kind: kind.kind };
  const object = { ...head, metadata: { name }, ...kind.body };
  const title = `${plural}.${group}`;
  const own = `${path}/${name}`;
  const out: Case[] = [
    one(
      `${title}: create, read, list, delete`,
      { path, body: object },
      { path: own },
      { path: own, headers: table },
      { path: `${path}?fieldSelector=metadata.name%3D${name}`, headers: table },
      { path: `${path}?fieldSelector=metadata.name%3D${name}` },
      { method: 'DELETE', path: own },
    ),
    one(
      `${title}: nothing in it`,
      { path, body: { ...head, metadata: { name } } },
      { path, body: {} },
      { path, body: { ...object, metadata: { name: 'Not_A.Name' } } },
    ),
    one(
      `${title}: nothing there`,
      { path: `${path}/none-such` },
      { method: 'DELETE', path: `${path}/none-such` },
      { method: 'PUT', path: `${path}/${name}`, body: { ...object, metadata: { name, resourceVersion: '1' } } },
      { method: 'PATCH', path: `${path}/none-such`, body: {}, type: merge },
      { method: 'POST', path: `${path}/none-such`, body: object },
      { method: 'PUT', path, body: object },
    ),
    one(
      `${title}: updates`,
      { path, body: object, quiet: true },
      { method: 'PATCH', path: own, body: { metadata: { labels: { a: 'b' } } }, type: merge },
      { method: 'PUT', path: own, body: object },
      { method: 'PUT', path: own, body: { ...object, metadata: { name, labels: { c: 'd' }, resourceVersion: '1' } } },
      { method: 'PATCH', path: own, body: { metadata: { name: 'other' } }, type: merge },
      { method: 'PATCH', path: own, body: { nope: 1 }, type: `${merge}` },
      { method: 'PATCH', path: `${own}?fieldValidation=Strict`, body: { spec: { nope: 1 }, nope: 2 }, type: merge },
      { path: own },
    ),
    one(
      `${title}: apply`,
      { method: 'PATCH', path: `${own}?fieldManager=one`, body: object, type: 'application/apply-patch+yaml' },
      {
        method: 'PATCH',
        path: `${own}?fieldManager=two`,
        body: { ...head, metadata: { name, labels: { a: 'b' } } },
        type: 'application/apply-patch+yaml',
      },
      { method: 'DELETE', path: own, quiet: true },
    ),
    one(
      `${title}: status`,
      { path, body: object, quiet: true },
      { path: `${own}/status` },
      { method: 'PATCH', path: `${own}/status`, body: { metadata: { annotations: { x: 'y' } } }, type: merge },
      { path: `${own}/scale` },
      { method: 'DELETE', path: `${own}/status` },
    ),
    one(
      `${title}: dry run and strictness`,
      { path: `${path}?dryRun=All`, body: object },
      { path: `${path}?fieldValidation=Strict`, body: { ...object, nope: 1 } },
      { path: `${path}?fieldManager=m`, body: { ...object, metadata: { ...object.metadata, nope: 1 } } },
    ),
    one(
      `${title}: collection`,
      { path: `${path}?labelSelector=none%3Dsuch`, headers: table },
      { path: `${path}?labelSelector=none%3Dsuch` },
      { path: `${path}?fieldSelector=spec.none%3Dsuch` },
      { method: 'DELETE', path: `${path}?labelSelector=none%3Dsuch` },
    ),
  ];
  const differs = controlled[plural];
  if (differs !== undefined) {
    const untouched = /nothing|collection|dry run/;
    return out.map((item) => (untouched.test(item.name) ? item : { ...item, differs }));
  }
  const first = oddities[plural];
  if (first !== undefined)
    return out.map((item, index) => (index === first[0] ? { ...item, differs: first[1] } : item));
  return out.map((item, index) => JSON.parse(JSON.stringify(item).replaceAll('{n}', String(index + 1))) as Case);
}

export const kindCases: readonly Case[] = kinds.flatMap(casesOf);
