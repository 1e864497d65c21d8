/** What the tables of this folder share. */
import type { Answer, Case, Step } from '../../harness.ts';
import { type Fields, merge, quiet } from '../../steps.ts';

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-controllers', name, steps });

export const maps = '/api/v1/namespaces/{ns}/configmaps';

export const secrets = '/api/v1/namespaces/{ns}/secrets';

export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';

export const gone = (answer: Answer): boolean => answer.code === 404;

export const meta = (body: unknown): unknown => {
  const { metadata } = body as { metadata?: Fields };
  return metadata === undefined || (body as { kind: string }).kind === 'Status'
    ? body
    : {
        finalizers: metadata.finalizers,
        owners: metadata.ownerReferences,
        deleting: metadata.deletionTimestamp !== undefined,
        grace: metadata.deletionGracePeriodSeconds,
        generation: metadata.generation,
      };
};

export const object = (sort: string, name: string, more: Fields = {}): Step =>
  quiet({
    path: sort,
    body: {
      apiVersion: sort === widgets ? 'conformance.example.com/v1' : 'v1',
      kind: sort === widgets ? 'Widget' : sort === maps ? 'ConfigMap' : 'Secret',
      metadata: { name, ...more },
      ...(sort === widgets ? { spec: { size: 1 } } : {}),
    },
    keep: { [`uid_${name}`]: 'metadata.uid' },
  });

export const read = (path: string, until: (answer: Answer) => boolean = gone): Step => ({ path, until, view: meta });

export const release = (path: string): Step =>
  quiet({ method: 'PATCH', path, body: { metadata: { finalizers: null } }, type: merge });

export const mentions =
  (text: string, yes = true) =>
  (answer: Answer): boolean =>
    JSON.stringify(answer.body).includes(text) === yes;
