import { entry, goKind, hasField, indexInto, optionalIndex, selectOther } from './access.ts';
import { type Accumulator, accumulatorFor, type MapAccumulator } from './accumulators.ts';
import { type Construct, LIST_COST, listOf, mapOf, structOf } from './aggregates.ts';
import type { CallExpr, ComprehensionExpr, Expr, SelectExpr } from './ast.ts';
import { CelProgramError, callByTypes, callDirectly, withPattern } from './calls.ts';
import { charge, constant, type Frame, failureOf, type Node, type Run } from './frame.ts';
import { type FunctionTable, isProven } from './functions.ts';
import { ACCU } from './macros.ts';
import { conditional, fallback, indexed, logical, membership, notStrictlyFalse } from './operators.ts';
import { DYN } from './types.ts';
import { CelFailure, CelList, CelMap, CelOptional, type CelValue, fail } from './values.ts';

/** What the compiler needs to know of the environment. */
export interface Target {
  readonly functions: FunctionTable;
  /** Names with a fixed value, such as those of types. */
  readonly constants: ReadonlyMap<string, CelValue>;
  /** Slot of each variable. */
  readonly variables: ReadonlyMap<string, number>;
  /** Builds `Name{…}`; absent where the environment has no such types. */
  readonly construct?: Construct;
}

/** Compiles a checked expression into closures. Returns the number of slots that a frame needs. */
export function compileProgram(expr: Expr, target: Target): { run: Run; slots: number } {
  const compiler = new Compiler(target);
  const { run } = compiler.compile(expr, undefined);
  return { run, slots: compiler.slots };
}

interface Scope {
  readonly name: string;
  readonly slot: number;
  readonly parent: Scope | undefined;
}

/** Conversions of constants are done once, with the expression; they cost nothing then. */
const CONVERSIONS: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);

class Compiler {
  readonly #target: Target;
  slots: number;

  constructor(target: Target) {
    this.#target = target;
    this.slots = target.variables.size;
  }

  compile(expr: Expr, scope: Scope | undefined): Node {
    switch (expr.kind) {
      case 'literal':
        return constant(expr.value);
      case 'ident':
        return this.#name(expr.name, scope);
      case 'select':
        return this.#select(expr, scope);
      case 'call':
        return this.#call(expr, scope);
      case 'list':
        return listOf(
          expr.elements.map((element) => this.compile(element, scope)),
          expr.optional,
        );
      case 'map':
        return mapOf(
          expr.entries.map(({ key, value, optional }) => ({
            key: this.compile(key, scope),
            value: this.compile(value, scope),
            optional,
          })),
        );
      case 'struct':
        return structOf(
          expr.typeName,
          expr.fields.map((field) => ({ ...field, value: this.compile(field.value, scope) })),
          this.#target.construct,
        );
      case 'comprehension':
        return this.#comprehension(expr, scope);
    }
  }

