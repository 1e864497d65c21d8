import type { PolicyMatch, PolicySpec } from '../../api/index.ts';
import { JUDGED_KINDS } from '../../api/index.ts';
import type { GlobSet } from './glob.ts';
import { canName, compileGlobs, globProblem } from './glob.ts';
import { textAt } from './json.ts';
import type { Scope } from './scope.ts';
import { labelsOf } from './scope.ts';
import type { Labels } from './selector.ts';
import { compileSelector } from './selector.ts';
import type { PolicyUser } from './types.ts';

export type Match = 'yes' | { readonly no: string } | { readonly notEvaluable: string };

export interface Matcher {
  /** Kinds of `match.kinds`; undefined when it names none. */
  readonly kinds: ReadonlySet<string> | undefined;
  /** Whether the policy is about the object, its kind apart. */
  match(scope: Scope): Match;
}

/** How an object stands to one condition. */
type Answer = 'yes' | 'no' | 'unknown';
interface Condition {
  readonly name: string;
  ask(scope: Scope): Answer;
}

type Problem = (field: string, message: string) => void;

/** The policy with what its `match` and `exclude` say: a list that is empty says nothing, since nobody means a policy that is about nothing. */
export function withoutEmptyLists(spec: PolicySpec): PolicySpec {
  const said = (match: PolicyMatch): PolicyMatch =>
    Object.fromEntries(Object.entries(match).filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
  const { match, exclude } = spec;
  return {
    ...spec,
    ...(match === undefined ? {} : { match: said(match) }),
    ...(exclude === undefined ? {} : { exclude: said(exclude) }),
  };
}

/** Compiles `match` and `exclude`. `namespace` is that of an AgentPolicy, which is about nothing else. */
export function compileMatcher(
  match: PolicyMatch | undefined,
  exclude: PolicyMatch | undefined,
  namespace: string | undefined,
  problem: Problem,
): Matcher {
  const wanted = conditions(match ?? {}, 'match', problem);
  const unwanted = conditions(exclude ?? {}, 'exclude', problem);
  const kinds = match?.kinds === undefined ? undefined : checkKinds(match.kinds, 'match.kinds', problem);
  const excludedKinds = exclude?.kinds === undefined ? undefined : checkKinds(exclude.kinds, 'exclude.kinds', problem);
  if (excludedKinds !== undefined) {
    unwanted.push({ name: 'kinds', ask: ({ kind }) => (excludedKinds.has(kind) ? 'yes' : 'no') });
  }
  const elsewhere: Match = { no: `it is about namespace ${namespace ?? ''} only` };
  const excluded: Match = { no: 'it is excluded by spec.exclude' };
  const refusals = new Map(wanted.map(({ name }) => [name, { no: `spec.match.${name} does not match` }]));
  const nobody: Match = { notEvaluable: 'spec.match.subjects: who asks is not known here' };
  return {
    kinds,
    match(scope) {
      if (namespace !== undefined && scope.namespace !== namespace) return elsewhere;
      for (const { name, ask } of wanted) {
        const answer = ask(scope);
        if (answer === 'no') return refusals.get(name) as Match;
        // What is not known may well be so: nothing is to slip through because a label could not be read.
        if (answer === 'unknown' && name === 'subjects') return nobody;
      }
      return unwanted.length > 0 && unwanted.every(({ ask }) => ask(scope) === 'yes') ? excluded : 'yes';
    },
  };
}

function checkKinds(kinds: readonly string[], at: string, problem: Problem): ReadonlySet<string> {
  for (const [i, kind] of kinds.entries()) {
    if (!(JUDGED_KINDS as readonly string[]).includes(kind)) {
      problem(`${at}[${i}]`, `can match nothing: there is no kind "${kind}"; kinds are ${JUDGED_KINDS.join(', ')}`);
    }
  }
  return new Set(kinds);
}

function conditions(match: PolicyMatch, at: string, problem: Problem): Condition[] {
  const list: Condition[] = [];
  if (match.namespaces !== undefined) {
    const globs = names(match.namespaces, `${at}.namespaces`, problem);
    list.push({
      name: 'namespaces',
      ask: ({ namespace }) => (globs.match(namespace) === undefined ? 'no' : 'yes'),
    });
  }
  if (match.namespaceSelector !== undefined) {
    const test = selector(match.namespaceSelector, `${at}.namespaceSelector`, problem);
    list.push({ name: 'namespaceSelector', ask: (scope) => askNamespace(scope, test) });
  }
  if (match.agents !== undefined) {
    const globs = names(match.agents, `${at}.agents`, problem);
    list.push({
      name: 'agents',
      ask({ hasAgent, agentName }) {
        if (!hasAgent) return 'no';
        if (agentName === undefined) return 'unknown';
        return globs.match(agentName) === undefined ? 'no' : 'yes';
      },
    });
  }
  if (match.objectSelector !== undefined) {
    const test = selector(match.objectSelector, `${at}.objectSelector`, problem);
    const isExclusion = at === 'exclude';
    list.push({ name: 'objectSelector', ask: (scope) => askObject(scope, test, isExclusion) });
  }
  if (match.subjects !== undefined) {
    const subjects = match.subjects.map(compileSubject);
    list.push({
      name: 'subjects',
      ask({ request: { user } }) {
        if (user === undefined) return 'unknown';
        return subjects.some((is) => is(user)) ? 'yes' : 'no';
      },
    });
  }
  return list;
}

function names(patterns: readonly string[], at: string, problem: Problem): GlobSet {
  for (const [i, pattern] of patterns.entries()) {
    const general = globProblem(pattern);
    if (general !== undefined) problem(`${at}[${i}]`, `${JSON.stringify(pattern)} ${general}`);
    else if (!canName(pattern)) {
      problem(
        `${at}[${i}]`,
        `${JSON.stringify(pattern)} can match nothing: names are of lower-case letters, digits, "-" and "."`,
      );
    }
  }
  return compileGlobs(patterns);
}

function selector(
  source: NonNullable<PolicyMatch['objectSelector']>,
  at: string,
  problem: Problem,
): (labels: Labels) => boolean {
  const compiled = compileSelector(source);
  if ('test' in compiled) return compiled.test;
  problem(`${at}.${compiled.at}`, compiled.problem);
  return () => true;
}

function askNamespace({ namespace, request }: Scope, test: (labels: Labels) => boolean): Answer {
  if (request.namespaceObject === undefined) return 'unknown';
  // Every namespace has this label: the API server sees to it.
  const labels = { ...labelsOf(request.namespaceObject), 'kubernetes.io/metadata.name': namespace };
  return test(labels) ? 'yes' : 'no';
}

/**
 * A policy about Agents of a label is about what they do as well. Whoever may create a run may label it: of such objects,
 * labels of their own can bring a policy on, but only those of the Agent can take it off.
 */
function askObject(
  { kind, labels, agent, hasAgent }: Scope,
  test: (labels: Labels) => boolean,
  isExclusion: boolean,
): Answer {
  if (!hasAgent || kind === 'Agent') return test(labels) ? 'yes' : 'no';
  if (isExclusion) return agent !== undefined && test(labelsOf(agent)) ? 'yes' : 'no';
  if (agent === undefined) return 'unknown';
  return test(labels) || test(labelsOf(agent)) ? 'yes' : 'no';
}

const SERVICE_ACCOUNT = 'system:serviceaccount:';

function compileSubject(subject: NonNullable<PolicyMatch['subjects']>[number]): (user: PolicyUser) => boolean {
  const globs = compileGlobs([subject.name]);
  const matches = (text: string): boolean => globs.match(text) !== undefined;
  switch (subject.kind) {
    case 'User':
      return ({ username }) => matches(username);
    case 'Group':
      return ({ groups }) => groups?.some(matches) ?? false;
    case 'ServiceAccount': {
      const prefix = `${SERVICE_ACCOUNT}${textAt(subject, 'namespace') ?? ''}:`;
      return ({ username }) => username.startsWith(prefix) && matches(username.slice(prefix.length));
    }
    default:
      return () => false;
  }
}
