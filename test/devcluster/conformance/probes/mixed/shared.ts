/** What the tables of this folder share. */
import type { Step } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';

export const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

export const two = (path: string, object: Fields): Step[] =>
  ['a', 'b'].map((name) => quiet({ path, body: { ...object, metadata: { name, labels: { of: 'story', name } } } }));

export const ours = 'labelSelector=of%3Dstory';