  #name(name: string, scope: Scope | undefined): Node {
    for (let at = scope; at !== undefined; at = at.parent) if (at.name === name) return this.#slot(at.slot, name);
    const global = name.startsWith('.') ? name.slice(1) : name;
    const slot = this.#target.variables.get(global);
    if (slot !== undefined) return this.#slot(slot, global);
    const value = this.#target.constants.get(global);
    return value === undefined
      ? { run: () => fail(`no such attribute(s): ${global}`), attribute: true }
      : constant(value);
  }

  #slot(slot: number, name: string): Node {
    const run: Run = (frame) => {
      charge(frame, 1);
      const value = frame.slots[slot];
      if (value === undefined) return fail(`no such attribute(s): ${name}`);
      // The accumulator of a quantifier may hold a failure that a later item can still overrule.
      if (value instanceof CelFailure) throw value;
      return value;
    };
    return { run, attribute: true, refund: 1 };
  }

  #select(expr: SelectExpr, scope: Scope | undefined): Node {
    if (expr.qualified !== undefined) return this.#name(expr.qualified, scope);
    const { run: operand, attribute } = this.compile(expr.operand, scope);
    const { field } = expr;
    const cost = attribute ? 1 : 2;
    if (expr.testOnly) {
      return {
        run: (frame) => {
          const value = operand(frame);
          charge(frame, cost - 1);
          return hasField(value, field);
        },
        attribute: false,
      };
    }
    return {
      run: (frame) => {
        const value = operand(frame);
        // Nothing is selected from what is not there.
        if (value === CelOptional.NONE) return value;
        charge(frame, cost);
        return value instanceof CelMap ? entry(value, field) : selectOther(value, field);
      },
      attribute: true,
      refund: 1,
    };
  }

  #call(expr: CallExpr, scope: Scope | undefined): Node {
    switch (expr.fn) {
      case '_+_':
      case 'cel.@mapInsert':
        return this.#accumulate(expr, scope) ?? this.#function(expr, this.#arguments(expr, scope));
      default: {
        // Once: nested calls would be compiled twice a level otherwise.
        const args = this.#arguments(expr, scope);
        return operator(expr, args) ?? this.#function(expr, args);
      }
    }
  }

  #arguments(expr: CallExpr, scope: Scope | undefined): Node[] {
    const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    return operands.map((operand) => this.compile(operand, scope));
  }

  /** `accu + [x]` and insertion into the accumulated map: done in place, or a fold would take quadratic time. */
  #accumulate(expr: CallExpr, scope: Scope | undefined): Node | undefined {
    const [accu, added, value] = expr.args;
    if (accu?.kind !== 'ident' || accu.name !== ACCU || added === undefined) return undefined;
    const { run: read } = this.compile(accu, scope);
    if (expr.fn === '_+_') {
      if (added.kind !== 'list' || added.elements.length !== 1 || added.optional.size > 0) return undefined;
      const { run: item } = this.compile(added.elements[0] as Expr, scope);
      const run: Run = (frame) => {
        const list = read(frame) as Accumulator;
        list.items.push(item(frame));
        charge(frame, LIST_COST + 1);
        return list;
      };
      return { run, attribute: false };
    }
    const { run: first } = this.compile(added, scope);
    const second = value === undefined ? undefined : this.compile(value, scope).run;
    const run: Run = (frame) => {
      const map = read(frame) as MapAccumulator;
      const key = first(frame);
      charge(frame, 1);
      if (second !== undefined) map.put(key, second(frame));
      else if (key instanceof CelMap) {
        for (const each of key.keys()) map.put(each, key.get(each) as CelValue);
      }
      return map;
    };
    return { run, attribute: false };
  }

  #function(expr: CallExpr, args: readonly Node[]): Node {
    const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    const candidates = (this.#target.functions.get(expr.fn.replace(/^\./, '')) ?? []).filter(
      (overload) => overload.member === (expr.target !== undefined),
    );
    const resolved = candidates.filter((overload) => expr.overloads?.includes(overload.id));
    const [only] = resolved;
    const proven =
      only !== undefined &&
      resolved.length === 1 &&
      only.args.every((type, i) => isProven(operands[i]?.type ?? DYN, type));
    const node = proven ? callDirectly(withPattern(expr, only, args), args) : callByTypes(expr.fn, candidates, args);
    if (!CONVERSIONS.has(expr.fn) || args.length !== 1 || args[0]?.constant === undefined) return node;
    try {
      return constant(node.run({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY }));
    } catch (error) {
      throw new CelProgramError(failureOf(error).message);
    }
  }

  #comprehension(expr: ComprehensionExpr, scope: Scope | undefined): Node {
    const accu: Scope = { name: expr.accuVar, slot: this.slots++, parent: scope };
    const isBinding = expr.range.kind === 'list' && expr.range.elements.length === 0 && expr.accuVar !== ACCU;
    const init = this.compile(expr.init, scope).run;
    const result = this.compile(expr.result, accu).run;
    if (isBinding) {
      const run: Run = (frame) => {
        frame.slots[accu.slot] = init(frame);
        return result(frame);
      };
      return { run, attribute: false };
    }
    const range = this.compile(expr.range, scope).run;
    const first: Scope = { name: expr.iterVar, slot: this.slots++, parent: accu };
    const second: Scope | undefined =
      expr.iterVar2 === undefined ? undefined : { name: expr.iterVar2, slot: this.slots++, parent: first };
    const condition = this.compile(expr.condition, second ?? first);
    const step = this.compile(expr.step, second ?? first).run;
    const start = accumulatorFor(expr, init);
    const always = condition.constant === true;

    const advance = (frame: Frame): boolean => {
      if (!always && condition.run(frame) === false) return false;
      if (always) {
        frame.slots[accu.slot] = step(frame);
        return true;
      }
      try {
        frame.slots[accu.slot] = step(frame);
      } catch (error) {
        frame.slots[accu.slot] = failureOf(error);
      }
      return true;
    };
    const run: Run = (frame) => {
      const items = range(frame);
      frame.slots[accu.slot] = start(frame);
      if (items instanceof CelList) {
        for (let i = 0; i < items.length; i++) {
          const item = items.get(i) as CelValue;
          frame.slots[first.slot] = second === undefined ? item : BigInt(i);
          if (second !== undefined) frame.slots[second.slot] = item;
          if (!advance(frame)) break;
        }
      } else if (items instanceof CelMap) {
        for (const key of items.keys()) {
          frame.slots[first.slot] = key;
          if (second !== undefined) frame.slots[second.slot] = items.get(key);
          if (!advance(frame)) break;
        }
      } else fail(`got 'types.${goKind(items)}', expected iterable type`);
      return result(frame);
    };
    return { run, attribute: false };
  }
}

/** What is evaluated otherwise than a function, which gets the values of all its arguments. */
function operator(expr: CallExpr, args: readonly Node[]): Node | undefined {
  const [first, second, third] = args as [Node, Node, Node];
  switch (expr.fn) {
    case '_&&_':
      return logical(first, second, false);
    case '_||_':
      return logical(first, second, true);
    case '_?_:_':
      return conditional(first, second, third);
    case '_[_]':
      return indexed(first, second, indexInto);
    case '_[?_]':
    case '_?._':
      return indexed(first, second, optionalIndex);
    case '@not_strictly_false':
      return notStrictlyFalse(first);
    case '@in':
      return membership(first, second);
    case 'or':
    case 'orValue':
      return expr.target === undefined ? undefined : fallback(first, second, expr.fn === 'orValue');
    default:
      return undefined;
  }
}
