import type { PolicyStatus } from '../../../api/index.ts';
import type {
  Finding,
  NotEvaluable,
  PolicyObject,
  PolicyRef,
  Severity,
  Verdict,
} from '../../../policies/engine/index.ts';

/** What one rule of one policy finds in one object; findings alike are one, and counted. */
export interface Tally {
  /** As `policyKey` has it. */
  readonly policy: string;
  readonly rule: string;
  readonly effect: Finding['effect'] | 'excepted';
  readonly count: number;
  /** Of the first, shortened. */
  readonly message: string;
  readonly severity: Severity;
  /** `namespace/name` of the exception that takes it away. */
  readonly exception?: string;
}

/** What cannot be decided in the background: rules about who asks. */
export interface Undecided {
  readonly policy: string;
  /** Absent: the whole policy. */
  readonly rule?: string;
  readonly reason: string;
}

/** What is kept of the verdict about a live object: as much as there are rules, whatever the object holds. */
export interface ObjectRecord {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Policies that are about it. */
  readonly policies: readonly string[];
  readonly tallies: readonly Tally[];
  readonly undecided: readonly Undecided[];
}

type Summary = NonNullable<PolicyStatus['summary']>;

export interface PolicyFigures {
  readonly summary: Omit<Summary, 'scanTime'>;
  readonly violations: NonNullable<PolicyStatus['violations']>;
  readonly notEvaluable: NonNullable<PolicyStatus['notEvaluable']>;
}

export interface Totals {
  /** By `policyKey`. */
  readonly policies: ReadonlyMap<string, PolicyFigures>;
  /** How many findings each exception takes away, by `namespace/name`. */
  readonly exceptions: ReadonlyMap<string, number>;
}

const MOST_SHOWN = 20;
const LONGEST_MESSAGE = 512;
const NOTHING: readonly never[] = [];

export const policyKey = ({ kind, namespace, name }: PolicyRef): string => `${kind}/${namespace ?? ''}/${name}`;

/** Makes the list of policies one array for all objects that have the same: most objects have. */
export type Intern = (policies: readonly string[]) => readonly string[];

export function createIntern(): Intern {
  const known = new Map<string, readonly string[]>();
  return (policies) => {
    const key = policies.join('\n');
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, policies);
    return policies;
  };
}

export function recordOf(object: PolicyObject, verdict: Verdict, intern: Intern): ObjectRecord {
  const { findings, excepted, notEvaluable } = verdict;
  return {
    kind: object.kind ?? '',
    namespace: object.metadata?.namespace ?? '',
    name: object.metadata?.name ?? '',
    policies: intern(verdict.policies.map(policyKey)),
    tallies: findings.length + excepted.length === 0 ? NOTHING : talliesOf(findings, excepted),
    undecided: notEvaluable.length === 0 ? NOTHING : notEvaluable.map(undecidedOf),
  };
}

function talliesOf(findings: readonly Finding[], excepted: readonly Finding[]): Tally[] {
  const tallies = new Map<string, Tally>();
  const add = (finding: Finding, effect: Tally['effect']): void => {
    const policy = policyKey(finding.policy);
    const { exception, rule, severity } = finding;
    const by = exception === undefined ? undefined : `${exception.namespace}/${exception.name}`;
    const key = [policy, rule, effect, by].join('\n');
    const message = finding.detail.slice(0, LONGEST_MESSAGE);
    const before = tallies.get(key) ?? { policy, rule, effect, count: 0, message, severity };
    tallies.set(key, { ...before, count: before.count + 1, ...(by === undefined ? {} : { exception: by }) });
  };
  for (const finding of findings) add(finding, finding.effect);
  for (const finding of excepted) add(finding, 'excepted');
  return [...tallies.values()];
}

const undecidedOf = ({ policy, rule, reason }: NotEvaluable): Undecided => ({
  policy: policyKey(policy),
  reason,
  ...(rule === undefined ? {} : { rule }),
});

