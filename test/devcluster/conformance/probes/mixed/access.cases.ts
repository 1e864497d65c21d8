/** Stories of identities. */
import type { Case } from '../../harness.ts';
import { map, maps } from '../../probes.admission.objects.ts';
import { casesOf } from '../../steps.ts';
import { account, as, bearer, self, token } from '../access/shared.ts';
import { table } from './shared.ts';

const access = casesOf('probes-access', 'story: ');

export const identities: Case[] = [
  ...(
    [
      [
        'extra and uid',
        {
          'impersonate-user': 'jane',
          'impersonate-uid': 'u',
          'impersonate-extra-a': 'b',
          'impersonate-extra-A%2Fb': 'c',
        },
      ],
      ['two groups', { 'impersonate-user': 'jane', 'impersonate-group': 'a, b' }],
      ['a service account of another namespace', { 'impersonate-user': 'system:serviceaccount:kube-system:default' }],
      ['a service account that is missing', { 'impersonate-user': 'system:serviceaccount:{ns}:none' }],
      ['a bootstrap user', { 'impersonate-user': 'system:bootstrap:abc' }],
      ['an admin', { 'impersonate-user': 'system:admin' }],
      ['a group of masters alone', { 'impersonate-group': 'system:masters' }],
    ] as [string, { [name: string]: string }][]
  ).map(([name, headers]) => access(`whoami as ${name}`, { ...self, headers })),
  access('a token of another audience', account, token({ audiences: ['x'] }), { ...self, ...bearer('{tok}') }),
  access('a token that is cut', account, token(), {
    ...self,
    anonymous: true,
    headers: { authorization: 'Bearer {tok}x' },
  }),
  access('an account that may not impersonate', account, token(), {
    ...self,
    anonymous: true,
    headers: { authorization: 'Bearer {tok}', 'impersonate-user': 'jane', 'impersonate-group': 'x' },
  }),
  access('a warning and a refusal', {
    path: `${maps}?dryRun=All`,
    body: { ...map('a'), nope: 1 },
    headers: as('{ns}-joe'),
  }),
  access('a Status for one without rights, in YAML', {
    path: maps,
    headers: { ...as('{ns}-joe'), accept: 'application/yaml' },
  }),
  access('a table for one without rights', { path: maps, headers: { ...as('{ns}-joe'), ...table } }),
];
