/** Probes of kinds that few write by hand: API services, devices, flow control. */
import type { Case } from '../../harness.ts';
import { casesOf } from '../../steps.ts';
import { of, shown } from './requests.ts';

const one = casesOf('probes-kinds', 'cluster: ');

const claim = of('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim', 'a', true);
const claimTemplate = of('resource.k8s.io/v1', 'resourceclaimtemplates', 'ResourceClaimTemplate', 'a', true);
const deviceClass = of('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass');
const slice = of('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice');
const devices = { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } };
const schema = of('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema');
const level = of('flowcontrol.apiserver.k8s.io/v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration');
const api = of('apiregistration.k8s.io/v1', 'apiservices', 'APIService', 'v1.{ns}.x.io');

export const deviceStories: readonly Case[] = [
  one(
    'API services: of a service that is not there',
    api.post(
      {
        spec: {
          group: '{ns}.x.io',
          version: 'v1',
          groupPriorityMinimum: 10,
          versionPriority: 5,
          insecureSkipTLSVerify: true,
          service: { namespace: '{ns}', name: 's' },
        },
      },
      {},
      '?dryRun=All',
    ),
    api.dry({ spec: {} }),
    api.dry({ spec: { group: 'other', version: 'v1', groupPriorityMinimum: 10, versionPriority: 5 } }),
    api.dry({
      spec: {
        group: '{ns}.x.io',
        version: 'v1',
        groupPriorityMinimum: 0,
        versionPriority: 1001,
        service: { name: '', namespace: '' },
      },
    }),
    api.dry({
      spec: {
        group: '{ns}.x.io',
        version: 'v1',
        groupPriorityMinimum: 10,
        versionPriority: 5,
        caBundle: 'eA==',
        insecureSkipTLSVerify: true,
        service: { name: 'a', namespace: 'b', port: 70000 },
      },
    }),
  ),
  one(
    'claims of devices: a life',
    claim.post({ spec: devices }),
    claim.patch({ spec: { devices: { requests: [] } } }),
    shown(claim.patch({ metadata: { labels: { a: 'b' } } }), 'metadata.labels'),
    claim.patch({ status: { reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] } }, '/status'),
    claim.patch(
      { status: { allocation: { devices: { results: [{ request: 'r', driver: 'd.io', pool: 'p', device: 'x' }] } } } },
      '/status',
    ),
    claim.table(),
    claim.get('/status'),
    claim.remove(),
  ),
  one(
    'claims of devices that are wrong',
    claim.dry({ spec: {} }),
    claim.dry({ spec: { devices: { requests: [{ name: 'Bad_', exactly: {} }] } } }),
    claim.dry({ spec: { devices: { requests: [{ name: 'r' }] } } }),
    claim.dry({
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', allocationMode: 'Odd' } }] } },
    }),
    claim.dry({ spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', count: -1 } }] } } }),
    claim.dry({
      spec: {
        devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', allocationMode: 'All', count: 2 } }] },
      },
    }),
    claim.dry({
      spec: { devices: { ...devices.devices, constraints: [{ requests: ['nope'], matchAttribute: 'x' }] } },
    }),
    claim.dry({
      spec: {
        devices: {
          requests: [
            { name: 'r', firstAvailable: [{ name: 's', deviceClassName: 'c' }], exactly: { deviceClassName: 'c' } },
          ],
        },
      },
    }),
  ),
  one(
    'templates of claims',
    claimTemplate.post({ spec: { spec: devices, metadata: { labels: { a: 'b' } } } }),
    claimTemplate.patch({ spec: { spec: { devices: { requests: [] } } } }),
    claimTemplate.table(),
    claimTemplate.dry({ spec: { spec: {} } }, { name: 'c' }),
    claimTemplate.remove(),
  ),
  one(
    'classes of devices',
    deviceClass.post({
      spec: {
        selectors: [{ cel: { expression: 'device.driver == "x.io"' } }],
        config: [{ opaque: { driver: 'x.io', parameters: { a: 1 } } }],
      },
    }),
    shown(deviceClass.patch({ spec: { selectors: null } }), 'spec', 'metadata.generation'),
    deviceClass.patch({ spec: { config: [{ opaque: { driver: 'Bad_' } }] } }),
    deviceClass.table(),
    deviceClass.remove(),
  ),
  one(
    'slices of devices',
    slice.post({
      spec: {
        driver: 'x.io',
        nodeName: 'n',
        pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
        devices: [{ name: 'd', attributes: { model: { string: 'm' } }, capacity: { memory: { value: '1Gi' } } }],
      },
    }),
    slice.patch({ spec: { nodeName: 'm' } }),
    slice.patch({ spec: { driver: 'y.io' } }),
    slice.patch({ spec: { pool: { name: 'q' } } }),
    slice.table(),
    slice.dry({ spec: { driver: 'x.io', pool: {} } }, { name: 'c-{ns}' }),
    slice.dry(
      { spec: { driver: 'Bad_', nodeName: 'n', allNodes: true, pool: { name: 'p', resourceSliceCount: 1 } } },
      { name: 'c-{ns}' },
    ),
    slice.remove(),
  ),
  one(
    'flow schemas',
    schema.post({
      spec: {
        priorityLevelConfiguration: { name: 'exempt' },
        matchingPrecedence: 5000,
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'nobody' } }],
            resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['x'] }],
          },
        ],
      },
    }),
    shown(schema.patch({ spec: { matchingPrecedence: 0 } }), 'spec'),
    schema.patch({ spec: { priorityLevelConfiguration: { name: '' } } }),
    schema.patch({ spec: { rules: [{ subjects: [{ kind: 'Robot' }] }] } }),
    schema.patch({ spec: { distinguisherMethod: { type: 'Odd' } } }),
    shown(
      schema.patch({ spec: { distinguisherMethod: { type: 'ByUser' } } }),
      'spec.distinguisherMethod',
      'metadata.generation',
    ),
    schema.remove(),
  ),
  one(
    'priority levels',
    level.post({
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: 5,
          limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 5 } },
        },
      },
    }),
    level.patch({ spec: { limited: { limitResponse: { type: 'Reject' } } } }),
    level.patch({ spec: { limited: { limitResponse: { queuing: { handSize: 20 } } } } }),
    level.patch({ spec: { type: 'Exempt' } }),
    level.patch({ spec: { limited: { nominalConcurrencyShares: -1 } } }),
    level.patch({ spec: { limited: { lendablePercent: 101, borrowingLimitPercent: -1 } } }),
    level.table(),
    level.remove(),
  ),
];
