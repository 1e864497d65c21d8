import type { HealthVerdict, Path, Rule, Rules, Test } from './rule.ts';

/** The rule of an object. What Lua and CEL must agree with. */
export function ruleOf(rules: Rules, object: unknown): Rule {
  return rules.find(({ when }) => when === undefined || holds(when, object)) ?? rules[rules.length - 1] ?? FALLBACK;
}

const FALLBACK: Rule = { health: 'Progressing', message: [], otherwise: 'Pending' };

export function healthOf(rules: Rules, object: unknown): HealthVerdict {
  const rule = ruleOf(rules, object);
  const texts = rule.message.map((source) =>
    'conditionMessage' in source ? conditionOf(object, source.conditionMessage)?.message : at(object, source),
  );
  const message = texts.find((text): text is string => typeof text === 'string' && text !== '') ?? rule.otherwise;
  return { status: rule.health, message };
}

export function holds(test: Test, object: unknown): boolean {
  if ('path' in test) return test.in.some((value) => value === at(object, test.path));
  if ('absent' in test) return at(object, test.absent) === undefined;
  if ('stale' in test) return at(object, ['status', 'observedGeneration']) !== at(object, ['metadata', 'generation']);
  if ('all' in test) return test.all.every((each) => holds(each, object));
  if ('not' in test) return !holds(test.not, object);
  const condition = conditionOf(object, test.condition);
  return condition?.status === test.status && (test.reason === undefined || condition.reason === test.reason);
}

function conditionOf(object: unknown, type: string): Readonly<Record<string, unknown>> | undefined {
  const conditions = at(object, ['status', 'conditions']);
  return Array.isArray(conditions) ? conditions.filter(isMap).find((condition) => condition.type === type) : undefined;
}

/** A null is as good as nothing: Lua cannot tell them apart. */
function at(object: unknown, path: Path): unknown {
  const found = path.reduce<unknown>(
    (value, field) => (isMap(value) && Object.hasOwn(value, field) ? value[field] : undefined),
    object,
  );
  return found ?? undefined;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
