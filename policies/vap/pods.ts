import type { PodTemplateSection } from '../../api/index.ts';
import { DEFAULT_SERVICE_ACCOUNT } from '../engine/sections/podtemplate.ts';
import { every, judged, type Place } from './place.ts';
import type { CelRule } from './rule.ts';
import { allOf, anyOf, matchesGlobs, quoted } from './text.ts';

/** What of `podTemplate` CEL can say of a program at `place`; addresses of proxies are parsed, and left. */
export function podRules(section: string, place: Place, spec: PodTemplateSection | undefined): CelRule[] {
  const { serviceAccountNames, runtimeClassNames, nodeSelector = {}, tolerations, caBundles } = spec ?? {};
  const rules: CelRule[] = [];
  const template: Place = { ...place, path: [...place.path, 'podTemplate'] };
  const shown = (field: string): string => ['spec', ...template.path, field].join('.');
  /** The text of a field; `absent` where it, or what it stands in, is not there. */
  const textOf = (object: string, path: readonly string[], absent: string): string => {
    const field: Place = { path: [...template.path, ...path] };
    return `(${judged(object, field)} ? ${[object, 'spec', ...field.path].join('.')} : ${quoted(absent)})`;
  };
  /** Of a program that is judged, `value` passes, or was the same before. */
  const add = (rule: string, value: (object: string) => string, passes: string, message: string): void => {
    rules.push({
      rule: `${section}.${rule}`,
      expression: `!(${judgedAt('object')}) || [${value('object')}].all(v, (${passes}) || (oldObject != null && ${judgedAt('oldObject')} && ${value('oldObject')} == v))`,
      message,
    });
  };
  const judgedAt = (object: string): string => `(${judged(object, place) || 'true'})`;
  if (serviceAccountNames !== undefined) {
    const message = `${shown('serviceAccountName')} (${DEFAULT_SERVICE_ACCOUNT} when absent): allowed are ${listed(serviceAccountNames)}`;
    const value = (object: string): string => textOf(object, ['serviceAccountName'], DEFAULT_SERVICE_ACCOUNT);
    add('serviceAccountNames', value, matchesGlobs('v', serviceAccountNames), message);
  }
  if (runtimeClassNames !== undefined) {
    const passes = allOf(['v != ""', matchesGlobs('v', runtimeClassNames)]);
    const message = `${shown('runtimeClassName')}: one is required of ${listed(runtimeClassNames)}`;
    add('runtimeClassNames', (object) => textOf(object, ['runtimeClassName'], ''), passes, message);
  }
  for (const [key, pattern] of Object.entries(nodeSelector)) {
    const labels: Place = { path: [...template.path, 'nodeSelector'] };
    const at = (object: string): string => [object, 'spec', ...labels.path].join('.');
    const has = (object: string): string => `(${judged(object, labels)} && ${quoted(key)} in ${at(object)})`;
    const value = (object: string): string => `(${has(object)} ? ${at(object)}[${quoted(key)}] : "")`;
    const passes = allOf([has('object'), matchesGlobs('v', [pattern])]);
    add('nodeSelector', value, passes, `${shown('nodeSelector')}: ${key}=${pattern} is required`);
  }
  if (tolerations !== undefined) {
    const taints = { ...template, path: [...template.path, 'tolerations'] };
    rules.push({
      rule: `${section}.tolerations`,
      expression: every(taints, (old) => `(${anyOf(tolerations.map(tolerated))}) || ${old(SAME_TOLERATION)}`),
      message: `${shown('tolerations')}: allowed are ${listed(tolerations.map(({ key, value, effect }) => [key, value, effect].filter((part) => part !== undefined).join(' ')))}`,
    });
  }
  if (caBundles !== undefined) {
    const passes = anyOf(['v == ""', matchesGlobs('v', caBundles)]);
    const message = `${shown('caBundle.name')}: allowed are ${listed(caBundles)}`;
    add('caBundles', (object) => textOf(object, ['caBundle', 'name'], ''), passes, message);
  }
  return rules;
}

const listed = (items: readonly string[]): string => items.join(', ') || 'none';

const field = (entry: string, name: string): string => `(has(${entry}.${name}) ? ${entry}.${name} : "")`;
const exists = (entry: string): string => `(has(${entry}.operator) && ${entry}.operator == "Exists")`;
const isAny = (pattern: string): boolean => /^\*+$/.test(pattern);

/** The value of a toleration with operator Exists counts for nothing. */
const SAME_TOLERATION = [
  `${field('o', 'key')} == ${field('e', 'key')}`,
  `${field('o', 'effect')} == ${field('e', 'effect')}`,
  `${exists('o')} == ${exists('e')}`,
  `(${exists('e')} || ${field('o', 'value')} == ${field('e', 'value')})`,
].join(' && ');

/** Whether a toleration `e` is about a taint only. Without a key it is about all, which only a pattern like `*` is, too. */
function tolerated({ key, value, effect }: NonNullable<PodTemplateSection['tolerations']>[number]): string {
  return allOf([
    matchesGlobs(field('e', 'key'), [key]),
    ...(value === undefined || isAny(value) ? [] : [`!${exists('e')}`, matchesGlobs(field('e', 'value'), [value])]),
    ...(effect === undefined ? [] : [`${field('e', 'effect')} == ${quoted(effect)}`]),
  ]);
}
