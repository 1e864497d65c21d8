import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr, StructExpr } from './ast.ts';
import { isReservedName } from './escape.ts';
import type { FunctionTable, Overload } from './functions.ts';
import { CelCompileError, type CelIssue, issueAt } from './issues.ts';
import { literalType } from './literals.ts';
import {
  assignable,
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatSignature,
  formatType,
  INT,
  isExactType,
  isOptional,
  listOf,
  mapOf,
  mostGeneral,
  optionalOf,
  Substitutions,
  substitute,
  typeParam,
  unwrapOptional,
} from './types.ts';

/** What names mean to the checker. */
export interface Declarations {
  readonly functions: FunctionTable;
  /** Variables and type names by their whole, possibly dotted, name. */
  readonly variables: ReadonlyMap<string, CelType>;
  /** Types that `Name{…}` may construct. */
  readonly structs: ReadonlyMap<string, CelType>;
}

/**
 * Type-checks an expression as cel-go does, with its messages. Annotates the nodes with their types and overloads.
 * Throws CelCompileError.
 */
export function check(expr: Expr, source: string, declarations: Declarations): CelType {
  const checker = new Checker(source, declarations);
  checker.check(expr);
  return checker.finish(expr);
}

interface Scope {
  readonly variables: ReadonlyMap<string, CelType>;
  readonly parent: Scope | undefined;
}

class Checker {
  readonly #source: string;
  readonly #declarations: Declarations;
  readonly #issues: CelIssue[] = [];
  readonly #subs = new Substitutions();
  readonly #visited: Expr[] = [];
  #scope: Scope | undefined;
  #freeTypes = 0;

  constructor(source: string, declarations: Declarations) {
    this.#source = source;
    this.#declarations = declarations;
  }

  finish(expr: Expr): CelType {
    for (const node of this.#visited) node.type = substitute(this.#subs, node.type ?? DYN, true);
    if (this.#issues.length > 0) {
      const issues = this.#issues.map((issue, i) => ({ issue, i }));
      issues.sort((a, b) => a.issue.offset - b.issue.offset || a.i - b.i);
      throw new CelCompileError(
        issues.map(({ issue }) => issue),
        this.#source,
      );
    }
    return expr.type ?? DYN;
  }

  #report(offset: number, message: string): void {
    this.#issues.push(issueAt(this.#source, offset, message));
  }

