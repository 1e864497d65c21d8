import { stringify } from 'yaml';
import { policyLabel } from '../../policies/engine/index.ts';
import type { CaseResult, SuiteResult } from '../../policies/testing/index.ts';
import { markdown, markdownCode, workflowProperty, workflowText, xml } from '../findings/escape.ts';
import { type Finding, type Format, plural } from '../findings/model.ts';
import { asSarif } from '../findings/sarif.ts';
import type { Position } from '../manifests/position.ts';
import { escapeControl } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';

/** A suite that ran. */
export interface SuiteRun {
  readonly file: string;
  readonly name: string;
  readonly result: SuiteResult;
  /** Where each case stands. */
  readonly positions: readonly Position[];
  /** Rules that no case of it exercised have to be. */
  readonly coverageRequired: boolean;
}

/** `production/tools.deny`. */
const ruleName = ({ policy, rule }: SuiteResult['rules'][number]): string => `${policyLabel(policy)}/${rule}`;

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly rules: number;
  readonly exercised: number;
  /** Rules that no case of any suite exercised. */
  readonly unexercised: readonly string[];
  /** Those of them that have to be. */
  readonly missing: readonly string[];
}

/** Figures over all suites: a rule that one suite exercises is exercised. */
export function totalsOf(runs: readonly SuiteRun[]): Totals {
  const cases = runs.flatMap(({ result }) => result.cases);
  const uses = new Map<string, { used: boolean; required: boolean }>();
  for (const { result, coverageRequired } of runs) {
    for (const use of result.rules) {
      const known = uses.get(ruleName(use)) ?? { used: false, required: false };
      uses.set(ruleName(use), { used: known.used || use.cases > 0, required: known.required || coverageRequired });
    }
  }
  const unexercised = [...uses].filter(([, { used }]) => !used);
  const passed = cases.filter((each) => each.passed).length;
  return {
    passed,
    failed: cases.length - passed,
    rules: uses.size,
    exercised: uses.size - unexercised.length,
    unexercised: unexercised.map(([rule]) => rule),
    missing: unexercised.filter(([, { required }]) => required).map(([rule]) => rule),
  };
}

/** The report on tests in the form that is asked for. */
export function renderTests(runs: readonly SuiteRun[], format: Format, style: Style): string {
  const totals = totalsOf(runs);
  switch (format) {
    case 'json':
      return `${JSON.stringify(asData(runs, totals), null, 2)}\n`;
    case 'yaml':
      return stringify(asData(runs, totals), { lineWidth: 0, aliasDuplicateObjects: false });
    case 'junit':
      return asJUnit(runs, totals);
    case 'sarif':
      return asSarif({
        command: 'policy test',
        findings: asFindings(runs, totals),
        judged: totals.passed + totals.failed,
        excepted: 0,
      });
    case 'github':
      return asAnnotations(runs, totals);
    case 'markdown':
      return asMarkdown(runs, totals);
    default:
      return asText(runs, totals, style);
  }
}

function asData(runs: readonly SuiteRun[], { passed, failed, rules, exercised, unexercised }: Totals) {
  return {
    passed,
    failed,
    coverage: { rules, exercised, unexercised },
    suites: runs.map(({ file, name, result, positions }) => ({
      file,
      name,
      broken: result.broken.map(({ policy, field, message }) => ({ policy: policyLabel(policy), field, message })),
      cases: result.cases.map(({ index, ...rest }) => ({ ...rest, ...positions[index] })),
      rules: result.rules.map((use) => ({ rule: ruleName(use), cases: use.cases })),
    })),
  };
}

function asText(runs: readonly SuiteRun[], totals: Totals, style: Style): string {
  const lines: string[] = [];
  for (const { file, name, result, positions } of runs) {
    lines.push(style.bold(escapeControl(`${name} (${file})`)));
    for (const { policy, field, message } of result.broken) {
      lines.push(
        `  ${style.bad('broken')} ${escapeControl(`${policy.kind} ${policyLabel(policy)}: ${field}: ${message}`)}`,
      );
    }
    for (const each of result.cases) {
      const mark = each.passed ? style.good('pass') : style.bad('FAIL');
      const { line, column } = positions[each.index] ?? { line: 1, column: 1 };
      lines.push(`  ${mark}  ${escapeControl(each.name)}${each.passed ? '' : `  ${file}:${line}:${column}`}`);
      if (!each.passed) lines.push(...detailsOf(each).map((detail) => escapeControl(`        ${detail}`)));
    }
  }
  if (totals.unexercised.length > 0) {
    lines.push(style.warn('No case exercises:'), ...totals.unexercised.map((rule) => escapeControl(`  ${rule}`)));
  }
  lines.push(summaryOf(totals));
  return `${lines.join('\n')}\n`;
}

const summaryOf = ({ passed, failed, rules, exercised }: Totals): string =>
  `${passed} passed, ${failed} failed; ${exercised} of ${plural(rules, 'rule')} exercised`;

function detailsOf({ problems, messages }: CaseResult): string[] {
  return [
    ...problems,
    ...(messages.length === 0 ? ['nothing was said'] : messages.map((message) => `said: ${message}`)),
  ];
}

