/** Requests about one kind at its path. */
import type { Step } from '../../harness.ts';
import { post } from '../../probes.objects.ts';
import { tables } from '../../probes.things.ts';
import { at, create, type Fields, pick, read, remove } from '../../steps.ts';

type Patch = 'merge' | 'strategic' | 'json';

export const types = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

/** Requests about a kind at a path. */
export const of = (group: string, plural: string, kind: string, name = 'b-{ns}', namespaced = false) => {
  const root = `${group.includes('/') ? '/apis/' : '/api/'}${group}/${namespaced ? 'namespaces/{ns}/' : ''}${plural}`;
  const object = (fields: Fields, meta: Fields = {}): Fields => ({
    apiVersion: group,
    kind,
    metadata: { name, ...meta },
    ...fields,
  });
  return {
    root,
    at: `${root}/${name}`,
    post: (fields: Fields, meta: Fields = {}, query = ''): Step => create(`${root}${query}`, object(fields, meta)),
    dry: (fields: Fields, meta: Fields = {}): Step => create(`${root}?dryRun=All`, object(fields, meta)),
    put: (fields: Fields, meta: Fields = {}, sub = ''): Step => ({
      method: 'PUT',
      path: `${root}/${name}${sub}`,
      body: object(fields, meta),
    }),
    patch: (change: unknown, sub = '', type: Patch = 'merge'): Step => ({
      method: 'PATCH',
      path: `${root}/${name}${sub}`,
      body: change,
      type: types[type],
    }),
    apply: (fields: Fields, manager = 'one', sub = ''): Step => ({
      method: 'PATCH',
      path: `${root}/${name}${sub}?fieldManager=${manager}`,
      body: object(fields),
      type: 'application/apply-patch+yaml',
    }),
    get: (sub = ''): Step => read(`${root}/${name}${sub}`),
    table: (): Step => ({
      ...read(`${root}/${name}`, { headers: tables }),
      view: pick('columnDefinitions.*.name', 'rows.*.cells'),
    }),
    remove: (): Step => ({ ...remove(`${root}/${name}`), view: (body) => at(body, 'status') ?? at(body, 'kind') }),
  };
};

/** A dry run of a creation of a kind that the builders know. */
export const dry = (kind: string, fields: Fields, meta: Fields = {}): Step => post(kind, fields, meta, '?dryRun=All');

export const shown = (step: Step, ...paths: string[]): Step => ({ ...step, view: pick(...paths) });
