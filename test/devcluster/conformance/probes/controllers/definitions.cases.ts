/** Definitions: established, in conflict, gone. */
import type { Answer, Case, Step } from '../../harness.ts';
import { type Fields, merge, quiet, remove } from '../../steps.ts';
import { gone, mentions, meta, object, one, read, release, secrets } from './shared.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const crd = (more: Fields = {}): Step =>
  quiet({
    path: crds,
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.{ns}.example.com', ...more },
      spec: {
        group: '{ns}.example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
  });

const things = '/apis/{ns}.example.com/v1/namespaces/{ns}/things';

const served = quiet({ path: things, until: (answer: Answer) => answer.code === 200 });

const thing = (more: Fields = {}): Step =>
  quiet({
    path: things,
    body: { apiVersion: '{ns}.example.com/v1', kind: 'Thing', metadata: { name: 't', ...more } },
    until: (answer) => answer.code === 201 || answer.code === 409,
  });

const typed = (body: unknown): unknown =>
  [
    ...((body as { status?: { conditions?: { type: string; status: string; reason: string; message: string }[] } })
      .status?.conditions ?? []),
  ]
    .map(({ type, status, reason, message }) => `${type} ${status} ${reason} ${message}`)
    .sort();

export const definitions: Case[] = [
  one('definition: its status', crd(), {
    path: `${crds}/things.{ns}.example.com`,
    until: mentions('InitialNamesAccepted'),
    view: (body) => (body as { status: unknown }).status,
  }),
  one(
    'definition: deleted',
    crd(),
    served,
    remove(`${crds}/things.{ns}.example.com`),
    read(`${crds}/things.{ns}.example.com`),
  ),
  one(
    'definition: deleted with an instance',
    crd(),
    served,
    thing(),
    { ...remove(`${crds}/things.{ns}.example.com`), view: (body) => (body as { kind: string }).kind },
    read(`${crds}/things.{ns}.example.com`),
    { path: `${things}/t`, until: gone },
  ),
  one(
    'definition: held by an instance',
    crd(),
    served,
    thing({ finalizers: ['example.com/hold'] }),
    quiet(remove(`${crds}/things.{ns}.example.com`)),
    { path: `${crds}/things.{ns}.example.com`, until: mentions('InstanceDeletionInProgress'), view: typed },
    { path: `${things}/t`, view: meta },
    { path: things, body: { apiVersion: '{ns}.example.com/v1', kind: 'Thing', metadata: { name: 'u' } } },
    release(`${things}/t`),
    read(`${crds}/things.{ns}.example.com`),
  ),
  one(
    'definition: made anew',
    crd(),
    served,
    thing(),
    quiet(remove(`${crds}/things.{ns}.example.com`)),
    quiet({ path: `${crds}/things.{ns}.example.com`, until: gone }),
    crd(),
    served,
    { path: things },
  ),
  one(
    'definition: dependents of an instance',
    crd(),
    served,
    { ...thing(), keep: { uid_t: 'metadata.uid' } },
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: '{ns}.example.com/v1', kind: 'Thing', name: 't', uid: '{uid_t}' }],
    }),
    quiet(remove(`${things}/t`)),
    read(`${secrets}/b`),
  ),
  one(
    'definition: its finalizer',
    crd(),
    quiet({ path: `${crds}/things.{ns}.example.com`, until: mentions('InitialNamesAccepted') }),
    { path: `${crds}/things.{ns}.example.com`, view: meta },
    served,
    thing(),
    { path: `${crds}/things.{ns}.example.com`, view: meta },
  ),
  one(
    'definition: discovery of it',
    crd(),
    served,
    { path: '/apis/{ns}.example.com', until: (answer) => answer.code === 200 },
    { path: '/apis/{ns}.example.com/v1', until: mentions('"things"') },
  ),
  one(
    'definition: discovery after it',
    crd(),
    served,
    quiet({ path: '/apis/{ns}.example.com/v1', until: (answer) => answer.code === 200 }),
    quiet(remove(`${crds}/things.{ns}.example.com`)),
    { path: '/apis/{ns}.example.com/v1', until: gone },
    { path: '/apis/{ns}.example.com', until: gone },
  ),
  one(
    'definition: not served any more',
    crd(),
    served,
    thing(),
    quiet({
      method: 'PATCH',
      path: `${crds}/things.{ns}.example.com`,
      body: {
        spec: {
          versions: [{ name: 'v1', served: false, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      },
      type: merge,
    }),
    { path: `${things}/t`, until: gone },
  ),
];
