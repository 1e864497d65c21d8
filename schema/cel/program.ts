import { entry, goKind, hasField, indexInto, isKey, optionalIndex, selectOther } from './access.ts';
import { type Accumulator, accumulatorFor, MapAccumulator } from './accumulators.ts';
import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr, StructExpr } from './ast.ts';
import { CelProgramError, callByTypes, callDirectly, withPattern } from './calls.ts';
import { charge, constant, type Frame, failureOf, type Node, type Run } from './frame.ts';
import { type FunctionTable, isProven } from './functions.ts';
import { ACCU } from './macros.ts';
import { DYN } from './types.ts';
import {
  CelFailure,
  CelList,
  CelMap,
  CelOptional,
  type CelValue,
  fail,
  mapKey,
  NO_SUCH_OVERLOAD,
  printValue,
  ValueList,
} from './values.ts';

/** What the compiler needs to know of the environment. */
export interface Target {
  readonly functions: FunctionTable;
  /** Names with a fixed value, such as those of types. */
  readonly constants: ReadonlyMap<string, CelValue>;
  /** Slot of each variable. */
  readonly variables: ReadonlyMap<string, number>;
  /** Builds `Name{…}`; absent where the environment has no such types. */
  readonly construct?: (typeName: string, fields: ReadonlyMap<string, CelValue>) => CelValue;
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

const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

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
        return this.#list(expr, scope);
      case 'map':
        return this.#map(expr, scope);
      case 'struct':
        return this.#struct(expr, scope);
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
      case '_&&_':
        return this.#logical(expr, scope, false);
      case '_||_':
        return this.#logical(expr, scope, true);
      case '_?_:_':
        return this.#conditional(expr, scope);
      case '_[_]':
        return this.#index(expr, scope, indexInto);
      case '_[?_]':
      case '_?._':
        return this.#index(expr, scope, optionalIndex);
      case '@not_strictly_false':
        return this.#notStrictlyFalse(expr, scope);
      case '_+_':
      case 'cel.@mapInsert':
        return this.#accumulate(expr, scope) ?? this.#function(expr, scope);
      case '@in':
        return this.#membership(expr, scope) ?? this.#function(expr, scope);
      case 'or':
      case 'orValue':
        return this.#fallback(expr, scope) ?? this.#function(expr, scope);
      default:
        return this.#function(expr, scope);
    }
  }

  /** `x in ['a', 'b']`: one look-up, free of charge. */
  #membership(expr: CallExpr, scope: Scope | undefined): Node | undefined {
    const [value, list] = this.#arguments(expr, scope) as [Node, Node];
    if (!(list.constant instanceof ValueList) || !list.constant.items.every(isKey)) return undefined;
    const keys = new Set(list.constant.items.map(mapKey));
    const run: Run = (frame) => {
      const item = value.run(frame);
      return isKey(item) && keys.has(mapKey(item));
    };
    return { run, attribute: false };
  }

  /** `a.orValue(b)` evaluates b only when it is needed, and costs nothing itself. */
  #fallback(expr: CallExpr, scope: Scope | undefined): Node | undefined {
    if (expr.target === undefined) return undefined;
    const [first, second] = this.#arguments(expr, scope) as [Node, Node];
    const unwraps = expr.fn === 'orValue';
    const run: Run = (frame) => {
      const value = first.run(frame);
      if (!(value instanceof CelOptional)) return fail(NO_SUCH_OVERLOAD);
      if (value.value === undefined) return second.run(frame);
      return unwraps ? value.value : value;
    };
    return { run, attribute: false };
  }

  #arguments(expr: CallExpr, scope: Scope | undefined): Node[] {
    const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    return operands.map((operand) => this.compile(operand, scope));
  }

  #logical(expr: CallExpr, scope: Scope | undefined, deciding: boolean): Node {
    const [left, right] = this.#arguments(expr, scope) as [Node, Node];
    const run: Run = (frame) => {
      let failure: CelFailure | undefined;
      try {
        const value = left.run(frame);
        if (value === deciding) return deciding;
        if (typeof value !== 'boolean') failure = new CelFailure(NO_SUCH_OVERLOAD);
      } catch (error) {
        failure = failureOf(error);
      }
      // A failure on the left does not matter if the right side decides alone.
      if (failure === undefined) {
        const value = right.run(frame);
        return typeof value === 'boolean' ? value : fail(NO_SUCH_OVERLOAD);
      }
      try {
        if (right.run(frame) === deciding) return deciding;
      } catch (error) {
        failureOf(error);
      }
      throw failure;
    };
    return { run, attribute: false };
  }

  #conditional(expr: CallExpr, scope: Scope | undefined): Node {
    const [condition, yes, no] = this.#arguments(expr, scope) as [Node, Node, Node];
    const run: Run = (frame) => {
      const value = condition.run(frame);
      if (typeof value !== 'boolean') return fail(NO_SUCH_OVERLOAD);
      const branch = value ? yes : no;
      frame.cost -= branch.refund ?? 0;
      return branch.run(frame);
    };
    return { run, attribute: true };
  }

  #index(expr: CallExpr, scope: Scope | undefined, read: (value: CelValue, index: CelValue) => CelValue): Node {
    const [operand, index] = this.#arguments(expr, scope) as [Node, Node];
    const cost = operand.attribute ? 1 : 2;
    const run: Run = (frame) => {
      const value = operand.run(frame);
      const at = index.run(frame);
      const item = read(value, at);
      charge(frame, item === CelOptional.NONE ? cost - 1 : cost);
      return item;
    };
    return { run, attribute: true, refund: 1 };
  }

  #notStrictlyFalse(expr: CallExpr, scope: Scope | undefined): Node {
    const [operand] = this.#arguments(expr, scope) as [Node];
    const run: Run = (frame) => {
      charge(frame, 1);
      try {
        return operand.run(frame) !== false;
      } catch (error) {
        failureOf(error);
        return true;
      }
    };
    return { run, attribute: false };
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

  #function(expr: CallExpr, scope: Scope | undefined): Node {
    const args = this.#arguments(expr, scope);
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

  #list(expr: ListExpr, scope: Scope | undefined): Node {
    const elements = expr.elements.map((element) => this.compile(element, scope));
    if (expr.optional.size === 0 && elements.every((element) => element.constant !== undefined)) {
      return constant(new ValueList(elements.map((element) => element.constant as CelValue)));
    }
    const run: Run = (frame) => {
      const items: CelValue[] = [];
      elements.forEach((element, i) => {
        const value = element.run(frame);
        if (!expr.optional.has(i)) items.push(value);
        else if (!(value instanceof CelOptional))
          fail(`cannot initialize optional list element from non-optional value ${printValue(value)}`);
        else if (value.value !== undefined) items.push(value.value);
      });
      charge(frame, LIST_COST);
      return new ValueList(items);
    };
    return { run, attribute: false };
  }

  #map(expr: MapExpr, scope: Scope | undefined): Node {
    const entries = expr.entries.map(({ key, value, optional }) => ({
      key: this.compile(key, scope),
      value: this.compile(value, scope),
      optional,
    }));
    const build = (frame: Frame): CelValue => {
      const map = new MapAccumulator();
      for (const entry of entries) {
        const key = entry.key.run(frame);
        const value = entry.value.run(frame);
        if (!entry.optional) map.replace(key, value);
        else if (!(value instanceof CelOptional))
          fail(`cannot initialize optional entry '${printValue(key)}' from non-optional value ${printValue(value)}`);
        else if (value.value !== undefined) map.replace(key, value.value);
      }
      return map;
    };
    const isConstant = entries.every(
      ({ key, value, optional }) => !optional && key.constant !== undefined && value.constant !== undefined,
    );
    if (isConstant) return constant(build({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY }));
    const run: Run = (frame) => {
      const map = build(frame);
      charge(frame, MAP_COST);
      return map;
    };
    return { run, attribute: false };
  }

  #struct(expr: StructExpr, scope: Scope | undefined): Node {
    const fields = expr.fields.map((field) => ({ ...field, run: this.compile(field.value, scope).run }));
    const { construct } = this.#target;
    const run: Run = (frame) => {
      const values = new Map<string, CelValue>();
      for (const field of fields) {
        const value = field.run(frame);
        if (!field.optional) values.set(field.name, value);
        else if (value instanceof CelOptional && value.value !== undefined) values.set(field.name, value.value);
      }
      charge(frame, STRUCT_COST);
      return construct === undefined ? fail(NO_SUCH_OVERLOAD) : construct(expr.typeName, values);
    };
    return { run, attribute: false };
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
