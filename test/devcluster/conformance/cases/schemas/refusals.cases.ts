/** Definitions: names, versions, columns, scale, selectable fields. */
import type { Fields } from '../../steps.ts';
import { crd, open, root, schema, spec, string } from './shared.ts';

/** Definitions that are created as dry runs: some are refused, some are not. */
export const namesAndVersions: readonly [string, Fields][] = [
  ['v1 without versions', crd({}, { versions: [] })],
  ['no spec', { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'a.b' } }],
  ['v1beta1', { ...crd({}), apiVersion: 'apiextensions.k8s.io/v1beta1' }],
  [
    'two storage versions',
    crd(
      {},
      {
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } },
          { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: open } },
        ],
      },
    ),
  ],
  [
    'two versions of one name',
    crd(
      {},
      {
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } },
          { name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: open } },
        ],
      },
    ),
  ],
  ['names: plural upper case', crd({}, { names: { plural: 'Things', kind: 'Thing' } })],
  ['names: no kind', crd({}, { names: { plural: 'things', kind: '' } })],
  ['names: no plural', crd({}, { names: { plural: '', kind: 'Thing' } })],
  ['names: bad singular', crd({}, { names: { plural: 'things', kind: 'Thing', singular: 'Bad_' } })],
  ['names: bad categories', crd({}, { names: { plural: 'things', kind: 'Thing', categories: ['Bad!'] } })],
  ['names: bad listKind', crd({}, { names: { plural: 'things', kind: 'Thing', listKind: 'thing list' } })],
  ['no scope', crd({}, { scope: undefined })],
  ['no group', crd({}, { group: '' }, 'things.')],
  ['preserveUnknownFields', crd({}, { preserveUnknownFields: true })],
  ['preserveUnknownFields false', crd({}, { preserveUnknownFields: false })],
  ['conversion: strategy', crd({}, { conversion: { strategy: 'Magic' } })],
  ['conversion: webhook without one', crd({}, { conversion: { strategy: 'Webhook' } })],
  [
    'conversion: none with a webhook',
    crd(
      {},
      {
        conversion: {
          strategy: 'None',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a.b/c' } },
        },
      },
    ),
  ],
  [
    'conversion: no review versions',
    crd({}, { conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://a.b/c' } } } }),
  ],
  [
    'conversion: unknown review versions',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v9'], clientConfig: { url: 'https://a.b/c' } },
        },
      },
    ),
  ],
  [
    'conversion: bad url',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'http://a.b/c?x#y' } },
        },
      },
    ),
  ],
  [
    'conversion: url and service',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: {
            conversionReviewVersions: ['v1'],
            clientConfig: { url: 'https://a.b/c', service: { name: 'a', namespace: 'b' } },
          },
        },
      },
    ),
  ],
  [
    'conversion: neither',
    crd({}, { conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: {} } } }),
  ],
  [
    'conversion: bad bundle',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a.b/c', caBundle: 'eA==' } },
        },
      },
    ),
  ],
  [
    'conversion: service path and port',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: {
            conversionReviewVersions: ['v1'],
            clientConfig: { service: { name: '', namespace: '', path: 'x//y', port: 0 } },
          },
        },
      },
    ),
  ],
  ['deprecation warning without deprecated', crd({ deprecationWarning: 'x' })],
  ['deprecation warning', crd({ deprecated: true, deprecationWarning: 'x' })],
  ['deprecation warning with a tab', crd({ deprecated: true, deprecationWarning: 'x\ty' })],
  ['deprecation warning too long', crd({ deprecated: true, deprecationWarning: 'x'.repeat(300) })],
  ['columns: no name', crd({ additionalPrinterColumns: [{ name: '', type: 'string', jsonPath: '.x' }] })],
  ['columns: no path', crd({ additionalPrinterColumns: [{ name: 'x', type: 'string', jsonPath: '' }] })],
  ['columns: no type', crd({ additionalPrinterColumns: [{ name: 'x', type: '', jsonPath: '.x' }] })],
  [
    'columns: format',
    crd({ additionalPrinterColumns: [{ name: 'x', type: 'integer', format: 'nope', jsonPath: '.x' }] }),
  ],
  ['columns: brackets', crd({ additionalPrinterColumns: [{ name: 'x', type: 'integer', jsonPath: '.x[' }] })],
  [
    'scale: label selector',
    crd({
      subresources: {
        scale: { specReplicasPath: '.spec.x', statusReplicasPath: '.status.y', labelSelectorPath: '.metadata.z' },
      },
    }),
  ],
  ['scale: no status path', crd({ subresources: { scale: { specReplicasPath: '.spec.x', statusReplicasPath: '' } } })],
  [
    'scale: array path',
    crd({ subresources: { scale: { specReplicasPath: '.spec.x[0]', statusReplicasPath: '.status.y' } } }),
  ],
  [
    'selectable: twice',
    schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }] }),
  ],
  ['selectable: metadata', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '.metadata.name' }] })],
  [
    'selectable: array',
    schema(spec(root({ a: { type: 'array', items: string } })), { selectableFields: [{ jsonPath: '.spec.a' }] }),
  ],
  ['selectable: empty', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '' }] })],
  ['selectable: no dot', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: 'spec.a' }] })],
  ['selectable: list index', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '.spec.a[0]' }] })],
  [
    'selectable: nine',
    schema(spec(root(Object.fromEntries([...'abcdefghi'].map((n) => [n, string])))), {
      selectableFields: [...'abcdefghi'].map((n) => ({ jsonPath: `.spec.${n}` })),
    }),
  ],
];
