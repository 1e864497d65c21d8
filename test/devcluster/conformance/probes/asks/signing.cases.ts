/** Requests for certificates, their approval, and who may. */
import type { Case } from '../../harness.ts';
import { patched, tables } from '../../probes.things.ts';
import { code, create, pick, quiet, read, replace } from '../../steps.ts';
import {
  access,
  as,
  badSigning,
  clusterBinding,
  clusterRole,
  kindOf,
  ofMaster,
  rbac,
  requests,
  signing,
  undated,
  user,
} from './shared.ts';

export const signingAsked: readonly Case[] = [
  access(
    'requests for certificates',
    create(requests, badSigning({})),
    create(requests, badSigning({ request: 'aGFsbG8=' })),
    create(requests, badSigning({ signerName: undefined })),
    create(requests, badSigning({ signerName: 'a' })),
    create(requests, badSigning({ usages: [] })),
    create(requests, badSigning({ usages: ['foo'] })),
    create(requests, badSigning({ expirationSeconds: 10 })),
    read(`${requests}/nope/approval`),
    read(`${requests}/nope/status`),
  ),
  access(
    'certificates signers',
    as('jane', { method: 'PUT', path: `${requests}/nope/approval`, body: badSigning({}) }),
    as('jane', create(requests, badSigning({}))),
    as('jane', read(requests)),
  ),
  access(
    'a certificate request lives',
    as('jane', quiet(create(requests, signing())), {
      'impersonate-group': 'system:masters',
      'impersonate-extra-a': 'b',
    }),
    read(`${requests}/{ns}`, { view: undated }),
    read(`${requests}/{ns}`, { headers: tables, view: pick('columnDefinitions.*.name', 'rows.*.cells') }),
    {
      method: 'PUT',
      path: `${requests}/{ns}/approval`,
      body: { ...signing(), status: { conditions: [{ type: 'Approved', status: 'True', reason: 'R', message: 'M' }] } },
      view: undated,
    },
    {
      method: 'PUT',
      path: `${requests}/{ns}/approval`,
      body: { ...signing(), status: { conditions: [{ type: 'Denied', status: 'True', reason: 'R' }] } },
      view: undated,
    },
    patched(`${requests}/{ns}/approval`, { status: { conditions: [] } }, 'application/merge-patch+json'),
    { ...patched(`${requests}/{ns}/status`, { status: { certificate: 'eA==' } }), view: undated },
    { ...patched(`${requests}/{ns}`, { spec: { usages: ['server auth'] } }), view: undated },
    read(`${requests}/{ns}`, { headers: tables, view: pick('rows.*.cells') }),
  ),
  access(
    'a certificate request approved badly',
    quiet(create(requests, signing())),
    ...[
      [{ type: 'Approved', status: 'False' }],
      [{ type: 'Foo', status: 'True' }],
      [{ type: '', status: 'True' }],
      [
        { type: 'Approved', status: 'True' },
        { type: 'Denied', status: 'True' },
      ],
      [{ type: 'Failed', status: 'Maybe' }],
    ].map((conditions) => ({
      method: 'PUT',
      path: `${requests}/{ns}/approval`,
      body: { ...signing(), status: { conditions } },
      view: undated,
    })),
  ),
  access(
    'a right to approve',
    quiet(create(requests, signing())),
    as('jane', { method: 'PUT', path: `${requests}/{ns}/approval`, body: signing(), view: undated }),
    quiet(
      create(`${rbac}/clusterroles`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: '{ns}' },
        rules: [
          { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
        ],
      }),
    ),
    quiet(
      create(`${rbac}/clusterrolebindings`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: '{ns}' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '{ns}' },
        subjects: [user('u-{ns}')],
      }),
    ),
    {
      ...as('u-{ns}', {
        method: 'PUT',
        path: `${requests}/{ns}/approval`,
        body: { ...signing(), status: { conditions: [{ type: 'Approved', status: 'True' }] } },
        view: undated,
      }),
      until: (a) => !JSON.stringify(a.body).includes('cannot update resource'),
    },
  ),
  access(
    'signers',
    create(requests, signing({ request: ofMaster, signerName: 'kubernetes.io/kube-apiserver-client' }), {
      view: undated,
    }),
    create(requests, signing({ request: ofMaster }), { view: kindOf }),
    {
      ...patched(
        `${requests}/{ns}/status`,
        { status: { conditions: [{ type: 'Failed', status: 'True', reason: 'x' }] } },
        'application/merge-patch+json',
      ),
      view: undated,
    },
    {
      ...patched(
        `${requests}/{ns}/approval`,
        { status: { conditions: [{ type: 'Approved', status: 'True' }] } },
        'application/merge-patch+json',
      ),
      view: undated,
    },
  ),
  access(
    'a right over a signer',
    quiet(create(requests, signing())),
    quiet(
      create(
        `${rbac}/clusterroles`,
        clusterRole('{ns}', [
          { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
          {
            apiGroups: ['certificates.k8s.io'],
            resources: ['signers'],
            resourceNames: ['example.com/*'],
            verbs: ['approve'],
          },
        ]),
      ),
    ),
    quiet(create(`${rbac}/clusterrolebindings`, clusterBinding('{ns}', '{ns}', user('u-{ns}')))),
    {
      ...as('u-{ns}', {
        method: 'PUT',
        path: `${requests}/{ns}/approval`,
        body: { ...signing(), status: { conditions: [{ type: 'Approved', status: 'True', message: 'm' }] } },
      }),
      view: undated,
      until: code(200),
    },
  ),
  access(
    'requests that approve themselves',
    create(
      requests,
      { ...signing(), status: { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'eA==' } },
      { view: undated },
    ),
    {
      ...replace(`${requests}/{ns}`, {
        ...signing(),
        metadata: { name: '{ns}', labels: { a: 'b' } },
        status: { conditions: [{ type: 'Approved', status: 'True' }] },
      }),
      view: undated,
    },
  ),
  access(
    'requests refused by their fields',
    create(requests, signing({ usages: ['client auth', 'client auth'] }), { view: undated }),
    create(requests, signing({ signerName: 'kubernetes.io/legacy-unknown' }), { view: undated }),
    create(requests, signing({ expirationSeconds: 599 }), { view: undated }),
    create(requests, signing({ username: 'root', groups: ['x'] }), {
      view: (b) => pick('spec.username', 'spec.groups')(b),
    }),
    create(requests, { ...signing(), spec: undefined }, { view: undated }),
  ),
];
