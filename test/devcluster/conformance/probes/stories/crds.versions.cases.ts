/** Probes of definitions: their conditions, their names, and versions that come and go, over several requests. */
import type { Case, Step } from '../../harness.ts';
import {
  boolean,
  definition,
  definitions,
  objectOf,
  patched,
  served,
  string,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { at, code, create, type Fields, holds, includes, pick, quiet, read, remove } from '../../steps.ts';
import { a, name, one, plain, state, version } from './versions.ts';

const another = (plural: string, names: Fields, more: Fields = {}): Fields => {
  const made = definition(plain);
  return {
    ...made,
    metadata: { name: `${plural}.{ns}.probe.io` },
    spec: { ...made.spec, names: { plural, ...names }, ...more },
  };
};
const bare = (body: unknown): unknown =>
  at(body, 'kind') === 'Status' ? body : { ...(body as Fields), metadata: at(body, 'metadata.name') };
const spec = pick('spec');
const dry = (what: Fields): Step => create(`${definitions}?dryRun=All`, what);
const subresources = (more: Fields = {}): Fields => ({ subresources: { status: {}, ...more } });
const scaled = subresources({
  scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n', labelSelectorPath: '.status.phase' },
});

export const versionProbes: readonly Case[] = [
  one(
    'as it is kept',
    { ...create(definitions, definition(plain)), view: pick('spec', 'metadata.generation') },
    { path: name, until: holds('status.conditions.1.status', 'True'), view: state },
  ),
  one(
    'defaults of a definition with everything',
    {
      ...create(
        definitions,
        definition(plain, {
          names: { shortNames: ['th'], categories: ['all', 'mine'] },
          version: {
            ...scaled,
            additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a' }],
            selectableFields: [{ jsonPath: '.spec.a' }],
          },
        }),
      ),
      view: spec,
    },
    { path: '/apis/{ns}.probe.io/v1', until: includes('things/scale') },
  ),
  one(
    'names are taken and released',
    ...withDefinition(plain, { names: { shortNames: ['th'] } }),
    quiet(create(definitions, another('others', { kind: 'Other', shortNames: ['th'] }))),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('ShortNamesConflict'), view: state },
    quiet(remove(name)),
    { path: `${definitions}/others.{ns}.probe.io`, until: holds('status.conditions.1.status', 'True'), view: state },
  ),
  one(
    'names that change',
    ...withDefinition(plain, {}),
    {
      ...patched(name, { spec: { names: { shortNames: ['tt'], categories: ['all'] } } }),
      view: pick('spec.names', 'metadata.generation'),
    },
    { path: name, until: holds('status.acceptedNames.shortNames', ['tt']), view: state },
    { ...patched(name, { spec: { names: { singular: 'thingy' } } }), view: pick('spec.names') },
    { path: name, until: holds('status.acceptedNames.singular', 'thingy'), view: state },
    patched(name, { spec: { names: { plural: 'thangs' } } }),
    patched(name, { spec: { names: { shortNames: ['BAD', 'x.y'] } } }),
    patched(name, { spec: { names: { categories: ['BAD'] } } }),
    patched(name, { spec: { names: { listKind: 'Thing' } } }),
  ),
  one(
    'a second version comes, is stored, and the first goes',
    ...withDefinition(plain, {}),
    quiet(create(things, thing({ a: 'x' }))),
    quiet(patched(name, { spec: { versions: [version('v1', { storage: true }), version('v2')] } })),
    { path: '/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a', until: code(200), view: bare },
    quiet(patched(name, { spec: { versions: [version('v1'), version('v2', { storage: true })] } })),
    { path: name, until: holds('status.storedVersions', ['v1', 'v2']), view: pick('status.storedVersions') },
    patched(name, { spec: { versions: [version('v2', { storage: true })] } }),
    { ...patched(`${name}/status`, { status: { storedVersions: ['v2'] } }), view: pick('status.storedVersions') },
    {
      ...patched(name, { spec: { versions: [version('v2', { storage: true })] } }),
      view: pick('spec.versions.*.name'),
    },
    { path: a, until: code(404) },
    { path: '/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a', view: bare },
    // What cannot be read could not be deleted.
    quiet(patched(name, { spec: { versions: [version('v1'), version('v2', { storage: true })] } })),
    { path: a, until: code(200), quiet: true },
  ),
  one(
    'stored versions that are wrong',
    ...withDefinition(plain, {}),
    patched(`${name}/status`, { status: { storedVersions: [] } }),
    patched(`${name}/status`, { status: { storedVersions: ['v9'] } }),
    patched(`${name}/status`, { status: { storedVersions: ['v1', 'v9'] } }),
    patched(`${name}/status`, { status: { conditions: [{ type: 'Mine', status: 'Perhaps' }] } }),
    {
      ...patched(`${name}/status`, { metadata: { labels: { a: 'b' } }, spec: { scope: 'Cluster' } }),
      view: pick('metadata.labels', 'spec.scope'),
    },
  ),
  one(
    'versions that are wrong',
    dry(definition(plain, { versions: [] })),
    dry(definition(plain, { versions: [version('v1')] })),
    dry(definition(plain, { versions: [version('v1', { storage: true, served: false })] })),
    dry(definition(plain, { versions: [version('V1', { storage: true })] })),
    dry(definition(plain, { versions: [version('1', { storage: true })] })),
    dry(definition(plain, { versions: [version('v1', { storage: true, deprecationWarning: 'x' })] })),
    dry(
      definition(plain, {
        versions: [version('v1', { storage: true, deprecated: true, deprecationWarning: 'x'.repeat(257) })],
      }),
    ),
    dry(definition(plain, { versions: [version('v1', { storage: true, schema: {} })] })),
    dry(definition(plain, { versions: [version('v1', { storage: true, schema: undefined })] })),
  ),
  one(
    'the order in which versions are preferred',
    ...withDefinition(plain, {
      versions: [
        version('v1alpha1'),
        version('v1', { storage: true }),
        version('v2beta1'),
        version('v10'),
        version('foo'),
      ],
    }),
    { path: '/apis/{ns}.probe.io', until: includes('v2beta1') },
  ),
  one(
    'a version that is not served any more',
    ...withDefinition(plain, { versions: [version('v1', { storage: true }), version('v2')] }),
    quiet(create(things, thing({ a: 'x' }))),
    quiet(patched(name, { spec: { versions: [version('v1', { storage: true, served: false }), version('v2')] } })),
    { ...read(a), until: code(404) },
    { path: '/apis/{ns}.probe.io', until: (answer) => !JSON.stringify(answer.body).includes('probe.io/v1') },
    { path: '/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a', view: bare },
  ),
  one(
    'a version in which another schema stands',
    ...withDefinition(plain, {
      versions: [
        version('v1', { storage: true }),
        version('v2', {}, objectOf({ spec: objectOf({ a: { ...string, default: 'two' }, b: boolean }) })),
      ],
    }),
    { ...create(things, thing({ n: 1 })), view: bare },
    { path: '/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a', view: bare, until: code(200) },
    { ...patched('/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a', { spec: { b: true } }), view: bare },
    { ...read(a), view: bare },
    create('/apis/{ns}.probe.io/v2/namespaces/{ns}/things', thing({}, 'b')),
  ),
  one(
    'conversion by a webhook that is not there',
    quiet(
      create(
        definitions,
        definition(plain, {
          versions: [version('v1', { storage: true }), version('v2')],
          spec: {
            conversion: {
              strategy: 'Webhook',
              webhook: {
                conversionReviewVersions: ['v1'],
                clientConfig: { service: { namespace: '{ns}', name: 'nobody', path: '/c' } },
              },
            },
          },
        }),
      ),
    ),
    served(),
    { ...create(things, thing({ a: 'x' })), view: bare },
    { ...read(a), view: bare },
    read('/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a'),
    read('/apis/{ns}.probe.io/v2/namespaces/{ns}/things'),
    create('/apis/{ns}.probe.io/v2/namespaces/{ns}/things', {
      ...thing({ a: 'y' }, 'b'),
      apiVersion: '{ns}.probe.io/v2',
    }),
    patched('/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a', { spec: { a: 'z' } }),
    remove('/apis/{ns}.probe.io/v2/namespaces/{ns}/things/a'),
    { ...remove(a), view: bare },
  ),
  one(
    'conversions that are wrong',
    ...[
      { strategy: 'Other' },
      { strategy: 'Webhook' },
      { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'] } },
      { strategy: 'Webhook', webhook: { conversionReviewVersions: [], clientConfig: { url: 'https://x.y/' } } },
      { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v9'], clientConfig: { url: 'https://x.y/' } } },
      { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'http://x.y/' } } },
      {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v1'],
          clientConfig: { url: 'https://x.y/', service: { name: 'a', namespace: 'b' } },
        },
      },
      {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v1', 'v1'],
          clientConfig: { service: { name: '', namespace: '', port: 0 } },
        },
      },
      { strategy: 'None', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://x.y/' } } },
      {
        strategy: 'Webhook',
        webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://x.y/', caBundle: 'eA==' } },
      },
    ].map((conversion) => dry(definition(plain, { spec: { conversion } }))),
  ),
];
