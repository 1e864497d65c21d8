/** CustomResourceDefinitions: what is refused and with which words, and how their objects are validated, defaulted and pruned. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, merge } from '../../steps.ts';
import { namesAndVersions } from './refusals.cases.ts';
import { celRules } from './rules.cases.ts';
import { crd, crds, integer, open, spec, string } from './shared.ts';
import { structuralSchemas } from './structure.cases.ts';
import { changes, objects } from './zoo.cases.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'schemas', name, steps });

const definitions: readonly [string, Fields][] = [...namesAndVersions, ...structuralSchemas, ...celRules];

const zoos = '/apis/conf5.example.com/v1/namespaces/{ns}/zoos';

const beast = (fields: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'conf5.example.com/v1',
  kind: 'Zoo',
  metadata: { name: 'a', ...meta },
  spec: fields,
});

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

const ratchet: Step[] = [
  {
    path: crds,
    body: crd(
      {
        schema: {
          openAPIV3Schema: spec({
            type: 'object',
            properties: {
              s: string,
              list: { type: 'array', items: string },
              m: {
                type: 'array',
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['k'],
                items: { type: 'object', required: ['k'], properties: { k: string, v: integer } },
              },
            },
          }),
        },
      },
      { names: { plural: 'rats', kind: 'Rat' }, group: 'r-{ns}.example.com' },
      'rats.r-{ns}.example.com',
    ),
    quiet: true,
  },
  { path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats', until: (answer) => answer.code === 200, quiet: true },
  {
    path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats',
    body: {
      apiVersion: 'r-{ns}.example.com/v1',
      kind: 'Rat',
      metadata: { name: 'a' },
      spec: {
        s: 'long',
        list: ['long', 'x'],
        m: [
          { k: 'a', v: 1 },
          { k: 'b', v: 2 },
        ],
      },
    },
    quiet: true,
  },
  {
    method: 'PATCH',
    path: `${crds}/rats.r-{ns}.example.com`,
    type: 'application/json-patch+json',
    body: [
      {
        op: 'replace',
        path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/s',
        value: { type: 'string', maxLength: 2 },
      },
      {
        op: 'replace',
        path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/list/items',
        value: { type: 'string', maxLength: 2 },
      },
      {
        op: 'replace',
        path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/m/items/properties/v',
        value: { type: 'integer', minimum: 5 },
      },
    ],
    quiet: true,
  },
  {
    path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats?dryRun=All',
    body: { apiVersion: 'r-{ns}.example.com/v1', kind: 'Rat', metadata: { name: 'b' }, spec: { s: 'long' } },
    until: (answer) => answer.code === 422,
  },
  ...[
    { metadata: { labels: { a: 'b' } } },
    { spec: { s: 'other' } },
    { spec: { list: ['long', 'y'] } },
    { spec: { list: ['x', 'long'] } },
    { spec: { m: [{ k: 'b', v: 2 }] } },
    { spec: { m: [{ k: 'b', v: 3 }] } },
    {
      spec: {
        m: [
          { k: 'c', v: 9 },
          { k: 'a', v: 1 },
        ],
      },
    },
  ].map(
    (body): Step => ({
      method: 'PATCH',
      path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats/a?dryRun=All',
      body,
      type: merge,
    }),
  ),
];

export const schemaCases: readonly Case[] = [
  ...definitions.map(([name, body]) => one(`definition: ${name}`, { path: `${crds}?dryRun=All`, body })),
  ...objects.map((fields) =>
    one(`object: ${JSON.stringify(fields)}`, {
      path: `${zoos.replace('{ns}', 'default')}?dryRun=All`,
      body: beast(fields),
    }),
  ),
  ...changes.map(([before, after]) =>
    one(
      `change: ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
      { path: zoos, body: beast(before), quiet: true },
      { method: 'PATCH', path: `${zoos}/a`, body: { spec: after }, type: merge },
    ),
  ),
  one('object: strict', {
    path: `${zoos}?dryRun=All&fieldValidation=Strict`,
    body: beast({ nope: 1, array: [{ nope: 1 }], embedded: { apiVersion: 'v1', kind: 'X', metadata: { nope: 1 } } }),
  }),
  one('object: without spec', {
    path: `${zoos}?dryRun=All`,
    body: { apiVersion: 'conf5.example.com/v1', kind: 'Zoo', metadata: { name: 'a' } },
  }),
  one('object: spec of another type', {
    path: `${zoos}?dryRun=All`,
    body: { apiVersion: 'conf5.example.com/v1', kind: 'Zoo', metadata: { name: 'a' }, spec: 'x' },
  }),
  one('object: spec null', {
    path: `${zoos}?dryRun=All`,
    body: { apiVersion: 'conf5.example.com/v1', kind: 'Zoo', metadata: { name: 'a' }, spec: null },
  }),
  one(
    'columns',
    {
      path: zoos,
      body: beast(
        {
          int: 5,
          num: 2.5,
          dateTime: '2020-01-01T00:00:00Z',
          str: 'abc',
          ports: [
            { port: 80, name: 'x' },
            { port: 81, name: 'y' },
          ],
          map: { a: 1 },
          set: ['p', 'q'],
        },
        { labels: { 'a.b/c': 'L' } },
      ),
      quiet: true,
    },
    { path: zoos, body: { ...beast({}), metadata: { name: 'b' } }, quiet: true },
    { path: zoos, headers: table },
  ),
  one(
    'status of a kind',
    { path: zoos, body: { ...beast({ int: 1 }), status: { a: 1 } }, quiet: true },
    { method: 'PATCH', path: `${zoos}/a/status`, body: { status: { a: 'x' } }, type: merge },
    { method: 'PATCH', path: `${zoos}/a/status`, body: { status: { a: 5, b: 6 } }, type: merge },
    { method: 'PATCH', path: `${zoos}/a/status`, body: { spec: { int: 'x' }, status: { a: 7 } }, type: merge },
    { path: `${zoos}/a/scale` },
    { path: `${zoos}/a/status`, headers: table },
  ),
  one('ratcheting', ...ratchet),
  one(
    'a deprecated version warns',
    {
      path: crds,
      body: crd(
        { deprecated: true },
        { group: 'd-{ns}.example.com', names: { plural: 'olds', kind: 'Old' } },
        'olds.d-{ns}.example.com',
      ),
      quiet: true,
    },
    { path: '/apis/d-{ns}.example.com/v1/namespaces/{ns}/olds', until: (answer) => answer.code === 200 },
    {
      path: '/apis/d-{ns}.example.com/v1/namespaces/{ns}/olds',
      body: { apiVersion: 'd-{ns}.example.com/v1', kind: 'Old', metadata: { name: 'a' } },
    },
    { path: '/apis/d-{ns}.example.com/v1/namespaces/{ns}/olds/zz' },
  ),
  one(
    'two versions without conversion',
    {
      path: crds,
      body: crd(
        {},
        {
          group: 'v-{ns}.example.com',
          names: { plural: 'twos', kind: 'Two' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: spec({
                  type: 'object',
                  properties: { a: string, b: { type: 'string', default: 'one' } },
                }),
              },
            },
            {
              name: 'v1beta1',
              served: true,
              storage: false,
              schema: {
                openAPIV3Schema: spec({
                  type: 'object',
                  properties: { a: string, c: { type: 'string', default: 'beta' } },
                }),
              },
            },
            { name: 'v2', served: false, storage: false, schema: { openAPIV3Schema: open } },
          ],
        },
        'twos.v-{ns}.example.com',
      ),
    },
    { path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos', until: (answer) => answer.code === 200 },
    { path: '/apis/v-{ns}.example.com', until: (answer) => answer.code === 200 },
    {
      path: '/apis/v-{ns}.example.com/v1beta1/namespaces/{ns}/twos',
      body: {
        apiVersion: 'v-{ns}.example.com/v1beta1',
        kind: 'Two',
        metadata: { name: 'a' },
        spec: { a: 'x', b: 'y' },
      },
    },
    { path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos/a' },
    { path: '/apis/v-{ns}.example.com/v2/namespaces/{ns}/twos/a' },
    {
      path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos',
      body: { apiVersion: 'v-{ns}.example.com/v1beta1', kind: 'Two', metadata: { name: 'b' } },
    },
    {
      method: 'PATCH',
      path: '/apis/v-{ns}.example.com/v1beta1/namespaces/{ns}/twos/a',
      body: { spec: { c: 'z' } },
      type: merge,
    },
    { path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos/a' },
    { method: 'PATCH', path: `${crds}/twos.v-{ns}.example.com`, body: { spec: { scope: 'Cluster' } }, type: merge },
    { method: 'PATCH', path: `${crds}/twos.v-{ns}.example.com`, body: { spec: { group: 'x.y' } }, type: merge },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com`,
      body: { spec: { names: { kind: 'Other' } } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com`,
      body: { spec: { names: { plural: 'others' } } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com`,
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/spec/versions/0' }],
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com/status`,
      body: { status: { storedVersions: [] } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com/status`,
      body: { status: { storedVersions: ['v9'] } },
      type: merge,
    },
  ),
  one(
    'names that are taken',
    {
      path: crds,
      body: crd(
        {},
        { group: 'n-{ns}.example.com', names: { plural: 'as', kind: 'A', shortNames: ['x'] } },
        'as.n-{ns}.example.com',
      ),
      quiet: true,
    },
    { path: '/apis/n-{ns}.example.com/v1/namespaces/{ns}/as', until: (answer) => answer.code === 200, quiet: true },
    {
      path: crds,
      body: crd(
        {},
        { group: 'n-{ns}.example.com', names: { plural: 'bs', kind: 'A', shortNames: ['x'], singular: 'a' } },
        'bs.n-{ns}.example.com',
      ),
      quiet: true,
    },
    {
      path: `${crds}/bs.n-{ns}.example.com`,
      until: ({ body }) => ((body as { status?: { conditions?: unknown[] } }).status?.conditions?.length ?? 0) > 1,
    },
    { path: '/apis/n-{ns}.example.com/v1/namespaces/{ns}/bs' },
  ),
  one('definitions as a table', {
    path: `${crds}?fieldSelector=metadata.name%3Dwidgets.conformance.example.com`,
    headers: table,
  }),
];
