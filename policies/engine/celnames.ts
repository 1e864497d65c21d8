import type { Kind } from '../../api/index.ts';
import { KINDS } from '../../api/index.ts';
import type { Expr } from '../../schema/cel/ast.ts';
import { children } from '../../schema/cel/ast.ts';
import { parse } from '../../schema/cel/parser.ts';
import type { SchemaProps } from '../../schema/types.ts';
import type { Expression, VariableName } from './expression.ts';

/** Kinds of objects for which a variable can have a value. Others have it for all. */
const KINDS_WITH: Partial<Record<VariableName, readonly string[]>> = {
  agent: ['Agent', 'Task', 'TaskRun', 'TaskRunToolCall'],
  llm: ['LLM', 'Agent', 'TaskRun', 'TaskRunToolCall'],
  task: ['Task', 'TaskRun', 'TaskRunToolCall'],
  run: ['TaskRun', 'TaskRunToolCall'],
  tool: ['Tool', 'TaskRunToolCall'],
  mcpServer: ['MCPServer', 'TaskRunToolCall'],
  toolCall: ['TaskRunToolCall'],
  args: ['TaskRunToolCall'],
};

/** Which kind of object a variable holds, where that is always the same. */
const KIND_OF: Readonly<Record<string, string>> = {
  agent: 'Agent',
  llm: 'LLM',
  task: 'Task',
  run: 'TaskRun',
  tool: 'Tool',
  mcpServer: 'MCPServer',
};

/** Visits a node and all below it, with the names that comprehensions (`all`, `map`, …) give a meaning of their own there. */
function walkScoped(
  expr: Expr,
  bound: ReadonlySet<string>,
  visit: (expr: Expr, bound: ReadonlySet<string>) => void,
): void {
  visit(expr, bound);
  if (expr.kind !== 'comprehension') {
    for (const child of children(expr)) walkScoped(child, bound, visit);
    return;
  }
  walkScoped(expr.range, bound, visit);
  walkScoped(expr.init, bound, visit);
  const accumulator = new Set(bound).add(expr.accuVar);
  walkScoped(expr.result, accumulator, visit);
  const inner = new Set(accumulator).add(expr.iterVar);
  if (expr.iterVar2 !== undefined) inner.add(expr.iterVar2);
  walkScoped(expr.condition, inner, visit);
  walkScoped(expr.step, inner, visit);
}

/** The names that an expression takes from outside: `tool` of `list.all(tool, …)` is none. The expression must parse. */
export function freeNames(source: string): ReadonlySet<string> {
  const names = new Set<string>();
  walkScoped(parse(source), new Set(), (node, bound) => {
    if (node.kind !== 'ident') return;
    if (node.name.startsWith('.')) names.add(node.name.slice(1));
    else if (!bound.has(node.name)) names.add(node.name);
  });
  return names;
}

/** The kinds, of those given, that have all the variables that the expressions name. */
export function kindsOf(expressions: readonly Expression[], kinds: readonly string[]): readonly string[] {
  return kinds.filter((kind) =>
    Object.entries(KINDS_WITH).every(
      ([name, having]) =>
        having.includes(kind) || !expressions.some((expression) => expression.uses(name as VariableName)),
    ),
  );
}

/** A field that an expression reads and a kind does not have. */
export interface UnknownField {
  /** `object.spec.toolz`. */
  readonly path: string;
  readonly kinds: readonly string[];
  /** No kind has it: the expression can never work. */
  readonly never: boolean;
  readonly line: number;
  readonly column: number;
}

/**
 * Finds fields that the kinds do not have, by their schemas: `object.spec.toolz` fails each time it is asked, and
 * whoever wrote it should hear it at once. Reading within free-form fields and by index is not checked.
 */
export function unknownFields(source: string, kinds: readonly string[]): UnknownField[] {
  const found: UnknownField[] = [];
  const seen = new Set<string>();
  walkScoped(parse(source), new Set(), (node, bound) => {
    if (node.kind !== 'select') return;
    const chain = chainOf(node);
    if (chain === undefined || bound.has(chain[0] ?? '')) return;
    const [variable = '', ...path] = chain;
    const candidates = variable === 'object' || variable === 'oldObject' ? kinds : [KIND_OF[variable] ?? ''];
    const known = candidates.filter((kind) => kindOf(kind) !== undefined);
    if (known.length === 0) return;
    const missing = known.filter((kind) => !hasField(kind, path));
    const text = chain.join('.');
    const never = missing.length === known.length;
    if (missing.length === 0 || seen.has(text) || (node.testOnly && !never)) return;
    // Of a chain, the first unknown link is the one to report.
    if (path.length > 1 && known.every((kind) => !hasField(kind, path.slice(0, -1)))) return;
    seen.add(text);
    const before = source.slice(0, node.offset);
    found.push({
      path: text,
      kinds: missing,
      never,
      line: before.split('\n').length,
      column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1,
    });
  });
  return found;
}

function chainOf(node: Expr): string[] | undefined {
  if (node.kind === 'ident') return [node.name];
  if (node.kind !== 'select') return undefined;
  const above = chainOf(node.operand);
  return above === undefined ? undefined : [...above, node.field];
}

const kindOf = (name: string): Kind<unknown> | undefined => KINDS.find(({ kind }) => kind === name);

const METADATA: ReadonlySet<string> = new Set([
  ...['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'labels'],
  ...[
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'annotations',
    'finalizers',
    'ownerReferences',
    'managedFields',
  ],
]);

function hasField(kindName: string, path: readonly string[]): boolean {
  const [root, ...rest] = path;
  if (root === undefined || root === 'apiVersion' || root === 'kind') return true;
  if (root === 'metadata') return rest[0] === undefined || METADATA.has(rest[0]);
  const definition = kindOf(kindName)?.definition;
  if (root !== 'spec' && root !== 'status') return false;
  let schema: SchemaProps | undefined = root === 'spec' ? definition?.spec : definition?.status;
  if (schema === undefined) return false;
  for (const name of rest) {
    if (schema === undefined || schema['x-kubernetes-preserve-unknown-fields'] === true) return true;
    if (schema.properties === undefined) return schema.additionalProperties !== undefined;
    if (!Object.hasOwn(schema.properties, name)) return false;
    schema = schema.properties[name];
  }
  return true;
}
