import { parseGoDuration } from '../duration.ts';
import { compileRegExp } from '../regex.ts';
import { type CallExpr, children, type Expr, type ListExpr, type MapExpr, walk } from './ast.ts';
import { CelCompileError, type CelIssue, issueAt } from './issues.ts';
import { parseTemplate, type Verb, WRONG_VALUE } from './lib/format.ts';
import { parseTimestamp } from './time.ts';
import { type CelType, DYN, formatType, isExactType, unwrapOptional } from './types.ts';

/**
 * What cel-go checks after types: durations, timestamps and patterns that are written out are valid, literals of lists
 * and maps are of one type, and templates of `format` fit their arguments. Throws CelCompileError.
 */
export function validateLiterals(expr: Expr, source: string): void {
  const issues: CelIssue[] = [];
  const report = (at: Expr, message: string): void => {
    issues.push(issueAt(source, at.offset, message));
  };
  walk(expr, (node) => {
    if (node.kind !== 'call') return;
    validateArgument(node, report);
    validateFormat(node, report);
  });
  validateAggregates(expr, report);
  if (issues.length > 0) throw new CelCompileError(issues, source);
}

type Report = (at: Expr, message: string) => void;

const ARGUMENTS = new Map<string, (text: string) => boolean>([
  ['duration', (text) => parseGoDuration(text) !== undefined],
  ['timestamp', (text) => parseTimestamp(text) !== undefined],
  ['matches', isPattern],
]);

function isPattern(text: string): boolean {
  try {
    compileRegExp(text);
    return true;
  } catch {
    return false;
  }
}

function validateArgument(call: CallExpr, report: Report): void {
  const isValid = ARGUMENTS.get(call.fn);
  const [argument] = call.args;
  if (isValid === undefined || argument?.kind !== 'literal') return;
  const { value } = argument;
  // A number is a duration too, yet not one that cel-go takes when it is written out.
  const valid = typeof value === 'string' ? isValid(value) : call.fn !== 'duration';
  if (!valid) report(argument, `invalid ${call.fn} argument`);
}

/** Elements that differ in type are for `format` alone; elsewhere they are taken for mistakes. */
function validateAggregates(expr: Expr, report: Report): void {
  if (expr.kind === 'call' && expr.fn === 'format') return;
  if (expr.kind === 'list') validateList(expr, report);
  else if (expr.kind === 'map') validateMap(expr, report);
  for (const child of children(expr)) validateAggregates(child, report);
}

function validateList(list: ListExpr, report: Report): void {
  const types = list.elements.map((element, i) => {
    const type = element.type ?? DYN;
    return list.optional.has(i) ? unwrapOptional(type) : type;
  });
  validateSameTypes(list.elements, types, report);
}

function validateMap(map: MapExpr, report: Report): void {
  validateSameTypes(
    map.entries.map(({ key }) => key),
    map.entries.map(({ key }) => key.type ?? DYN),
    report,
  );
  validateSameTypes(
    map.entries.map(({ value }) => value),
    map.entries.map(({ value, optional }) => (optional ? unwrapOptional(value.type ?? DYN) : (value.type ?? DYN))),
    report,
  );
}

function validateSameTypes(nodes: readonly Expr[], types: readonly CelType[], report: Report): void {
  const [first = DYN] = types;
  const at = types.findIndex((type) => !isExactType(first, type));
  if (at < 0) return;
  const found = types[at] as CelType;
  report(nodes[at] as Expr, `expected type '${formatType(first)}' but found '${formatType(found)}'`);
}

const PRINTABLE = [
  'list',
  'map',
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'timestamp',
  'bytes',
  'duration',
  'type',
  'null',
];

const KINDS: { readonly [verb in Verb]: readonly string[] } = {
  s: PRINTABLE,
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  o: ['int', 'uint'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
};

function validateFormat(call: CallExpr, report: Report): void {
  const template = call.target?.kind === 'literal' ? call.target.value : undefined;
  const [list] = call.args;
  if (call.fn !== 'format' || typeof template !== 'string' || list?.kind !== 'list') return;
  const problem = formatProblem(template, list.elements);
  if (problem !== undefined) report(problem.at ?? call, problem.message);
}

function formatProblem(template: string, elements: readonly Expr[]): { at?: Expr; message: string } | undefined {
  let used = 0;
  for (const piece of parseTemplate(template)) {
    if ('text' in piece) continue;
    if ('error' in piece) return { message: piece.error };
    const argument = elements[used];
    if (argument === undefined) return { message: `index ${used} out of range` };
    used++;
    const at = unprintable(argument, piece.verb);
    if (at !== undefined) {
      return { at, message: `error during formatting: ${WRONG_VALUE[piece.verb]}, was given ${(at.type ?? DYN).name}` };
    }
  }
  const given = elements.length;
  return given > used
    ? { message: `too many arguments supplied to string.format (expected ${used}, got ${given})` }
    : undefined;
}

/** The argument, or the part of it, that a clause cannot print. */
function unprintable(argument: Expr, verb: Verb): Expr | undefined {
  const { kind } = argument.type ?? DYN;
  if (kind === 'dyn') return undefined;
  if (!KINDS[verb].includes(kind)) return argument;
  if (verb !== 's' || (argument.kind !== 'list' && argument.kind !== 'map')) return undefined;
  for (const child of children(argument)) {
    const misfit = unprintable(child, verb);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}
