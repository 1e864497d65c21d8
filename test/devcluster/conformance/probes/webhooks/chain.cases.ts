/** Several webhooks, and how calls fail. */
import type { Case } from '../../harness.ts';
import {
  create,
  deployment,
  deployments,
  hook,
  hooked,
  map,
  maps,
  patched,
  rule,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { quiet } from '../../steps.ts';
import { widgetRule } from './shared.ts';

export const chain: Case[] = [
  hooked(
    'order: two mutating',
    { Mutating: [hook('one'), hook('two')] },
    {
      one: patched([{ op: 'add', path: '/data/one', value: '1' }]),
      two: patched([{ op: 'add', path: '/data/two', value: '2' }]),
    },
    create,
  ),
  hooked(
    'order: reinvoked',
    { Mutating: [hook('one', { reinvocationPolicy: 'IfNeeded' }), hook('two')] },
    { one: { allowed: true }, two: patched([{ op: 'add', path: '/data/two', value: '2' }]) },
    create,
  ),
  hooked(
    'order: not reinvoked without a change',
    { Mutating: [hook('one', { reinvocationPolicy: 'IfNeeded' }), hook('two')] },
    {},
    create,
  ),
  hooked('order: the first refuses', { Mutating: [hook('one'), hook('two')] }, { one: { allowed: false } }, create),
  hooked(
    'order: mutating, then validating',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: patched([{ op: 'add', path: '/data/m', value: '1' }]) },
    create,
  ),
  hooked(
    'order: a mutation that breaks the object',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: patched([{ op: 'add', path: '/metadata/labels/a b', value: '1' }]) },
    create,
  ),
  hooked(
    'two validating refuse',
    { Validating: [hook('one'), hook('two', { rules: [{ ...rule, operations: ['UPDATE'] }] })] },
    { one: { allowed: false, warnings: ['w1'] }, two: { allowed: true } },
    create,
  ),
  hooked(
    'warnings of two',
    { Validating: [hook('one', {}), hook('two')] },
    { one: { allowed: true, warnings: ['w1', 'w1'] }, two: { allowed: true, warnings: ['w1', 'w2'] } },
    create,
  ),
  hooked(
    'defaults are filled after a mutation',
    { Mutating: [hook('m', { rules: [{ ...rule, apiGroups: ['apps'], resources: ['deployments'] }] })] },
    {
      m: patched([
        { op: 'remove', path: '/spec/strategy' },
        { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'side', image: 'y:latest' } },
      ]),
    },
    { path: deployments, body: deployment },
  ),
  hooked(
    'a custom resource is pruned after a mutation',
    { Mutating: [hook('m', { rules: [widgetRule] })] },
    {
      m: patched([
        { op: 'add', path: '/spec/nope', value: 1 },
        { op: 'remove', path: '/spec/color' },
      ]),
    },
    { path: widgets, body: widget },
  ),
  hooked(
    'a custom resource is broken by a mutation',
    { Mutating: [hook('m', { rules: [widgetRule] })] },
    { m: patched([{ op: 'replace', path: '/spec/size', value: 'x' }]) },
    { path: widgets, body: widget },
  ),
  hooked(
    'apply and a mutation',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    { method: 'PATCH', path: `${maps}/a?fieldManager=fm`, body: map('a'), type: 'application/apply-patch+yaml' },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=other`,
      body: map('a', {}, { x: '2' }),
      type: 'application/apply-patch+yaml',
    },
  ),
  hooked(
    'update and a mutation',
    { Mutating: [hook('m', { rules: [{ ...rule, operations: ['UPDATE'] }] })] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    create,
    { method: 'PUT', path: `${maps}/a?fieldManager=fm`, body: map('a', {}, { n: '8' }) },
  ),
  hooked(
    'dry run with side effects unknown',
    { Validating: [hook('h', { sideEffects: 'None' })] },
    {},
    { ...create, path: `${maps}?dryRun=All` },
  ),
  hooked(
    'a timeout of one second',
    { Validating: [hook('h', { timeoutSeconds: 1 })] },
    { h: (_request, _response, _review) => undefined },
    create,
  ),
  hooked(
    'a timeout, ignored',
    { Validating: [hook('h', { timeoutSeconds: 1, failurePolicy: 'Ignore' })] },
    { h: (_request, _response, _review) => undefined },
    create,
  ),
  hooked(
    'a timeout of a mutating one',
    { Mutating: [hook('h', { timeoutSeconds: 1 })] },
    { h: (_request, _response, _review) => undefined },
    create,
  ),
  hooked(
    'a connection that ends',
    { Validating: [hook('h')] },
    { h: (request, _response, _review) => request.socket.destroy() },
    create,
  ),
  hooked(
    'a service that is not there',
    {
      Validating: [
        hook('h', {
          clientConfig: { service: { name: 's', namespace: '{ns}', path: '/p', port: 8443 }, caBundle: '{ca}' },
        }),
      ],
    },
    {},
    create,
  ),
  hooked(
    'a service of no endpoints',
    { Validating: [hook('h', { clientConfig: { service: { name: 's', namespace: '{ns}' }, caBundle: '{ca}' } })] },
    {},
    quiet({
      path: '/api/v1/namespaces/{ns}/services',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { clusterIP: 'None', ports: [{ port: 443 }] },
      },
    }),
    create,
  ),
  hooked('an unknown authority', { Validating: [hook('h', { clientConfig: { url: '{hook}/h' } })] }, {}, create),
  hooked(
    'a wrong host name',
    { Validating: [hook('h', { clientConfig: { url: 'https://localhost:1/h' } })] },
    {},
    create,
  ),
  hooked('v1beta1 only', { Validating: [hook('h', { admissionReviewVersions: ['v1beta1'] })] }, {}, create),
  hooked('v1beta1 before v1', { Validating: [hook('h', { admissionReviewVersions: ['v1beta1', 'v1'] })] }, {}, create),
  hooked('v9 before v1', { Validating: [hook('h', { admissionReviewVersions: ['v9', 'v1'] })] }, {}, create),
];
