/** Watches: from where, in which form, and what comes into and goes out of them. */
import type { Case } from '../../harness.ts';
import {
  aMap,
  integer,
  map,
  maps,
  objectOf,
  patched,
  selector,
  tables,
  template,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { create, inNamespace, quiet, read, remove } from '../../steps.ts';
import {
  deployments,
  events,
  metadata,
  plainSchema,
  pod,
  pods,
  reads,
  secrets,
  three,
  tooOld,
  versioned,
  watch,
} from './shared.ts';

export const watchesAsked: readonly Case[] = [
  reads(
    'a watch of one by field',
    ...three,
    { ...read(maps), ...versioned, quiet: true },
    watch(
      maps,
      '&resourceVersion={rv}&fieldSelector=metadata.name%3Da',
      [patched(aMap, { data: { k: '2' } }), patched(`${maps}/b`, { data: { k: '2' } }), remove(aMap)],
      { view: events('data', 'status') },
    ),
  ),
  reads(
    'a watch in and out of a selector',
    ...three,
    { ...read(maps), ...versioned, quiet: true },
    watch(maps, '&resourceVersion={rv}&labelSelector=even%3Dyes', [
      patched(aMap, { metadata: { labels: { even: 'yes' } } }),
      patched(aMap, { data: { k: '3' } }),
      patched(aMap, { metadata: { labels: { even: 'no' } } }),
      patched(aMap, { data: { k: '4' } }),
      remove(`${maps}/b`),
    ]),
  ),
  reads('a watch with initial events', ...three, {
    path: `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=n`,
    watchFor: 300,
    during: [remove(`${maps}/c`)],
  }),
  reads(
    'a watch with initial events at versions',
    ...three,
    {
      path: `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=n`,
      watchFor: 200,
      view: events('data', 'status'),
    },
    {
      path: `${maps}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=0&labelSelector=n`,
      watchFor: 200,
      view: events('data', 'status'),
    },
    { path: `${maps}?watch=1&sendInitialEvents=true&labelSelector=n`, watchFor: 200 },
    { path: `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=5`, watchFor: 200 },
    { path: `${maps}?watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=0&labelSelector=n`, watchFor: 200 },
    read(`${maps}?sendInitialEvents=true`),
  ),
  reads(
    'a watch from nowhere',
    ...three,
    { path: `${maps}?watch=true&labelSelector=n`, watchFor: 200, view: events('data', 'status') },
    { path: `${maps}?watch=true&labelSelector=n&resourceVersion=0`, watchFor: 200, view: events('data', 'status') },
    { path: `${maps}?watch=true&labelSelector=n&resourceVersion=`, watchFor: 200, view: events('data', 'status') },
  ),
  reads(
    'a watch as a table',
    ...three,
    { ...read(maps), ...versioned, quiet: true },
    watch(
      maps,
      '&resourceVersion={rv}&fieldSelector=metadata.name!%3Dkube-root-ca.crt',
      [patched(aMap, { data: { z: '2' } }), remove(aMap)],
      { headers: tables },
    ),
    watch(
      maps,
      '&resourceVersion={rv}&fieldSelector=metadata.name!%3Dkube-root-ca.crt&includeObject=Object',
      [patched(`${maps}/b`, { data: { z: '2' } })],
      {
        headers: tables,
      },
    ),
  ),
  reads(
    'a watch of metadata',
    ...three,
    { ...read(maps), ...versioned, quiet: true },
    watch(
      maps,
      '&resourceVersion={rv}&fieldSelector=metadata.name!%3Dkube-root-ca.crt',
      [patched(aMap, { data: { z: '2' } }), remove(aMap)],
      { headers: metadata },
    ),
  ),
  reads('a watch in YAML', { path: `${maps}?watch=1`, headers: { accept: 'application/yaml' } }),
  reads(
    'a watch of one by path',
    ...three,
    {
      path: `/api/v1/watch/namespaces/{ns}/configmaps/a`,
      watchFor: 200,
      view: events('data', 'status'),
      during: [patched(aMap, { data: { k: '9' } }), remove(`${maps}/b`)],
    },
    { path: `/api/v1/watch/namespaces/{ns}/configmaps?labelSelector=n`, watchFor: 200, view: events('data', 'status') },
    { path: `${aMap}?watch=true`, watchFor: 200, view: events('data', 'status') },
  ),
  reads(
    'a watch that ends by its time',
    { path: `${maps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dzz` },
    { path: `${maps}?watch=1&timeoutSeconds=abc`, watchFor: 100 },
  ),
  reads(
    'a watch of too old a version',
    { path: `${maps}?watch=1&resourceVersion=1`, watchFor: 300, view: tooOld },
    { path: '/apis/conformance.example.com/v1/widgets?watch=1&resourceVersion=1', watchFor: 300, view: tooOld },
  ),
  reads(
    'a watch of a bad version or selector',
    { path: `${maps}?watch=1&resourceVersion=abc` },
    { path: `${maps}?watch=1&fieldSelector=foo%3Dbar` },
    { path: `${maps}?watch=1&labelSelector=a%20b` },
    { path: `${maps}?watch=1&limit=1&continue=x`, watchFor: 200, view: events('data', 'status') },
  ),
  reads(
    'a watch of something unknown',
    { path: `${inNamespace}/nopes?watch=1` },
    { path: '/apis/nope.io/v1/things?watch=1' },
    { path: '/apis/apps/v1/nopes?watch=1' },
    { path: '/apis/apps/v9/deployments?watch=1' },
  ),
  reads(
    'a watch by status',
    quiet(create(pods, pod('p'))),
    { ...read(pods), ...versioned, quiet: true },
    watch(
      pods,
      '&resourceVersion={rv}&fieldSelector=status.phase%3DRunning',
      [
        patched(`${pods}/p/status`, { status: { phase: 'Running' } }),
        patched(`${pods}/p/status`, { status: { phase: 'Succeeded' } }),
      ],
      { view: events('data', 'status') },
    ),
  ),
  reads(
    'custom: a watch of a life',
    ...withDefinition(
      plainSchema,
      { version: { subresources: { status: {} } } },
      { ...read(things), quiet: true, ...versioned },
      watch(things, '&resourceVersion={rv}', [
        create(things, thing({ size: 1 }, 'a', { metadata: { name: 'a', finalizers: ['x.io/y'] } })),
        patched(`${things}/a/status`, { status: { phase: 'x' } }),
        remove(`${things}/a`),
        patched(`${things}/a`, { metadata: { finalizers: null } }),
      ]),
    ),
  ),
  reads(
    'custom: watch lists',
    ...withDefinition(
      plainSchema,
      {},
      quiet(create(things, thing({ size: 3 }))),
      {
        path: `${things}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
        watchFor: 300,
      },
      {
        path: `${things}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
        watchFor: 300,
        headers: tables,
      },
      {
        path: `${things}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
        watchFor: 300,
        headers: metadata,
      },
    ),
  ),
  reads(
    'maps: watch lists in other forms',
    quiet(create(maps, map('a', {}, { labels: { n: 'a' } }))),
    {
      path: `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=n`,
      watchFor: 300,
      headers: tables,
    },
    {
      path: `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=n`,
      watchFor: 300,
      headers: metadata,
    },
  ),
  reads(
    'a watch by Table from nothing',
    quiet(create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })),
    quiet(create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } })),
    { path: `${secrets}?watch=1`, watchFor: 200, headers: tables },
    { path: `${secrets}?watch=1&includeObject=None`, watchFor: 200, headers: tables },
  ),
  reads(
    'a watch of a deployment that is scaled',
    quiet(
      create(deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { replicas: 0, paused: true, selector, template },
      }),
    ),
    { path: `${deployments}?watch=1&fieldSelector=metadata.name%3Dd`, watchFor: 1, quiet: true },
    {
      path: `${deployments}?watch=1&resourceVersion=0&fieldSelector=metadata.name%3Dzz`,
      watchFor: 200,
      view: events('apiVersion', 'spec'),
      during: [patched(`${deployments}/d/scale`, { spec: { replicas: 0 } })],
    },
  ),
  reads(
    'a watch through a definition that changes',
    ...withDefinition(
      objectOf({ spec: objectOf({ size: integer }) }),
      {},
      { ...read(things), quiet: true, keep: { rv: 'metadata.resourceVersion' } },
      {
        path: `${things}?watch=1&resourceVersion={rv}`,
        watchFor: 300,
        during: [
          create(things, thing({ size: 1, extra: 'x' })),
          patched(`${things}/a`, { metadata: { labels: { a: 'b' } } }),
          remove(`${things}/a`),
        ],
      },
      { path: `${things}?watch=1&resourceVersion={rv}&labelSelector=a`, watchFor: 250, view: events() },
    ),
  ),
  reads(
    'a watch of a collection that is deleted',
    ...['a', 'b', 'c'].map((n) => quiet(create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: n } }))),
    { ...read(secrets), quiet: true, keep: { rv: 'metadata.resourceVersion' } },
    { path: `${secrets}?watch=1&resourceVersion={rv}`, watchFor: 300, during: [remove(secrets)], view: events() },
  ),
];
