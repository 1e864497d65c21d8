import { localRef } from './common.ts';
import { defineKind } from './kind.ts';
import { message } from './message.ts';
import type { TypeOf } from './schema.ts';
import { int, list, object } from './schema.ts';

const spec = object(
  'Older messages of a run. Immutable.',
  {
    taskRunRef: localRef('The TaskRun whose messages these are.'),
    index: int('Which page of the run this is, from 1.', { minimum: 1 }),
    firstMessage: int('Position of the first message in the conversation, from 0.', { minimum: 0 }),
    messages: list('The messages.', message),
  },
  {},
  {
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'a page is immutable', reason: 'FieldValueForbidden' },
    ],
  },
);

export const contextPages = defineKind({
  kind: 'ContextPage',
  plural: 'contextpages',
  description: 'A page of a TaskRun’s older messages, moved here so that no object outgrows etcd.',
  spec,
  columns: [
    { name: 'TaskRun', path: '.spec.taskRunRef.name' },
    { name: 'Index', path: '.spec.index', type: 'integer' },
    { name: 'First', path: '.spec.firstMessage', type: 'integer' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
  selectableFields: ['.spec.taskRunRef.name'],
});

export type ContextPageSpec = TypeOf<typeof spec>;
export type ContextPage = NonNullable<typeof contextPages.object>;