/** A record with what some policies say of the object now in place of what they said before. */
export function withVerdictOf(
  before: ObjectRecord | undefined,
  fresh: ObjectRecord,
  judged: ReadonlySet<string>,
  intern: Intern,
): ObjectRecord {
  if (before === undefined) return fresh;
  const kept = withoutPolicies(before, judged, intern);
  return {
    ...fresh,
    policies: intern([...kept.policies, ...fresh.policies].sort()),
    tallies: [...kept.tallies, ...fresh.tallies],
    undecided: [...kept.undecided, ...fresh.undecided],
  };
}

export function withoutPolicies(record: ObjectRecord, gone: ReadonlySet<string>, intern: Intern): ObjectRecord {
  return {
    ...record,
    policies: intern(record.policies.filter((policy) => !gone.has(policy))),
    tallies: record.tallies.filter(({ policy }) => !gone.has(policy)),
    undecided: record.undecided.filter(({ policy }) => !gone.has(policy)),
  };
}

/** All records together, for the policies that there are. */
export function totalsOf(records: Iterable<ObjectRecord>, policies: readonly PolicyRef[]): Totals {
  const figures = new Map(policies.map((ref) => [policyKey(ref), emptyFigures()]));
  const exceptions = new Map<string, number>();
  const alike = new Map<readonly string[], number>();
  for (const record of records) {
    alike.set(record.policies, (alike.get(record.policies) ?? 0) + 1);
    for (const tally of record.tallies) {
      const own = figures.get(tally.policy);
      if (own !== undefined) count(own, tally, record);
      if (tally.exception !== undefined) {
        exceptions.set(tally.exception, (exceptions.get(tally.exception) ?? 0) + tally.count);
      }
    }
    for (const { policy, rule, reason } of record.undecided) {
      const own = figures.get(policy);
      if (own === undefined) continue;
      own.summary.notEvaluable += 1;
      own.undecided.set(`${rule ?? ''}\n${reason}`, { reason, ...(rule === undefined ? {} : { rule }) });
    }
  }
  for (const [list, objects] of alike) {
    for (const policy of list) {
      const own = figures.get(policy);
      if (own !== undefined) own.summary.objects += objects;
    }
  }
  return { policies: new Map([...figures].map(([key, own]) => [key, figuresOf(own)])), exceptions };
}

interface Counting {
  readonly summary: { -readonly [name in keyof PolicyFigures['summary']]: PolicyFigures['summary'][name] } & {
    objects: number;
    notEvaluable: number;
  };
  readonly violations: NonNullable<PolicyStatus['violations']>;
  readonly undecided: Map<string, PolicyFigures['notEvaluable'][number]>;
}

function emptyFigures(): Counting {
  return {
    // As if each object were created now: who asked, and what it was before, is not known.
    summary: { simulates: 'CREATE', objects: 0, violations: 0, warnings: 0, audited: 0, excepted: 0, notEvaluable: 0 },
    violations: [],
    undecided: new Map(),
  };
}

function count({ summary, violations }: Counting, tally: Tally, { kind, namespace, name }: ObjectRecord): void {
  // A call that has to be approved waits for that: it violates nothing.
  if (tally.effect === 'requireApproval') return;
  const column = ({ warn: 'warnings', audit: 'audited', excepted: 'excepted' } as const)[tally.effect as 'warn'];
  const figure = column ?? ('violations' as const);
  summary[figure] = (summary[figure] ?? 0) + tally.count;
  if (tally.effect === 'excepted') return;
  violations.push({
    kind: kind as (typeof violations)[number]['kind'],
    name,
    ...(namespace === '' ? {} : { namespace }),
    rule: tally.rule,
    message: tally.count === 1 ? tally.message : `${tally.message} (and ${tally.count - 1} more)`,
  });
}

/** The first of them in an order that does not depend on when an object was looked at. */
function figuresOf({ summary, violations, undecided }: Counting): PolicyFigures {
  const place = (each: (typeof violations)[number]): string =>
    [each.namespace ?? '', each.kind, each.name, each.rule].join('\n');
  const sorted = violations.map((each) => ({ each, at: place(each) })).sort((a, b) => (a.at < b.at ? -1 : 1));
  return {
    summary,
    violations: sorted.slice(0, MOST_SHOWN).map(({ each }) => each),
    notEvaluable: [...undecided.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, MOST_SHOWN)
      .map(([, each]) => each),
  };
}
