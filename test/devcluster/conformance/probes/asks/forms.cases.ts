/** Tables and metadata of builtin and custom kinds. */
import type { Case } from '../../harness.ts';
import { aMap, maps, patched, podSpec, tables, thing, things, withDefinition } from '../../probes.things.ts';
import { create, pick, quiet, read } from '../../steps.ts';
import {
  counted,
  events,
  jobs,
  metadata,
  metadataList,
  plainSchema,
  pods,
  reads,
  three,
  versioned,
  watch,
} from './shared.ts';

export const formsAsked: readonly Case[] = [
  reads(
    'get in other forms',
    ...three,
    read(aMap, { headers: tables }),
    read(aMap, { headers: metadata }),
    read(aMap, { headers: metadataList }),
    read(aMap, { headers: { accept: 'application/yaml' } }),
    read(aMap, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } }),
    read(aMap, { headers: { accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io' } }),
  ),
  reads(
    'list in other forms',
    ...three,
    read(`${maps}?labelSelector=n`, { headers: tables }),
    read(`${maps}?labelSelector=n`, { headers: metadataList }),
    read(`${maps}?labelSelector=n`, { headers: metadata }),
    read(`${maps}?labelSelector=n`, { headers: { accept: 'application/yaml' } }),
  ),
  reads(
    'table of none',
    read(`${maps}?labelSelector=zz`, { headers: tables }),
    read(`${pods}`, { headers: tables }),
    read(`${pods}?includeObject=Object`, { headers: tables }),
  ),
  reads(
    'table of one that is missing',
    read(`${maps}/nope`, { headers: tables }),
    read(`${maps}/nope`, { headers: { accept: 'application/yaml' } }),
    read(`${maps}/nope`, { headers: metadata }),
  ),
  reads(
    'custom: list forms',
    ...withDefinition(
      plainSchema,
      {
        version: {
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'how big' },
            { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
        },
      },
      quiet(create(things, thing({ size: 3, color: 'red' }))),
      quiet(create(things, thing({}, 'b'))),
      read(things, { headers: tables }),
      read(`${things}/a`, { headers: tables }),
      read(things, { headers: metadataList }),
      read(`${things}/a`, { headers: metadata }),
      read(`${things}?limit=1`),
      read(`${things}?limit=1&labelSelector=x`),
    ),
  ),
  reads(
    'custom: no columns',
    ...withDefinition(
      plainSchema,
      {},
      quiet(create(things, thing({ size: 3 }))),
      read(things, { headers: tables }),
      read(`${things}?includeObject=Object`, { headers: tables }),
      read(`${things}/zz`, { headers: tables }),
    ),
  ),
  reads(
    'custom: columns that find nothing',
    ...withDefinition(
      plainSchema,
      {
        version: {
          additionalPrinterColumns: [
            { name: 'None', type: 'string', jsonPath: '.spec.nope' },
            { name: 'Num', type: 'number', jsonPath: '.spec.size' },
            { name: 'Bool', type: 'boolean', jsonPath: '.spec.size' },
            { name: 'Str', type: 'string', jsonPath: '.spec' },
            { name: 'Lab', type: 'string', jsonPath: '.metadata.labels.x' },
            { name: 'Date', type: 'date', jsonPath: '.spec.color' },
          ],
        },
      },
      quiet(create(things, thing({ size: 3, color: 'x' }))),
      read(things, { headers: tables }),
    ),
  ),
  reads(
    'custom: selectable fields',
    ...withDefinition(
      plainSchema,
      { version: { selectableFields: [{ jsonPath: '.spec.color' }, { jsonPath: '.spec.size' }] } },
      quiet(create(things, thing({ size: 3, color: 'red' }))),
      quiet(create(things, thing({ size: 4 }, 'b'))),
      ...[
        'spec.color=red',
        'spec.color!=red',
        'spec.color=',
        'spec.size=4',
        'spec.size=04',
        'spec.color=red,metadata.name=a',
        'status.phase=x',
      ].map((s) => read(`${things}?fieldSelector=${encodeURIComponent(s)}`, { view: counted })),
      { ...read(things), quiet: true, ...versioned },
      watch(
        things,
        '&resourceVersion={rv}&fieldSelector=spec.color%3Dblue',
        [patched(`${things}/a`, { spec: { color: 'blue' } }), patched(`${things}/a`, { spec: { color: 'red' } })],
        { view: events('data', 'status') },
      ),
    ),
  ),
  reads(
    'a job and its table',
    quiet(
      create(jobs, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
      }),
    ),
    read(`${jobs}?fieldSelector=status.successful%3D0`, { view: counted }),
    read(`${jobs}?fieldSelector=metadata.name%3Dj&includeObject=None`, {
      headers: tables,
      view: (b) => pick('columnDefinitions.*.name', 'columnDefinitions.*.format', 'columnDefinitions.*.priority')(b),
    }),
  ),
];
