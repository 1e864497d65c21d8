/** Who owns what. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { apply, d, deployment, deployments, one, w, widget } from './shared.ts';

const services = '/api/v1/namespaces/{ns}/services';

const service = (spec: Fields): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { clusterIP: 'None', ...spec },
});

const s = `${services}/a`;

export const ownership: Case[] = [
  one(
    'three managers, conflicts',
    apply(d, deployment({ replicas: 1 })),
    apply(d, deployment({ replicas: 2 }, [{ name: 'c', image: 'other' }]), 'two'),
    apply(d, deployment({ replicas: 2 }), 'two', '&force=true'),
    apply(d, deployment({ replicas: 3 }), 'three'),
    apply(d, deployment()),
    { path: d },
  ),
  one(
    'conflict with an update',
    { path: `${deployments}?fieldManager=creator`, body: deployment({ replicas: 1 }) },
    apply(d, deployment({ replicas: 4 }, [{ name: 'c', image: 'x', env: [{ name: 'A', value: 'b' }] }])),
    apply(d, deployment({ replicas: 4 }), 'one', '&force=true'),
  ),
  one(
    'containers by name',
    apply(
      d,
      deployment({}, [
        { name: 'c', image: 'nginx' },
        { name: 'd', image: 'nginx' },
      ]),
    ),
    apply(d, deployment({}, [{ name: 'e', image: 'x' }]), 'two', '&force=true'),
    apply(d, deployment({}, [{ name: 'c', image: 'nginx' }])),
    { path: d },
  ),
  one(
    'order of containers',
    apply(
      d,
      deployment({}, [
        { name: 'c', image: 'x' },
        { name: 'd', image: 'x' },
      ]),
    ),
    apply(
      d,
      deployment({}, [
        { name: 'd', image: 'x' },
        { name: 'z', image: 'x' },
        { name: 'c', image: 'x' },
      ]),
    ),
  ),
  one(
    'ports by two keys',
    apply(s, service({ ports: [{ port: 80, name: 'a' }] })),
    apply(s, service({ ports: [{ port: 80, protocol: 'UDP', name: 'b' }] }), 'two'),
    apply(s, service({ ports: [{ port: 80, name: 'z' }] }), 'two'),
  ),
  one(
    'ports twice',
    apply(
      s,
      service({
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      }),
    ),
  ),
  one(
    'env twice',
    apply(
      d,
      deployment({}, [
        {
          name: 'c',
          image: 'x',
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
      ]),
    ),
  ),
  one('containers without a name', apply(d, deployment({}, [{ image: 'x' }]))),
  one('a list for an object', apply(d, { ...deployment(), spec: [] })),
  one('a string for a list', apply(d, deployment({}, 'x'))),
  one(
    'null fields',
    apply(d, deployment({ replicas: null, strategy: null })),
    apply(d, deployment({ replicas: null }), 'two'),
  ),
  one(
    'empty structures',
    apply(d, deployment({ strategy: {} }, [{ name: 'c', image: 'x', resources: {}, securityContext: {} }])),
    { path: d },
  ),
  one(
    'a defaulted field is given up',
    apply(d, deployment({ revisionHistoryLimit: 3, replicas: 2 })),
    apply(d, deployment()),
  ),
  one(
    'sets',
    apply(w, widget({ size: 1, tags: ['a', 'b'] })),
    apply(w, widget({ size: 1, tags: ['c', 'b'] }), 'two'),
    apply(w, widget({ size: 1, tags: ['b'] })),
    apply(w, widget({ size: 1, tags: ['b', 'b'] })),
  ),
  one(
    'sets above a limit',
    apply(w, widget({ size: 1, tags: ['a', 'b'] })),
    apply(w, widget({ size: 1, tags: ['c', 'd'] }), 'two'),
  ),
  one(
    'maps of items',
    apply(w, widget({ size: 1, items: [{ name: 'a', value: '1' }, { name: 'b' }] })),
    apply(w, widget({ size: 1, items: [{ name: 'a', value: '2' }] }), 'two'),
    apply(w, widget({ size: 1, items: [{ name: 'b' }] })),
    { path: w },
  ),
  one('items twice', apply(w, widget({ size: 1, items: [{ name: 'a' }, { name: 'a' }] }))),
  one('items without a key', apply(w, widget({ size: 1, items: [{ value: 'a' }] }))),
  one(
    'preserved fields',
    apply(w, widget({ size: 1, anything: { a: [1, 2], b: { c: 1 } } })),
    apply(w, widget({ size: 1, anything: { a: [3], d: 1 } }), 'two'),
    apply(w, widget({ size: 1 })),
  ),
];
