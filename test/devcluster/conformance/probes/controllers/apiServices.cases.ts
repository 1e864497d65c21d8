/** APIServices of other servers: why they are not available. */
import type { Answer, Case, Step } from '../../harness.ts';
import { at, casesOf, type Fields, pick, quiet, remove } from '../../steps.ts';

const path = '/apis/apiregistration.k8s.io/v1/apiservices';
const name = `${path}/v1.{ns}.example.com`;
const one = casesOf('probes-controllers', 'API service: ');
const closed = (title: string, ...steps: Step[]): Case => one(title, ...steps, quiet(remove(name)));

const apiService = (service: Fields): Step =>
  quiet({
    path,
    body: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.{ns}.example.com' },
      spec: {
        group: '{ns}.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 10,
        insecureSkipTLSVerify: true,
        service: { namespace: '{ns}', ...service },
      },
    },
  });
const service = (spec: Fields): Step =>
  quiet({
    path: '/api/v1/namespaces/{ns}/services',
    body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec },
  });
const slice = (more: Fields): Step =>
  quiet({
    path: '/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices',
    body: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 's-x', labels: { 'kubernetes.io/service-name': 's' } },
      addressType: 'IPv4',
      ...more,
    },
  });
const reason = ({ body }: Answer): unknown => at(body, 'status.conditions.0.reason');
const told = (until: (answer: Answer) => boolean = (answer) => reason(answer) !== undefined): Step => ({
  path: name,
  until,
  view: pick('status', 'metadata.managedFields.*.manager', 'metadata.managedFields.*.subresource'),
});

export const apiServices: Case[] = [
  closed('of no service', apiService({ name: 'none' }), told()),
  closed('of a service on another port', service({ ports: [{ port: 80 }] }), apiService({ name: 's' }), told()),
  closed('another port asked for', service({ ports: [{ port: 80 }] }), apiService({ name: 's', port: 81 }), told()),
  closed('of a service without endpoints', service({ ports: [{ port: 443 }] }), apiService({ name: 's' }), told()),
  closed(
    'of a service with empty endpoints',
    service({ ports: [{ port: 443 }] }),
    slice({ ports: [{ port: 443 }], endpoints: [] }),
    apiService({ name: 's' }),
    told(),
  ),
  closed(
    'of a service with endpoints of another port',
    service({ ports: [{ name: 'https', port: 443 }] }),
    slice({ ports: [{ name: 'x', port: 443 }], endpoints: [{ addresses: ['10.1.1.1'] }] }),
    apiService({ name: 's' }),
    told(),
  ),
  closed(
    'of a headless service',
    service({ clusterIP: 'None', ports: [{ port: 443 }] }),
    apiService({ name: 's' }),
    told(),
  ),
  closed(
    'whose service comes',
    apiService({ name: 's' }),
    told(),
    service({ ports: [{ port: 80 }] }),
    told((answer) => reason(answer) === 'ServicePortError'),
  ),
];
