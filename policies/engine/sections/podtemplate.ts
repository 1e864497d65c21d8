import type { PodTemplateSection } from '../../../api/index.ts';
import { parseUrl } from '../address.ts';
import { compileGlob, globProblem } from '../glob.ts';
import { at, listAt, textAt } from '../json.ts';
import type { SectionContext } from '../policy.ts';
import type { Report } from '../sink.ts';
import { quote, some } from '../text.ts';
import { objectNames } from './names.ts';
import { compileUrls } from './urls.ts';

/** What a rule says against a program that may run as a Pod: the spec of an MCPServer, or the container of a Tool, at `field`. */
export interface PodCheck {
  readonly rule: string;
  check(program: unknown, field: string, report: (report: Report) => void): void;
}

/** The same of its `podTemplate`, which may be absent. */
type TemplateCheck = PodCheck['check'];

/** A Pod that names no ServiceAccount is given this one by Kubernetes. */
export const DEFAULT_SERVICE_ACCOUNT = 'default';

/** The rules of `podTemplate`; `section` is where it stands: `mcpServers.podTemplate`. */
export function podChecks(
  spec: PodTemplateSection | undefined,
  section: string,
  context: SectionContext,
): readonly PodCheck[] {
  if (spec === undefined) return [];
  const { serviceAccountNames, runtimeClassNames, nodeSelector, tolerations, proxies, caBundles } = spec;
  const name = (field: string): string => `${section}.${field}`;
  const checks: PodCheck[] = [];
  const add = <T>(field: string, given: T | undefined, compile: (given: T, rule: string) => TemplateCheck): void => {
    if (given === undefined) return;
    const check = compile(given, name(field));
    checks.push({
      rule: name(field),
      check: (program, where, report) => check(at(program, 'podTemplate'), `${where}.podTemplate`, report),
    });
  };
  add('serviceAccountNames', serviceAccountNames, (allowed, rule) => accountCheck(allowed, rule, context));
  add('runtimeClassNames', runtimeClassNames, (allowed, rule) => runtimeCheck(allowed, rule, context));
  add('nodeSelector', nodeSelector, (wanted, rule) => nodeCheck(wanted, rule, context));
  add('tolerations', tolerations, (allowed, rule) => tolerationCheck(allowed, rule, context));
  add('caBundles', caBundles, (allowed, rule) => caCheck(allowed, rule, context));
  if (proxies !== undefined)
    checks.push({ rule: name('proxies'), check: proxyCheck(proxies, name('proxies'), context) });
  return checks;
}

function accountCheck(allowed: readonly string[], rule: string, context: SectionContext): TemplateCheck {
  const names = objectNames(allowed, rule, context);
  return (template, field, report) => {
    const written = textAt(template, 'serviceAccountName');
    const value = written ?? DEFAULT_SERVICE_ACCOUNT;
    if (names.match(value) !== undefined) return;
    report({
      rule,
      field: `${field}.serviceAccountName`,
      value,
      detail: `ServiceAccount ${quote(value)}${written === undefined ? ', which a Pod has that names none,' : ''} is not allowed; allowed: ${some(allowed)}`,
      fix: 'name an allowed ServiceAccount',
    });
  };
}

function runtimeCheck(allowed: readonly string[], rule: string, context: SectionContext): TemplateCheck {
  const names = objectNames(allowed, rule, context);
  return (template, field, report) => {
    const value = textAt(template, 'runtimeClassName') ?? '';
    if (value !== '' && names.match(value) !== undefined) return;
    report({
      rule,
      field: `${field}.runtimeClassName`,
      value,
      detail: `${value === '' ? 'no RuntimeClass is named' : `RuntimeClass ${quote(value)} is not allowed`}; allowed: ${some(allowed)}`,
      fix: 'name an allowed RuntimeClass',
    });
  };
}

function nodeCheck(wanted: Readonly<Record<string, string>>, rule: string, context: SectionContext): TemplateCheck {
  const labels = Object.entries(wanted).map(([key, pattern]) => {
    noteProblem(pattern, `${rule}[${key}]`, context);
    return { key, pattern, glob: compileGlob(pattern) };
  });
  return (template, field, report) => {
    for (const { key, pattern, glob } of labels) {
      const value = textAt(template, 'nodeSelector', key);
      if (value !== undefined && glob.test(value)) continue;
      report({
        rule,
        field: `${field}.nodeSelector[${key}]`,
        value: `${key}=${value ?? ''}`,
        detail:
          value === undefined
            ? `nodes are not selected by ${quote(key)}; required: ${key}=${pattern}`
            : `nodes with ${quote(`${key}=${value}`)} are not allowed; required: ${key}=${pattern}`,
        fix: 'select nodes by it',
      });
    }
  };
}