  #mismatch(at: Expr, expected: CelType, actual: CelType): void {
    this.#report(at.offset, `expected type '${formatType(expected)}' but found '${formatType(actual)}'`);
  }

  #undeclared(at: Expr, name: string): CelType {
    this.#report(at.offset, `undeclared reference to '${name}' (in container '')`);
    return ERROR;
  }

  #fresh(): CelType {
    return typeParam(`_var${this.#freeTypes++}`);
  }

  #assignable(a: CelType, b: CelType): boolean {
    return assignable(this.#subs, [a], [b]);
  }

  check(expr: Expr): CelType {
    const type = this.#infer(expr);
    expr.type = type;
    this.#visited.push(expr);
    return type;
  }

  #infer(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.#lookup(expr.name) ?? this.#undeclared(expr, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #lookup(name: string): CelType | undefined {
    if (!name.startsWith('.')) {
      for (let scope = this.#scope; scope !== undefined; scope = scope.parent) {
        const found = scope.variables.get(name);
        if (found !== undefined) return found;
      }
    }
    return this.#declarations.variables.get(name.startsWith('.') ? name.slice(1) : name);
  }

  #select(expr: SelectExpr): CelType {
    if (!expr.testOnly) {
      const name = qualifiedName(expr);
      const declared = name === undefined ? undefined : this.#lookup(name);
      if (declared !== undefined) {
        expr.qualified = name as string;
        return declared;
      }
    }
    const type = this.#field(expr, expr.operand, expr.field, false);
    return expr.testOnly ? BOOL : substitute(this.#subs, type, false);
  }

  #field(expr: Expr, operand: Expr, field: string, optional: boolean): CelType {
    const operandType = substitute(this.#subs, this.check(operand), false);
    const target = unwrapOptional(operandType);
    let result: CelType = DYN;
    switch (target.kind) {
      case 'map':
        result = target.params[1] ?? DYN;
        break;
      case 'struct': {
        const found =
          target.fields?.get(field) ?? (isReservedName(field) ? target.fields?.get(`__${field}__`) : undefined);
        if (found === undefined) this.#report(expr.offset, `undefined field '${field}'`);
        result = found ?? ERROR;
        break;
      }
      case 'param':
        this.#assignable(DYN, target);
        break;
      case 'dyn':
      case 'error':
        break;
      default:
        this.#report(expr.offset, `type '${formatType(target)}' does not support field selection`);
    }
    return optional || isOptional(operandType) ? optionalOf(result) : result;
  }

  #call(expr: CallExpr): CelType {
    if (expr.fn === '_?._') {
      const [operand, field] = expr.args;
      const name = field?.kind === 'literal' && typeof field.value === 'string' ? field.value : '';
      expr.overloads = ['select_optional_field'];
      return substitute(this.#subs, this.#field(expr, operand as Expr, name, true), false);
    }
    for (const arg of expr.args) this.check(arg);
    const { functions } = this.#declarations;
    if (expr.target === undefined) {
      const overloads = functions.get(expr.fn.startsWith('.') ? expr.fn.slice(1) : expr.fn);
      return overloads === undefined ? this.#undeclared(expr, expr.fn) : this.#resolve(expr, overloads);
    }
    const prefix = qualifiedName(expr.target);
    const namespaced = prefix === undefined ? undefined : functions.get(`${prefix}.${expr.fn}`);
    if (namespaced !== undefined) {
      // `sets.contains(a, b)` is a function of two arguments, not a method of something named sets.
      expr.fn = `${prefix}.${expr.fn}`;
      expr.target = undefined;
      return this.#resolve(expr, namespaced);
    }
    this.check(expr.target);
    const overloads = functions.get(expr.fn);
    return overloads === undefined ? this.#undeclared(expr, expr.fn) : this.#resolve(expr, overloads);
  }

  #resolve(expr: CallExpr, overloads: readonly Overload[]): CelType {
    const member = expr.target !== undefined;
    const operands = member ? [expr.target as Expr, ...expr.args] : expr.args;
    const types = operands.map((operand) => operand.type ?? DYN);
    if (expr.fn === '_&&_' || expr.fn === '_||_') return this.#logical(expr, types);
    const matched: string[] = [];
    let result: CelType | undefined;
    for (const overload of overloads) {
      if (overload.member !== member) continue;
      const [resultType, ...args] = this.#instantiate(overload);
      if (!assignable(this.#subs, types, args)) continue;
      matched.push(overload.id);
      const found = substitute(this.#subs, resultType as CelType, false);
      if (result === undefined) result = found;
      else if (result.kind !== 'dyn' && !isExactType(found, result)) result = DYN;
    }
    if (result === undefined) {
      const actual = types.map((type) => substitute(this.#subs, type, true));
      const signature = formatSignature(actual, member);
      this.#report(expr.offset, `found no matching overload for '${expr.fn}' applied to '${signature}'`);
      return ERROR;
    }
    expr.overloads = matched;
    return result;
  }

  #logical(expr: CallExpr, types: readonly CelType[]): CelType {
    expr.overloads = [expr.fn === '_&&_' ? 'logical_and' : 'logical_or'];
    let failed = false;
    types.forEach((type, i) => {
      if (this.#assignable(type, BOOL)) return;
      this.#mismatch(expr.args[i] as Expr, BOOL, type);
      failed = true;
    });
    return failed ? ERROR : BOOL;
  }

  /** Result and argument types with type parameters of their own. */
  #instantiate(overload: Overload): readonly CelType[] {
    const types = [overload.result, ...overload.args];
    if (overload.params.length === 0) return types;
    const subs = new Substitutions(overload.params.map((name) => [name, this.#fresh()]));
    return types.map((type) => substitute(subs, type, false));
  }

  /** The common type; dyn where there is none: whether that is a mistake is decided after the types are known. */
  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    return this.#assignable(previous, current) ? mostGeneral(previous, current) : DYN;
  }

  /** The type within an element or entry marked optional. */
  #unwrapElement(at: Expr, type: CelType): CelType {
    if (!isOptional(type) && type.kind !== 'dyn') this.#mismatch(at, optionalOf(type), type);
    return unwrapOptional(type);
  }

  #list(expr: ListExpr): CelType {
    let item: CelType | undefined;
    expr.elements.forEach((element, i) => {
      let type = this.check(element);
      if (expr.optional.has(i)) type = this.#unwrapElement(element, type);
      item = this.#join(item, type);
    });
    return listOf(item ?? this.#fresh());
  }

  #map(expr: MapExpr): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of expr.entries) {
      key = this.#join(key, this.check(entry.key));
      let type = this.check(entry.value);
      if (entry.optional) type = this.#unwrapElement(entry.value, type);
      value = this.#join(value, type);
    }
    return mapOf(key ?? this.#fresh(), value ?? this.#fresh());
  }

  #struct(expr: StructExpr): CelType {
    const type = this.#declarations.structs.get(expr.typeName);
    if (type === undefined) return this.#undeclared(expr, expr.typeName);
    for (const field of expr.fields) {
      let actual = this.check(field.value);
      const declared = type.fields?.get(field.name);
      if (declared === undefined) this.#report(field.offset, `undefined field '${field.name}'`);
      if (field.optional) actual = this.#unwrapElement(field.value, actual);
      if (declared !== undefined && !this.#assignable(declared, actual)) {
        const [expected, found] = [formatType(declared), formatType(actual)];
        this.#report(
          field.offset,
          `expected type of field '${field.name}' is '${expected}' but provided type is '${found}'`,
        );
      }
    }
    return type;
  }

  #comprehension(expr: ComprehensionExpr): CelType {
    this.check(expr.range);
    const accu = this.check(expr.init);
    const range = substitute(this.#subs, expr.range.type ?? DYN, false);
    const outer = this.#scope;
    const result: Scope = { variables: new Map([[expr.accuVar, accu]]), parent: outer };
    const [first, second] = this.#iteration(expr, range);
    const variables = new Map([[expr.iterVar, first]]);
    if (expr.iterVar2 !== undefined) variables.set(expr.iterVar2, second);
    this.#scope = { variables, parent: result };
    this.#expect(expr.condition, BOOL);
    this.#expect(expr.step, accu);
    this.#scope = result;
    const type = this.check(expr.result);
    this.#scope = outer;
    return substitute(this.#subs, type, false);
  }

  #expect(expr: Expr, type: CelType): void {
    const actual = this.check(expr);
    if (!this.#assignable(type, actual)) this.#mismatch(expr, type, actual);
  }

  #iteration(expr: ComprehensionExpr, range: CelType): readonly [CelType, CelType] {
    const [key = DYN, value = DYN] = range.params;
    switch (range.kind) {
      case 'list':
        return expr.iterVar2 === undefined ? [key, DYN] : [INT, key];
      case 'map':
        return [key, value];
      case 'dyn':
      case 'error':
      case 'param':
        this.#assignable(DYN, range);
        return [DYN, DYN];
      default: {
        const name = formatType(range);
        this.#report(
          expr.range.offset,
          `expression of type '${name}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [ERROR, ERROR];
      }
    }
  }
}

/** `a.b.c` as one name, if the expression is such a chain. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
