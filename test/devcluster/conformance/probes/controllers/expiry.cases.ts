/** Leases, events and the rest. */
import type { Case } from '../../harness.ts';
import { merge, quiet } from '../../steps.ts';
import { mentions, one, read, secrets } from './shared.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases';

export const small: Case[] = [
  one('lease: made by PUT', {
    method: 'PUT',
    path: `${leases}/l`,
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me', leaseDurationSeconds: 15 },
    },
  }),
  one(
    'lease: renewed',
    quiet({
      path: leases,
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me' },
      },
    }),
    {
      method: 'PATCH',
      path: `${leases}/l`,
      body: { spec: { renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 1 } },
      type: merge,
    },
  ),
  one(
    'event: made',
    {
      path: '/api/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', namespace: '{ns}', name: 'p' },
        reason: 'Because',
        message: 'so',
        type: 'Normal',
        source: { component: 'me' },
      },
    },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e' },
  ),
  one('event: in another namespace', {
    path: '/api/v1/namespaces/{ns}/events',
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
      reason: 'Because',
      message: 'so',
      type: 'Normal',
    },
  }),
  one(
    'event: of the new kind',
    {
      path: '/apis/events.k8s.io/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'e' },
        eventTime: '2026-01-01T00:00:00.000000Z',
        action: 'Do',
        reason: 'Because',
        note: 'so',
        type: 'Normal',
        reportingController: 'example.com/me',
        reportingInstance: 'me-1',
        regarding: { kind: 'Pod', namespace: '{ns}', name: 'p' },
      },
    },
    { path: '/api/v1/namespaces/{ns}/events/e' },
  ),
  one(
    'account token secret',
    quiet({ path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 }),
    quiet({
      path: secrets,
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'default' } },
        type: 'kubernetes.io/service-account-token',
      },
    }),
    {
      path: `${secrets}/t`,
      until: mentions('"token"'),
      view: (body) => ({
        keys: Object.keys((body as { data?: object }).data ?? {}).sort(),
        annotations: (body as { metadata: { annotations: unknown } }).metadata.annotations,
      }),
    },
  ),
  one(
    'account token secret of nobody',
    quiet({
      path: secrets,
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'none' } },
        type: 'kubernetes.io/service-account-token',
      },
    }),
    read(`${secrets}/t`),
  ),
  one('account token secret without a name', {
    path: secrets,
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 't' }, type: 'kubernetes.io/service-account-token' },
  }),
];