/** Policies that do not compile, cases that failed, rules that no case exercised: for reports that know findings alone. */
function asFindings(runs: readonly SuiteRun[], totals: Totals): Finding[] {
  return runs.flatMap(({ file, name, result, positions, coverageRequired }) => {
    const about = { file, object: `PolicyTest ${name}`, level: 'error', severity: 'high' } as const;
    const broken = result.broken.map(
      ({ policy, field, message }): Finding => ({
        ...about,
        line: 1,
        column: 1,
        rule: 'policy',
        field: 'policies',
        pointer: '/policies',
        message: `${policy.kind} ${policyLabel(policy)}: ${field}: ${message}`,
      }),
    );
    const failed = result.cases
      .filter(({ passed }) => !passed)
      .map(
        (each): Finding => ({
          ...about,
          ...(positions[each.index] ?? { line: 1, column: 1 }),
          rule: 'case',
          field: `cases[${each.index}]`,
          pointer: `/cases/${each.index}`,
          message: `${each.name}: ${detailsOf(each).join('; ')}`,
        }),
      );
    const uncovered = result.rules
      .map(ruleName)
      .filter((rule) => coverageRequired && totals.missing.includes(rule))
      .map(
        (rule): Finding => ({
          ...about,
          line: 1,
          column: 1,
          rule: 'coverage',
          field: 'coverage',
          pointer: '/coverage',
          message: `no case exercises ${rule}`,
        }),
      );
    return [...broken, ...failed, ...uncovered];
  });
}

/** As Jenkins, GitLab and others read it: https://github.com/testmoapp/junitxml */
function asJUnit(runs: readonly SuiteRun[], totals: Totals): string {
  const suites = runs.map(({ file, name, result, positions, coverageRequired }) => {
    const cases = result.cases.map((each) => {
      const line = positions[each.index]?.line ?? 1;
      const head = `    <testcase name="${xml(each.name)}" classname="${xml(name)}" file="${xml(file)}" line="${line}" time="0"`;
      if (each.passed) return `${head}/>`;
      const [first = ''] = each.problems;
      return `${head}>\n      <failure message="${xml(first)}" type="${each.actual}">${xml(detailsOf(each).join('\n'))}</failure>\n    </testcase>`;
    });
    const uncovered = coverageRequired
      ? result.rules
          .filter((use) => totals.missing.includes(ruleName(use)))
          .map(
            (use) =>
              `    <testcase name="${xml(`coverage of ${ruleName(use)}`)}" classname="${xml(name)}" file="${xml(file)}" line="1" time="0">\n      <failure message="no case exercises it" type="coverage"/>\n    </testcase>`,
          )
      : [];
    const failures = result.cases.filter(({ passed }) => !passed).length + uncovered.length;
    const all = [...cases, ...uncovered];
    return `  <testsuite name="${xml(name)}" file="${xml(file)}" tests="${all.length}" failures="${failures}" errors="0" skipped="0" time="0">\n${all.join('\n')}\n  </testsuite>`;
  });
  const failures = totals.failed + totals.missing.length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kubechain policy test" tests="${totals.passed + failures}" failures="${failures}" errors="0" time="0">\n${suites.join('\n')}\n</testsuites>\n`;
}

function asAnnotations(runs: readonly SuiteRun[], totals: Totals): string {
  const failures = runs.flatMap(({ file, result, positions }) =>
    result.cases
      .filter(({ passed }) => !passed)
      .map((each) => {
        const { line, column } = positions[each.index] ?? { line: 1, column: 1 };
        const text = `${each.name}: ${detailsOf(each).join('\n')}`;
        return `::error file=${workflowProperty(file)},line=${line},col=${column},title=${workflowProperty('policy test')}::${workflowText(text)}\n`;
      }),
  );
  const uncovered = totals.unexercised.map((rule) => {
    const level = totals.missing.includes(rule) ? 'error' : 'notice';
    return `::${level} title=${workflowProperty('policy test')}::${workflowText(`no case exercises ${rule}`)}\n`;
  });
  return `${[...failures, ...uncovered].join('')}${summaryOf(totals)}\n`;
}

function asMarkdown(runs: readonly SuiteRun[], totals: Totals): string {
  const failed = runs.flatMap(({ file, name, result, positions }) =>
    result.cases
      .filter(({ passed }) => !passed)
      .map((each) => {
        const where = markdownCode(`${file}:${positions[each.index]?.line ?? 1}`);
        return `| ${where} | ${markdown(name)} | ${markdown(each.name)} | ${markdown(each.problems.join('; '))} |\n`;
      }),
  );
  const shown = failed.slice(0, MOST_ROWS);
  const more = failed.length - shown.length;
  const table = failed.length === 0 ? '' : `\n| where | suite | case | |\n|---|---|---|---|\n${shown.join('')}`;
  const left = more > 0 ? `\n… and ${more} more.\n` : '';
  const rules = totals.unexercised.slice(0, MOST_ROWS).map((rule) => markdownCode(rule));
  const uncovered =
    rules.length === 0
      ? ''
      : `\nNo case exercises ${rules.join(', ')}${totals.unexercised.length > rules.length ? ', …' : ''}.\n`;
  return `### KubeChain policy tests: ${totals.failed + totals.missing.length === 0 ? 'passed' : 'failed'}\n\n${summaryOf(totals)}\n${table}${left}${uncovered}`;
}

const MOST_ROWS = 50;