type Taint = NonNullable<PodTemplateSection['tolerations']>[number];

function tolerationCheck(allowed: readonly Taint[], rule: string, context: SectionContext): TemplateCheck {
  const taints = allowed.map(({ key, value, effect }, i) => {
    noteProblem(key, `${rule}[${i}].key`, context);
    if (value !== undefined) noteProblem(value, `${rule}[${i}].value`, context);
    return { key: compileGlob(key), value: value === undefined ? undefined : compileGlob(value), effect };
  });
  const all = allowed.map(({ key, value, effect }) => taintText(key, value, effect));
  return (template, field, report) => {
    for (const [i, toleration] of listAt(template, 'tolerations').entries()) {
      // Without a key, a value or an effect it is about all of them: only a pattern that matches any text is as wide.
      const key = textAt(toleration, 'key') ?? '';
      const value = textAt(toleration, 'operator') === 'Exists' ? undefined : (textAt(toleration, 'value') ?? '');
      const effect = textAt(toleration, 'effect');
      const fits = taints.some(
        (taint) =>
          (key === '' ? isAny(taint.key.source) : taint.key.test(key)) &&
          (taint.value === undefined || (value === undefined ? isAny(taint.value.source) : taint.value.test(value))) &&
          (taint.effect === undefined || taint.effect === effect),
      );
      if (fits) continue;
      const text = taintText(key === '' ? '*' : key, value, effect);
      report({
        rule,
        field: `${field}.tolerations[${i}]`,
        value: text,
        detail: `toleration of ${key === '' ? 'every taint' : quote(text)} is not allowed; allowed: ${some(all)}`,
        fix: all.length === 0 ? 'remove it' : 'tolerate allowed taints only',
      });
    }
  };
}

/** As kubectl writes taints: `dedicated=agents:NoSchedule`. */
const taintText = (key: string, value: string | undefined, effect: string | undefined): string =>
  `${key}${value === undefined ? '' : `=${value}`}${effect === undefined ? '' : `:${effect}`}`;

const isAny = (pattern: string): boolean => /^\*+$/.test(pattern);

/** Programs find their proxy in variables: those that are made of the template, and those that their author sets, which win. */
const PROXY_VARIABLE = /^(?:https?|all)_proxy$/i;

function proxyCheck(allowed: readonly string[], rule: string, context: SectionContext): PodCheck['check'] {
  const urls = compileUrls(allowed, rule, context);
  const fix = allowed.length === 0 ? 'remove it' : 'use an allowed proxy';
  return (program, where, report) => {
    const judge = (text: string | undefined, field: string): void => {
      if (text === undefined || text === '') return;
      const problem = urls.problem(parseUrl(text));
      if (problem === undefined) return;
      const value = urls.show(text);
      report({ rule, field: `${where}.${field}`, value, detail: `${quote(value)} ${problem}`, fix });
    };
    for (const name of ['httpProxy', 'httpsProxy'])
      judge(textAt(program, 'podTemplate', 'proxy', name), `podTemplate.proxy.${name}`);
    for (const [i, variable] of listAt(program, 'env').entries()) {
      const name = textAt(variable, 'name') ?? '';
      if (!PROXY_VARIABLE.test(name)) continue;
      judge(textAt(variable, 'value'), `env[${i}].value`);
      if (at(variable, 'valueFrom') === undefined) continue;
      const detail = `which proxy ${quote(name)} names is not known here; allowed: ${some(allowed)}`;
      report({ rule, field: `${where}.env[${i}].valueFrom`, value: name, detail, fix });
    }
  };
}

function caCheck(allowed: readonly string[], rule: string, context: SectionContext): TemplateCheck {
  const names = objectNames(allowed, rule, context);
  return (template, field, report) => {
    if (at(template, 'caBundle') === undefined) return;
    const value = textAt(template, 'caBundle', 'name') ?? '';
    if (names.match(value) !== undefined) return;
    report({
      rule,
      field: `${field}.caBundle.name`,
      value,
      detail: `authorities of ConfigMap ${quote(value)} are not allowed; allowed: ${some(allowed)}`,
      fix: allowed.length === 0 ? 'remove it' : 'use an allowed ConfigMap',
    });
  };
}

function noteProblem(pattern: string, field: string, context: SectionContext): void {
  const problem = globProblem(pattern);
  if (problem !== undefined) context.problem(field, `${JSON.stringify(pattern)} ${problem}`);
}
