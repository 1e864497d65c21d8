/** Server-side apply and what managedFields look like after each kind of write; strategic merge patches of lists. */
import type { Case } from '../../harness.ts';
import { ownership } from './apply.cases.ts';
import { jsonPatches, strategic } from './patches.cases.ts';
import { applyRequests } from './requests.cases.ts';
import { d, deployment, deployments, one, patch, w, widget, widgets } from './shared.ts';
import { subresourcesAndManagers } from './subresources.cases.ts';

const applies: Case[] = [...ownership, ...applyRequests, ...subresourcesAndManagers];

const big = deployment(
  {},
  [
    {
      name: 'c',
      image: 'nginx',
      ports: [{ containerPort: 80 }, { containerPort: 443, name: 'tls' }],
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      args: ['a', 'b'],
      volumeMounts: [
        { name: 'v', mountPath: '/v' },
        { name: 'v', mountPath: '/w' },
      ],
    },
    { name: 'd', image: 'busybox' },
  ],
  {
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'w', configMap: { name: 'x' } },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
    imagePullSecrets: [{ name: 'p' }, { name: 'q' }],
    hostAliases: [{ ip: '1.1.1.1', hostnames: ['x'] }],
  },
);

export const applyCases: readonly Case[] = [
  ...applies,
  ...strategic.map(([name, body]) =>
    one(`strategic: ${name}`, { path: deployments, body: big, quiet: true }, patch('strategic', d, body)),
  ),
  ...jsonPatches.map(([name, body]) =>
    one(`JSON: ${name}`, { path: deployments, body: big, quiet: true }, patch('json', d, body)),
  ),
  ...(
    [
      '',
      'null',
      '"x"',
      '5',
      '[]',
      '{',
      '{"a":1,"a":2}',
      '{"metadata":5}',
      '{"spec":{"replicas":1.5}}',
      '{"metadata":{"labels":{"a":"b","a":"c"}}}',
    ] as const
  ).flatMap((body) =>
    (['merge', 'strategic'] as const).flatMap((type) => [
      one(`${type} of ${body}`, { path: deployments, body: big, quiet: true }, patch(type, d, body)),
      ...(type === 'merge'
        ? [
            one(
              `${type} of ${body}, custom`,
              { path: widgets, body: widget({ size: 1 }), quiet: true },
              patch(type, w, body),
            ),
          ]
        : []),
    ]),
  ),
];
