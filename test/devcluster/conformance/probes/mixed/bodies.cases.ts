/** Stories of writing. */
import type { Case } from '../../harness.ts';
import {
  create,
  deployment,
  deployments,
  map,
  maps,
  pod,
  pods,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { casesOf, patch, quiet } from '../../steps.ts';
import { account } from '../access/shared.ts';
import { ours, table, two } from './shared.ts';

const protocol = casesOf('probes-protocol', 'story: ');

export const bodies: Case[] = [
  protocol('gzip of a list', ...two(maps, map('x')), {
    path: `${maps}?${ours}`,
    headers: { 'accept-encoding': 'gzip' },
    view: () => 'body',
  }),
  protocol('a compressed body', {
    path: maps,
    body: Buffer.from('x').toString('base64'),
    base64: true,
    headers: { 'content-encoding': 'gzip' },
  }),
  protocol('a JSON patch of several types', quiet(create), {
    method: 'PATCH',
    path: `${maps}/a`,
    type: 'application/json-patch+json',
    body: [
      { op: 'test', path: '/data/n', value: '4' },
      { op: 'add', path: '/data/x', value: '1' },
      { op: 'move', from: '/data/n', path: '/data/m' },
    ],
  }),
  protocol('a JSON patch whose test fails', quiet(create), {
    method: 'PATCH',
    path: `${maps}/a`,
    type: 'application/json-patch+json',
    body: [{ op: 'test', path: '/data/n', value: '5' }],
  }),
  protocol(
    'a JSON patch of what is missing',
    quiet(create),
    {
      method: 'PATCH',
      path: `${maps}/a`,
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/data/zz' }],
    },
    {
      method: 'PATCH',
      path: `${maps}/a`,
      type: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/nope/x', value: 1 }],
    },
    { method: 'PATCH', path: `${maps}/a`, type: 'application/json-patch+json', body: [{ op: 'frob', path: '/data' }] },
    { method: 'PATCH', path: `${maps}/a`, type: 'application/json-patch+json', body: {} },
  ),
  protocol(
    'an apply in JSON',
    { method: 'PATCH', path: `${maps}/a?fieldManager=m`, type: 'application/apply-patch+yaml', body: map('a') },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=n`,
      type: 'application/apply-patch+yaml',
      body: map('a', {}, { n: '5' }),
    },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=n&force=true`,
      type: 'application/apply-patch+yaml',
      body: map('a', {}, { n: '5' }),
    },
  ),
  protocol(
    'a PUT with a version that is old',
    { ...create, quiet: true, keep: { rv: 'metadata.resourceVersion' } },
    quiet(patch(`${maps}/a`, { data: { x: '1' } })),
    { method: 'PUT', path: `${maps}/a`, body: { ...map('a'), metadata: { name: 'a', resourceVersion: '{rv}' } } },
  ),
  protocol('a PUT with a uid that is none', quiet(create), {
    method: 'PUT',
    path: `${maps}/a`,
    body: { ...map('a'), metadata: { name: 'a', uid: 'nope' } },
  }),
  protocol('a PUT of another namespace', quiet(create), {
    method: 'PUT',
    path: `${maps}/a`,
    body: { ...map('a'), metadata: { name: 'a', namespace: 'default' } },
  }),
  protocol('a POST of another namespace', {
    path: maps,
    body: { ...map('a'), metadata: { name: 'a', namespace: 'default' } },
  }),
  protocol(
    'unknown fields, warned, ignored and refused',
    { path: `${maps}?dryRun=All`, body: { ...map('a'), nope: 1 } },
    { path: `${maps}?dryRun=All&fieldValidation=Ignore`, body: { ...map('a'), nope: 1 } },
    { path: `${maps}?dryRun=All&fieldValidation=Strict`, body: { ...map('a'), nope: 1 } },
  ),
  protocol(
    'a scale in several ways',
    quiet({ path: deployments, body: deployment }),
    { path: `${deployments}/d/scale` },
    {
      method: 'PUT',
      path: `${deployments}/d/scale`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd', namespace: '{ns}' },
        spec: { replicas: 2 },
      },
    },
    {
      method: 'PUT',
      path: `${deployments}/d/scale`,
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'e' }, spec: { replicas: 2 } },
    },
    { method: 'PUT', path: `${deployments}/d/scale`, body: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'd' } } },
    patch(`${deployments}/d/scale`, { spec: { replicas: -1 } }),
    patch(`${deployments}/d/scale`, { spec: { replicas: 'x' } }),
    { path: `${deployments}/d/scale`, headers: table },
  ),
  protocol(
    'a scale of a widget',
    quiet({ path: widgets, body: widget }),
    { path: `${widgets}/w/scale` },
    patch(`${widgets}/w/scale`, { spec: { replicas: 3 } }),
    { method: 'POST', path: `${widgets}/w/scale`, body: {} },
    { method: 'DELETE', path: `${widgets}/w/scale` },
    { path: `${widgets}/zz/scale` },
    { method: 'PUT', path: `${widgets}/w/scale`, body: {} },
  ),
  protocol(
    'a status of a widget',
    quiet({ path: widgets, body: widget }),
    { path: `${widgets}/w/status` },
    patch(`${widgets}/w/status`, { status: { ready: true }, spec: { size: 9 } }),
    { method: 'PUT', path: `${widgets}/w/status`, body: { ...widget, status: {} } },
    { method: 'POST', path: `${widgets}/w/status`, body: {} },
  ),
  protocol(
    'what a pod has below it',
    quiet({ ...account, quiet: true }),
    quiet({ path: pods, body: pod('p') }),
    { path: `${pods}/p/log` },
    { path: `${pods}/p/log?container=zz` },
    { path: `${pods}/p/log?tailLines=-1` },
    { path: `${pods}/p/log?sinceSeconds=0&sinceTime=x` },
    { path: `${pods}/p/exec` },
    { method: 'POST', path: `${pods}/p/exec?command=x` },
    { path: `${pods}/p/attach` },
    { path: `${pods}/p/portforward` },
    { path: `${pods}/p/binding` },
    { path: `${pods}/p/eviction` },
    { path: `${pods}/p/ephemeralcontainers` },
    { path: `${pods}/p/resize` },
    { path: `${pods}/p/proxy/` },
  ),
  protocol(
    'bindings and evictions',
    { ...account, quiet: true },
    quiet({ path: pods, body: pod('p') }),
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'q' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Pod', name: 'n' } },
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'm' } },
    },
    {
      path: `${pods}/zz/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'zz' }, target: { kind: 'Node', name: 'm' } },
    },
    {
      path: `${pods}/p/eviction?dryRun=All`,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } },
    },
    { path: `${pods}/zz/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'zz' } } },
    { path: `${pods}/p/eviction`, body: {} },
  ),
  protocol(
    'certificates',
    {
      path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      body: {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: '{ns}' },
        spec: { request: 'eA==', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
      },
    },
    { path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/zz/approval' },
    { path: '/apis/certificates.k8s.io/v1/certificatesigningrequests?fieldSelector=spec.signerName%3Dx' },
  ),
];
