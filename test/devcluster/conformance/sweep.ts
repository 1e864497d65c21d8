/**
 * Every field of every builtin kind with odd values, each as a create that leaves nothing: thousands of cases that nobody has to think of.
 * `compare.ts --sweep` asks them of both servers; one of some forty is recorded.
 */
import { structType, type WireType } from '../../../devcluster/builtin/types.ts';
import { type Kind, kinds } from './cases/kinds.objects.ts';
import type { Case } from './harness.ts';
import type { Fields } from './steps.ts';

const long = 'x'.repeat(300);
const texts = ['', 'Bad Value!', 'ab-c', long, 5, 'a/b'];
const numbers = [-1, 0, 1, 2147483648, 1.5, 'x', 100000];
const scalars: { readonly [type: string]: readonly unknown[] } = {
  boolean: [true, false, 'x'],
  byte: ['!!', 'YQ=='],
  double: numbers,
  int32: numbers,
  int64: numbers,
  integer: numbers,
  intstr: [-1, 0, 'Bad Value!', '50%', '101%', true, 70000],
  microtime: ['x', '2026-01-01T00:00:00.123456Z', 5],
  quantity: ['-1', 'x', '1.5', 5, true],
  string: texts,
  time: ['x', '2026-01-01T00:00:00Z', 5],
};
const labels = [{ 'Bad Key!': 'v' }, { a: 'Bad Value!' }, { a: 'b' }, { 'a/b': 'c', 'x.y/z': long }, { a: 5 }];
const amounts = [
  { cpu: '1', memory: '1Gi' },
  { cpu: '-1' },
  { 'Bad Key!': '1' },
  { cpu: 'x' },
  { 'example.com/x': '1.5', foo: '1' },
  { 'hugepages-2Mi': '3Mi', storage: '0' },
];

type Path = readonly (string | number)[];

/** Places below a type with what to put there. */
function* values(type: WireType, allowed: readonly string[] | undefined, path: Path): Generator<[Path, unknown]> {
  if (path.length > 8) return;
  if (type.kind === 'scalar') {
    const choices = allowed === undefined ? (scalars[type.name] ?? [{ a: 1 }, 'x']) : ['Nope', '', ...allowed, 5];
    for (const value of choices) yield [path, value];
  } else if (type.kind === 'map') {
    const isText = type.element.kind === 'scalar' && type.element.name === 'string';
    for (const value of isText ? labels : amounts) yield [path, value];
  } else if (type.kind === 'list') {
    yield [path, []];
    if (type.element.kind === 'scalar') {
      for (const value of scalars[type.element.name] ?? []) yield [path, [value]];
      yield [path, ['a', 'a']];
      yield [path, ['ReadWriteOnce', '*']];
    } else {
      yield [path, [{}]];
      yield* values(type.element, undefined, [...path, 0]);
    }
  } else {
    if (path.length > 0) yield [path, {}];
    const own = path.length === 0 ? ['apiVersion', 'kind', 'metadata', 'status'] : [];
    for (const field of structType(type.name).fields.values())
      if (!own.includes(field.name)) yield* values(field.type, field.enum, [...path, field.name]);
  }
}

/** A copy with a value at a path; undefined where the path leads through something else. */
function changed(object: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(object) as { [key: string | number]: unknown };
  let holder = copy;
  for (const [index, step] of path.slice(0, -1).entries()) {
    holder[step] ??= typeof path[index + 1] === 'number' ? [] : {};
    const next = holder[step];
    if (typeof next !== 'object' || next === null) return undefined;
    holder = next as typeof holder;
  }
  const last = path.at(-1);
  if (last === undefined) return undefined;
  holder[last] = value;
  return copy;
}

/** Templates of pods are looked into once, in Pods. */
const isInside = (kind: Kind, path: string): boolean =>
  /template\.metadata\./.test(path) || (kind.kind !== 'Pod' && /template\.spec\.[a-zA-Z]+\./.test(path));

const packages: { readonly [group: string]: string } = {
  'apiregistration.k8s.io/v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
};

function definitionOf({ group, kind }: Kind): string {
  const [name = '', version = 'v1'] = group.includes('/') ? group.split('/') : ['core', group];
  return `${packages[group] ?? `io.k8s.api.${name.replace(/\..*$/, '')}.${version}`}.${kind}`;
}

function* casesOf(kind: Kind): Generator<Case> {
  const root = kind.group.includes('/') ? `/apis/${kind.group}` : `/api/${kind.group}`;
  const path = kind.namespaced ? `${root}/namespaces/default/${kind.plural}` : `${root}/${kind.plural}`;
  const name = kind.fixedName?.replace('{n}', '200').replaceAll('{ns}', 'nsx') ?? 'subject';
  const filled = JSON.stringify({ apiVersion: kind.group, kind: kind.kind, metadata: { name }, ...kind.body });
  const object = JSON.parse(filled.replaceAll('{ns}', 'default')) as Fields;
  for (const [at, value] of values({ kind: 'struct', name: definitionOf(kind) }, undefined, [])) {
    const place = at.join('.');
    const body = isInside(kind, place) ? undefined : changed(object, at, value);
    const shown = JSON.stringify(value);
    if (body === undefined) continue;
    yield {
      area: 'probes-fields',
      name: `${kind.group}/${kind.kind} ${place}=${shown.length > 60 ? `${shown.slice(0, 30)}…` : shown}`,
      steps: [{ path: `${path}?dryRun=All`, body }],
    };
  }
}

/** All of them; the kinds of devices are left out, whose selectors are not compiled here. */
export const sweepCases: readonly Case[] = kinds
  .filter((kind) => kind.group !== 'resource.k8s.io/v1')
  .flatMap((kind) => [...casesOf(kind)]);

export const fieldProbes: readonly Case[] = sweepCases.filter((_, index) => index % 41 === 0);
