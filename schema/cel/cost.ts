import { runeCount } from '../gofmt.ts';
import type { CallExpr, ComprehensionExpr, Expr, SelectExpr } from './ast.ts';
import { estimateCall } from './callcost.ts';
import type { CostNode, Path } from './costNode.ts';
import type { DeclType } from './decl.ts';
import { add, type Estimate, fixed, MAX_COST, multiply, scale, UNKNOWN_SIZE, union } from './estimate.ts';
import { ACCU } from './macros.ts';
import { type CelType, DYN, isOptional } from './types.ts';

/**
 * The worst case of what an expression costs to evaluate, as cel-go estimates it: Kubernetes refuses CRDs by this
 * figure. `root` is the declared type of `self`; without it nothing is known about the size of variables.
 */
export function estimateCost(expr: Expr, root: DeclType | undefined): Estimate {
  return new Coster(root).cost(expr);
}

/** Sizes of the keys (or indices) and values of a container built by the expression. */
interface EntrySize {
  readonly list: boolean;
  readonly key: Estimate;
  readonly value: Estimate;
}

interface Local {
  readonly path: Path;
  readonly size: Estimate | undefined;
  readonly entries: EntrySize | undefined;
}

const NO_PATH: Path = [];
const ONE = fixed(1);

export class Coster {
  readonly #root: DeclType | undefined;
  readonly #paths = new Map<Expr, Path>();
  readonly #sizes = new Map<Expr, Estimate>();
  readonly #entries = new Map<Expr, EntrySize>();
  readonly #locals = new Map<string, Local[]>();

  constructor(root: DeclType | undefined) {
    this.#root = root;
  }

  cost(expr: Expr): Estimate {
    switch (expr.kind) {
      case 'literal':
        return fixed(0);
      case 'ident':
        this.#paths.set(expr, this.#local(expr.name)?.path ?? [expr.name]);
        return ONE;
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list': {
        let sum = fixed(10);
        let item: Estimate = { min: expr.elements.length === 0 ? 0 : MAX_COST, max: 0 };
        for (const element of expr.elements) {
          sum = add(sum, this.cost(element));
          item = union(item, this.#sizeOrUnknown(element));
        }
        this.#entries.set(expr, { list: true, key: ONE, value: item });
        return sum;
      }
      case 'map': {
        let sum = fixed(30);
        const start: Estimate = { min: expr.entries.length === 0 ? 0 : MAX_COST, max: 0 };
        let [key, value] = [start, start];
        for (const entry of expr.entries) {
          sum = add(add(sum, this.cost(entry.key)), this.cost(entry.value));
          key = union(key, this.#sizeOrUnknown(entry.key));
          value = union(value, this.#sizeOrUnknown(entry.value));
        }
        this.#entries.set(expr, { list: false, key, value });
        return sum;
      }
      case 'struct':
        return expr.fields.reduce((sum, field) => add(sum, this.cost(field.value)), fixed(40));
      case 'comprehension':
        return isBinding(expr) ? this.#binding(expr) : this.#comprehension(expr);
    }
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, local: Local): void {
    const stack = this.#locals.get(name);
    if (stack === undefined) this.#locals.set(name, [local]);
    else stack.push(local);
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }

  #path(expr: Expr): Path {
    const local = expr.kind === 'ident' ? this.#local(expr.name) : undefined;
    return local?.path ?? this.#paths.get(expr) ?? NO_PATH;
  }

  #select(expr: SelectExpr): Estimate {
    // A type name with dots is one identifier.
    if (expr.qualified !== undefined) return ONE;
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    const kind = (expr.operand.type ?? DYN).kind;
    this.#paths.set(expr, [...this.#path(expr.operand), expr.field]);
    return kind === 'map' || kind === 'struct' || kind === 'param' ? add(operand, ONE) : operand;
  }

  #node(expr: Expr): CostNode {
    const path = this.#path(expr);
    return { expr, type: expr.type ?? DYN, path: path[0] === ACCU ? NO_PATH : path, size: this.#size(expr) };
  }

