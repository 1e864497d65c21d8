/** Names in definitions. */
import type { Fields } from '../../steps.ts';

export const names: readonly [string, Fields, Fields][] = [
  [
    'a singular of its own',
    {},
    { names: { plural: 'things', singular: 'thing', kind: 'Thing', shortNames: ['th'], categories: ['all'] } },
  ],
  ['short names twice', {}, { names: { plural: 'things', kind: 'Thing', shortNames: ['t', 't'] } }],
  ['a short name that is the plural', {}, { names: { plural: 'things', kind: 'Thing', shortNames: ['things'] } }],
  ['a kind in lower case', {}, { names: { plural: 'things', kind: 'thing' } }],
  ['listKind like kind', {}, { names: { plural: 'things', kind: 'Thing', listKind: 'Thing' } }],
  ['another plural', {}, { names: { plural: 'others', kind: 'Thing' } }],
  ['an upper case group', {}, { group: 'D.Example.com' }],
  ['versions that are none', { name: 'V1' }, {}],
  ['a version with a dash', { name: 'v1-beta' }, {}],
  ['not served, not stored', { served: false, storage: false }, {}],
  [
    'a column of priority',
    { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a', priority: -1, description: 'd' }] },
    {},
  ],
  [
    'columns twice',
    {
      additionalPrinterColumns: [
        { name: 'A', type: 'string', jsonPath: '.spec.a' },
        { name: 'A', type: 'string', jsonPath: '.spec.b' },
      ],
    },
    {},
  ],
  [
    'column paths',
    {
      additionalPrinterColumns: [
        'spec.a',
        '.spec..a',
        ".spec['a']",
        '{.spec.a}',
        '.spec[0:2]',
        '.spec[*]',
        '$.spec',
      ].map((jsonPath, n) => ({ name: `C${n}`, type: 'string', jsonPath })),
    },
    {},
  ],
  [
    'scale paths',
    { subresources: { scale: { specReplicasPath: 'spec.replicas', statusReplicasPath: '.spec.replicas' } } },
    {},
  ],
  [
    'scale of status',
    { subresources: { scale: { specReplicasPath: '.status.replicas', statusReplicasPath: '.status.replicas' } } },
    {},
  ],
  [
    'status and scale',
    {
      subresources: {
        status: {},
        scale: {
          specReplicasPath: '.spec.replicas',
          statusReplicasPath: '.status.replicas',
          labelSelectorPath: '.status.selector',
        },
      },
    },
    {},
  ],
  [
    'selectable fields of types',
    { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.o' }, { jsonPath: '.spec.n' }] },
    {},
  ],
  [
    'conversion service',
    {},
    {
      conversion: {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v1', 'v1', 'Bad_'],
          clientConfig: { service: { name: 's', namespace: 'n', port: 70000 } },
        },
      },
    },
  ],
  ['a scope in lower case', {}, { scope: 'namespaced' }],
];
