/** Field managers: odd requests and transfers. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, patched, patchTypes } from '../../probes.things.ts';
import { applied, quiet, read } from '../../steps.ts';
import { aDeployment, deployment, one, running } from './shared.ts';

export const managerProbes: readonly Case[] = [
  one('apply without a field manager', { method: 'PATCH', path: aMap, body: map(), type: patchTypes.apply }),
  one('apply with managedFields', {
    method: 'PATCH',
    path: `${aMap}?fieldManager=x`,
    body: map('a', {}, { managedFields: [{ manager: 'y', operation: 'Apply' }] }),
    type: patchTypes.apply,
  }),
  one('apply names do not match', applied(aMap, map('b'))),
  one(
    'apply empty labels',
    applied(aMap, map('a', {}, { labels: {}, annotations: { a: 'b' } })),
    applied(aMap, map('a', {}, { labels: { l: 'm' } })),
    applied(aMap, map('a')),
  ),
  one(
    'apply dry run on a new object',
    { method: 'PATCH', path: `${aMap}?fieldManager=x&dryRun=All`, body: map(), type: patchTypes.apply },
    read(aMap),
  ),
  one('apply force without apply', patched(`${aMap}?force=true`, { data: {} }), {
    method: 'PUT',
    path: `${aMap}?force=true`,
    body: map(),
  }),
  one(
    'apply in strict with unknown',
    {
      method: 'PATCH',
      path: `${aMap}?fieldManager=x&fieldValidation=Strict`,
      body: { ...map(), foo: 1 },
      type: patchTypes.apply,
    },
    {
      method: 'PATCH',
      path: `${aDeployment}?fieldManager=x&fieldValidation=Warn`,
      body: deployment('a', { repliccas: 3 }),
      type: patchTypes.apply,
    },
  ),
  one('apply duplicate YAML keys', {
    method: 'PATCH',
    path: `${aMap}?fieldManager=x`,
    body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n  k: w\n',
    type: patchTypes.apply,
  }),
  one('apply duplicate list keys', applied(aDeployment, running({ name: 'c', image: 'a' }, { name: 'c', image: 'b' }))),
  one(
    'update of managedFields by hand',
    quiet(applied(aMap, map())),
    patched(aMap, { metadata: { managedFields: [{}] } }),
    patched(aMap, { metadata: { managedFields: null } }),
    patched(
      aMap,
      [
        {
          op: 'replace',
          path: '/metadata/managedFields',
          value: [
            { manager: 'z', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } },
          ],
        },
      ],
      patchTypes.json,
    ),
    patched(aMap, { metadata: { managedFields: [{ manager: 'z', operation: 'Nope', apiVersion: 'v1' }] } }),
  ),
  one(
    'csa to ssa',
    quiet({
      path: `${maps}?fieldManager=kubectl-client-side-apply`,
      body: map('a', { a: '1', b: '2' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } }),
    }),
    applied(aMap, map('a', { a: '1' }), 'kubectl', true),
    read(aMap),
  ),
  one(
    'fieldManager long and odd',
    { path: `${maps}?fieldManager=${'x'.repeat(129)}`, body: map() },
    { path: `${maps}?fieldManager=a%0Ab`, body: map() },
    { path: `${maps}?fieldManager=%C3%A9`, body: map() },
  ),
];
