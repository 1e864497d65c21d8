import { secretKeyRef } from './common.ts';
import { listByKey, map, object, str } from './schema.ts';

const NAME = { minLength: 1, maxLength: 253, pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$' } as const;

/** Where a value comes from that stands in a Secret. */
export const valueFrom = object(
  'Where the value comes from.',
  {},
  { secretKeyRef: secretKeyRef('A key of a Secret.') },
  {
    'x-kubernetes-validations': [{ rule: 'has(self.secretKeyRef)', message: 'secretKeyRef is required' }],
  },
);

export const ONE_VALUE = {
  'x-kubernetes-validations': [
    { rule: 'has(self.value) != has(self.valueFrom)', message: 'exactly one of value and valueFrom is required' },
  ],
} as const;

/** Environment variables of a program. */
export const environment = (description: string) =>
  listByKey(
    description,
    'name',
    object(
      'A variable.',
      { name: str('Its name.', NAME) },
      { value: str('Its value.', { maxLength: 32768 }), valueFrom },
      ONE_VALUE,
    ),
    { maxItems: 256 },
  );

const quantity = {
  ...str('A quantity: `500m`, `256Mi`.', { pattern: '^[0-9]+(\\.[0-9]+)?([munKMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$' }),
  maxLength: 64,
};

/** Limits and requests, as Kubernetes has them. */
export const resources = (description: string) =>
  object(
    description,
    {},
    {
      limits: map('The most it may use.', quantity),
      requests: map('What it needs.', quantity),
    },
  );