  #call(expr: CallExpr): Estimate {
    if (expr.fn === 'dyn') {
      const [argument] = expr.args;
      const cost = this.cost(argument as Expr);
      this.#copySizes(expr, argument as Expr);
      return add(cost, ONE);
    }
    const costs = expr.args.map((arg) => this.cost(arg));
    const args = expr.args.map((arg) => this.#node(arg));
    let sum = fixed(0);
    let target: CostNode | undefined;
    if (expr.target !== undefined) {
      sum = this.cost(expr.target);
      target = this.#node(expr.target);
    }
    let cost: Estimate = { min: MAX_COST, max: 0 };
    let size: Estimate | undefined;
    for (const overload of expr.overloads ?? []) {
      const estimate = this.#overload(expr, overload, target, args, costs);
      cost = union(cost, estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : union(size, estimate.size);
      if (overload === 'index_list' || overload === 'index_map') {
        const [container] = expr.args as [Expr];
        size = this.#entrySize(container)?.value;
        this.#paths.set(expr, [...this.#path(container), overload === 'index_list' ? '@items' : '@values']);
      }
      size ??= this.#size(expr);
    }
    if (size !== undefined) this.#sizes.set(expr, size);
    return add(sum, cost);
  }

  #overload(
    expr: CallExpr,
    overload: string,
    target: CostNode | undefined,
    args: readonly CostNode[],
    costs: readonly Estimate[],
  ): { cost: Estimate; size?: Estimate | undefined } {
    const argumentCost = costs.reduce(add, fixed(0));
    const [first = fixed(0), second = fixed(0), third = fixed(0)] = costs;
    switch (overload) {
      case 'logical_and':
      case 'logical_or':
        // The right side may not be evaluated at all.
        return { cost: { min: first.min, max: add(first, second).max } };
      case 'conditional': {
        const [, yes, no] = expr.args as [Expr, Expr, Expr];
        const entries = unionEntries(this.#entrySize(yes), this.#entrySize(no));
        if (entries !== undefined) this.#entries.set(expr, entries);
        return {
          cost: add(first, union(second, third)),
          size: union(this.#sizeOrUnknown(yes), this.#sizeOrUnknown(no)),
        };
      }
      case 'add_list':
      case 'add_string':
      case 'add_bytes': {
        const [left, right] = expr.args as [Expr, Expr];
        const entries = unionEntries(this.#entrySize(left), this.#entrySize(right));
        if (entries !== undefined) this.#entries.set(expr, entries);
        const size = add(this.#sizeOrUnknown(left), this.#sizeOrUnknown(right));
        return { cost: add(overload === 'add_list' ? ONE : scale(size, 0.1), argumentCost), size };
      }
      default: {
        const estimate = estimateCall(expr.fn, overload, target, args, (node) => this.#declaredSize(node));
        return { cost: add(estimate.cost, argumentCost), size: estimate.size };
      }
    }
  }

  #comprehension(expr: ComprehensionExpr): Estimate {
    let sum = add(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accuVar, {
      path: this.#path(expr.init),
      size: this.#size(expr.init),
      entries: this.#entrySize(expr.init),
    });
    const entries = this.#entrySize(expr.range);
    const isList = entries?.list ?? (expr.range.type ?? DYN).kind === 'list';
    const path = this.#path(expr.range);
    const key: Local = { path: [...path, isList ? '@indices' : '@keys'], size: entries?.key, entries: undefined };
    const value: Local = { path: [...path, isList ? '@items' : '@values'], size: entries?.value, entries: undefined };
    if (expr.iterVar2 !== undefined) {
      this.#push(expr.iterVar, key);
      this.#push(expr.iterVar2, value);
    } else this.#push(expr.iterVar, isList ? value : key);
    const loop = add(this.cost(expr.condition), this.cost(expr.step));
    this.#pop(expr.iterVar);
    if (expr.iterVar2 !== undefined) this.#pop(expr.iterVar2);
    sum = add(sum, this.cost(expr.result));
    this.#pop(expr.accuVar);
    const count = this.#sizeOrUnknown(expr.range);
    if (expr.init.kind === 'literal') {
      const size = this.#size(expr.init);
      if (size !== undefined) this.#sizes.set(expr, size);
    } else if (expr.init.kind === 'list' || expr.init.kind === 'map') {
      this.#sizes.set(expr, count);
      const built = this.#entrySize(expr.step);
      if (built !== undefined) this.#entries.set(expr, built);
    }
    return add(sum, multiply(count, loop));
  }

  #binding(expr: ComprehensionExpr): Estimate {
    let sum = add(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accuVar, {
      path: this.#path(expr.init),
      size: this.#size(expr.init),
      entries: this.#entrySize(expr.init),
    });
    sum = add(sum, this.cost(expr.result));
    this.#pop(expr.accuVar);
    this.#copySizes(expr, expr.result);
    return sum;
  }

  #copySizes(to: Expr, from: Expr): void {
    const size = this.#size(from);
    if (size !== undefined) this.#sizes.set(to, size);
    const entries = this.#entrySize(from);
    if (entries !== undefined) this.#entries.set(to, entries);
  }

  #entrySize(expr: Expr): EntrySize | undefined {
    const known = this.#entries.get(expr);
    if (known !== undefined) return known;
    return expr.kind === 'ident' ? this.#local(expr.name)?.entries : undefined;
  }

  #sizeOrUnknown(expr: Expr): Estimate {
    return this.#size(expr) ?? UNKNOWN_SIZE;
  }

  #size(expr: Expr): Estimate | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr);
    if (known !== undefined) return known;
    const declared = this.#declaredSize({ path: this.#path(expr) });
    if (declared !== undefined) {
      this.#sizes.set(expr, declared);
      return declared;
    }
    if (isScalar(expr.type ?? DYN)) return ONE;
    return expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined;
  }

  /** What the schema says about the length of the value at a path. The first element names a variable: all are of the root type. */
  #declaredSize(node: Pick<CostNode, 'path'>): Estimate | undefined {
    if (node.path.length === 0) return undefined;
    let at = this.#root;
    for (const name of node.path.slice(1)) {
      if (name === '@items' || name === '@values') at = at?.item;
      else at = name === '@keys' ? at?.key : at?.fields?.get(name);
      if (at === undefined) return undefined;
    }
    return at === undefined ? undefined : { min: 0, max: at.maxElements };
  }
}

function isBinding(expr: ComprehensionExpr): boolean {
  return expr.range.kind === 'list' && expr.range.elements.length === 0 && expr.accuVar !== ACCU;
}

function unionEntries(a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined {
  if (a === undefined || b === undefined) return undefined;
  return { list: a.list, key: union(a.key, b.key), value: union(a.value, b.value) };
}

function literalSize(expr: Expr): Estimate | undefined {
  switch (expr.kind) {
    case 'literal':
      if (typeof expr.value === 'string') return fixed(runeCount(expr.value));
      return fixed(expr.value instanceof Uint8Array ? expr.value.length : 1);
    case 'list':
      return fixed(expr.elements.length);
    case 'map':
      return fixed(expr.entries.length);
    default:
      return undefined;
  }
}

function isScalar(type: CelType): boolean {
  if (isOptional(type)) return isScalar(type.params[0] ?? DYN);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}
