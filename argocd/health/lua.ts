import type { Path, Rule, Rules, Test } from './rule.ts';

/**
 * The health check as Argo CD runs it: Lua 5.1 without the libraries `string` and `math`, which scripts of `argocd-cm` do not get. Each
 * object falls under a rule, so no health is ever left open.
 */
export function healthLua(rules: Rules): string {
  const body = rules.map(ruleLua).join('\n');
  const usesConditions = body.includes('condition("');
  const usesText = body.includes('text(');
  return [
    '-- Generated from argocd/health/table.ts: change it there.',
    'local status = obj.status or {}',
    'local spec = obj.spec or {}',
    ...(usesConditions ? [CONDITION] : []),
    ...(usesText ? [TEXT] : []),
    body,
    '',
  ].join('\n');
}

const CONDITION = `local function condition(name)
  for _, each in ipairs(status.conditions or {}) do
    if each.type == name then return each end
  end
  return {}
end`;

const TEXT = `local function text(...)
  for i = 1, select("#", ...) do
    local each = select(i, ...)
    if type(each) == "string" and each ~= "" then return each end
  end
end`;

function ruleLua(rule: Rule): string {
  const result = `return { status = ${quoted(rule.health)}, message = ${messageLua(rule)} }`;
  return rule.when === undefined ? result : `if ${testLua(rule.when)} then\n  ${result}\nend`;
}

function messageLua({ message, otherwise }: Rule): string {
  if (message.length === 0) return quoted(otherwise);
  const sources = message.map((source) =>
    'conditionMessage' in source ? `condition(${quoted(source.conditionMessage)}).message` : pathLua(source),
  );
  return `text(${[...sources, quoted(otherwise)].join(', ')})`;
}

function testLua(test: Test): string {
  if ('path' in test) {
    const path = pathLua(test.path);
    const all = test.in.map((value) => `${path} == ${typeof value === 'string' ? quoted(value) : String(value)}`);
    return all.length === 1 ? (all[0] ?? 'false') : `(${all.join(' or ')})`;
  }
  if ('absent' in test) return `${pathLua(test.absent)} == nil`;
  if ('stale' in test) return 'status.observedGeneration ~= obj.metadata.generation';
  if ('all' in test) return test.all.map(testLua).join(' and ');
  if ('not' in test) return `not (${testLua(test.not)})`;
  const condition = `condition(${quoted(test.condition)})`;
  const status = `${condition}.status == ${quoted(test.status)}`;
  return test.reason === undefined ? status : `${status} and ${condition}.reason == ${quoted(test.reason)}`;
}

/** `status.phase`: the two roots are local variables that are never nil; below them the table's paths have one field. */
function pathLua([root = '', ...rest]: Path): string {
  if ((root !== 'status' && root !== 'spec') || rest.length !== 1) {
    throw new Error(`${[root, ...rest].join('.')}: health rules read fields right below spec and status`);
  }
  return `${root}.${rest[0]}`;
}

/** A Lua string; ours have neither quotes nor control characters. */
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
