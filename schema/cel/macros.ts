import type { CallExpr, ComprehensionExpr, Expr } from './ast.ts';
import type { CelValue } from './values.ts';

/** The accumulator of a fold. No identifier can be written so. */
export const ACCU = '@result';
/** The iteration variable of a fold that only binds its accumulator. */
export const UNUSED = '#unused';

interface MacroError {
  readonly offset: number;
  readonly message: string;
}

type Expansion = { expanded?: Expr; error?: MacroError };
type Macro = (make: Factory, target: Expr, args: readonly Expr[]) => Expr;

/** Raised by a macro whose arguments are not what it needs. */
class BadArgument {
  readonly error: MacroError;

  constructor(at: Expr, message: string) {
    this.error = { offset: at.offset, message };
  }
}

/** How many nodes the macros of one expression may repeat: optMap() in the operand of optMap() doubles it with each. */
const MAX_COPIES = 10_000;

export interface CopyBudget {
  left: number;
}

/** What one expression may spend. */
export function copyBudget(): CopyBudget {
  return { left: MAX_COPIES };
}

/** Builds nodes that stand at the place of the macro call. */
class Factory {
  readonly #offset: number;
  readonly #budget: CopyBudget;

  constructor(offset: number, budget: CopyBudget) {
    this.#offset = offset;
    this.#budget = budget;
  }

  copy(expr: Expr): Expr {
    return copyOf(expr, this.#budget);
  }

  literal(value: CelValue): Expr {
    return { kind: 'literal', offset: this.#offset, value };
  }

  ident(name: string): Expr {
    return { kind: 'ident', offset: this.#offset, name };
  }

  accu(): Expr {
    return this.ident(ACCU);
  }

  list(...elements: Expr[]): Expr {
    return { kind: 'list', offset: this.#offset, elements, optional: new Set() };
  }

  map(): Expr {
    return { kind: 'map', offset: this.#offset, entries: [] };
  }

  call(fn: string, ...args: Expr[]): Expr {
    return { kind: 'call', offset: this.#offset, fn, target: undefined, args };
  }

  member(fn: string, target: Expr, ...args: Expr[]): Expr {
    return { kind: 'call', offset: this.#offset, fn, target, args };
  }

  fold(parts: Omit<ComprehensionExpr, 'kind' | 'offset' | 'accuVar'> & { accuVar?: string }): Expr {
    return { kind: 'comprehension', offset: this.#offset, accuVar: ACCU, ...parts };
  }

  select(operand: Expr, field: string): Expr {
    return { kind: 'select', offset: this.#offset, operand, field, testOnly: true };
  }

  /** Evaluates `body` with `name` bound to `value`. */
  bind(name: string, value: Expr, body: Expr): Expr {
    return this.fold({
      range: this.list(),
      iterVar: UNUSED,
      iterVar2: undefined,
      accuVar: name,
      init: value,
      condition: this.literal(false),
      step: this.ident(name),
      result: body,
    });
  }
}

/** A copy of the tree: the checker annotates nodes, so that one node must not stand at two places. */
function copyOf(expr: Expr, budget: CopyBudget): Expr {
  const copy = (part: Expr): Expr => copyOf(part, budget);
  if (--budget.left < 0) throw new BadArgument(expr, `macros repeat more than ${MAX_COPIES} parts of the expression`);
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return { ...expr };
    case 'select':
      return { ...expr, operand: copy(expr.operand) };
    case 'call':
      return { ...expr, target: expr.target === undefined ? undefined : copy(expr.target), args: expr.args.map(copy) };
    case 'list':
      return { ...expr, elements: expr.elements.map(copy) };
    case 'map':
      return {
        ...expr,
        entries: expr.entries.map((entry) => ({ ...entry, key: copy(entry.key), value: copy(entry.value) })),
      };
    case 'struct':
      return { ...expr, fields: expr.fields.map((field) => ({ ...field, value: copy(field.value) })) };
    case 'comprehension':
      return {
        ...expr,
        range: copy(expr.range),
        init: copy(expr.init),
        condition: copy(expr.condition),
        step: copy(expr.step),
        result: copy(expr.result),
      };
  }
}

function variable(expr: Expr | undefined, message: string): string {
  if (expr?.kind !== 'ident') throw new BadArgument(expr as Expr, message);
  if (expr.name === '__result__') throw new BadArgument(expr, 'iteration variable overwrites accumulator variable');
  return expr.name;
}

const SIMPLE_NAME = 'argument must be a simple name';
const IDENTIFIER = 'argument is not an identifier';

/** One or two iteration variables, and what follows them. */
function variables(
  args: readonly Expr[],
  two: boolean,
  message: string,
): { iterVar: string; iterVar2: string | undefined; rest: readonly Expr[] } {
  const iterVar = variable(args[0], message);
  if (!two) return { iterVar, iterVar2: undefined, rest: args.slice(1) };
  const iterVar2 = variable(args[1], message);
  if (iterVar === iterVar2) throw new BadArgument(args[1] as Expr, `duplicate variable name: ${iterVar}`);
  return { iterVar, iterVar2, rest: args.slice(2) };
}

const all =
  (two: boolean): Macro =>
  (make, range, args) => {
    const { rest, ...vars } = variables(args, two, SIMPLE_NAME);
    return make.fold({
      range,
      ...vars,
      init: make.literal(true),
      condition: make.call('@not_strictly_false', make.accu()),
      step: make.call('_&&_', make.accu(), rest[0] as Expr),
      result: make.accu(),
    });
  };

const exists =
  (two: boolean): Macro =>
  (make, range, args) => {
    const { rest, ...vars } = variables(args, two, SIMPLE_NAME);
    return make.fold({
      range,
      ...vars,
      init: make.literal(false),
      condition: make.call('@not_strictly_false', make.call('!_', make.accu())),
      step: make.call('_||_', make.accu(), rest[0] as Expr),
      result: make.accu(),
    });
  };

const existsOne =
  (two: boolean): Macro =>
  (make, range, args) => {
    const { rest, ...vars } = variables(args, two, SIMPLE_NAME);
    return make.fold({
      range,
      ...vars,
      init: make.literal(0n),
      condition: make.literal(true),
      step: make.call('_?_:_', rest[0] as Expr, make.call('_+_', make.accu(), make.literal(1n)), make.accu()),
      result: make.call('_==_', make.accu(), make.literal(1n)),
    });
  };

function collect(
  make: Factory,
  range: Expr,
  vars: { iterVar: string; iterVar2: string | undefined },
  filter: Expr | undefined,
  init: Expr,
  step: Expr,
): Expr {
  return make.fold({
    range,
    ...vars,
    init,
    condition: make.literal(true),
    step: filter === undefined ? step : make.call('_?_:_', filter, step, make.accu()),
    result: make.accu(),
  });
}

function append(make: Factory, value: Expr): Expr {
  return make.call('_+_', make.accu(), make.list(value));
}

/** `map`, `filter` and the `transform…` family: the transform stands last, a filter may stand before it. */
const transform =
  (
    two: boolean,
    message: string,
    init: (make: Factory) => Expr,
    step: (make: Factory, value: Expr, iterVar: string) => Expr,
  ): Macro =>
  (make, range, args) => {
    const { rest, ...vars } = variables(args, two, message);
    const filter = rest.length === 2 ? rest[0] : undefined;
    return collect(make, range, vars, filter, init(make), step(make, rest[rest.length - 1] as Expr, vars.iterVar));
  };

const map = transform(false, IDENTIFIER, (make) => make.list(), append);
const transformList = transform(true, SIMPLE_NAME, (make) => make.list(), append);
const transformMap = transform(
  true,
  SIMPLE_NAME,
  (make) => make.map(),
  (make, value, key) => make.call('cel.@mapInsert', make.accu(), make.ident(key), value),
);
const transformMapEntry = transform(
  true,
  SIMPLE_NAME,
  (make) => make.map(),
  (make, value) => make.call('cel.@mapInsert', make.accu(), value),
);

const filter: Macro = (make, range, args) => {
  const { rest, ...vars } = variables(args, false, IDENTIFIER);
  return collect(make, range, vars, rest[0], make.list(), append(make, make.copy(args[0] as Expr)));
};

const optMap =
  (name: string, wrap: boolean): Macro =>
  (make, target, args) => {
    const bound = args[0] as Expr;
    if (bound.kind !== 'ident') throw new BadArgument(bound, `${name}() variable name must be a simple identifier`);
    const body = make.bind(bound.name, make.member('value', make.copy(target)), args[1] as Expr);
    return make.call(
      '_?_:_',
      make.member('hasValue', target),
      wrap ? make.call('optional.of', body) : body,
      make.call('optional.none'),
    );
  };

const sortBy: Macro = (make, target, args) => {
  if (!['list', 'select', 'ident', 'comprehension', 'call'].includes(target.kind)) {
    throw new BadArgument(
      target,
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    );
  }
  const input = '@__sortBy_input__';
  return make.bind(
    input,
    target,
    make.member('@sortByAssociatedKeys', make.ident(input), map(make, make.ident(input), args)),
  );
};

/** By name and number of arguments. */
const MEMBERS = new Map<string, Macro>([
  ['all/2', all(false)],
  ['all/3', all(true)],
  ['exists/2', exists(false)],
  ['exists/3', exists(true)],
  ['exists_one/2', existsOne(false)],
  ['exists_one/3', existsOne(true)],
  ['existsOne/3', existsOne(true)],
  ['map/2', map],
  ['map/3', map],
  ['filter/2', filter],
  ['transformList/3', transformList],
  ['transformList/4', transformList],
  ['transformMap/3', transformMap],
  ['transformMap/4', transformMap],
  ['transformMapEntry/3', transformMapEntry],
  ['transformMapEntry/4', transformMapEntry],
  ['optMap/2', optMap('optMap', true)],
  ['optFlatMap/2', optMap('optFlatMap', false)],
  ['sortBy/2', sortBy],
]);

/** Expands a call that is a macro; both results undefined when it is none. */
export function expandMacro(expr: CallExpr, budget: CopyBudget): Expansion {
  const make = new Factory(expr.offset, budget);
  const { target, args } = expr;
  try {
    if (target === undefined) {
      if (expr.fn !== 'has' || args.length !== 1) return {};
      const [argument] = args;
      if (argument?.kind !== 'select' || argument.testOnly)
        throw new BadArgument(argument as Expr, 'invalid argument to has() macro');
      return { expanded: make.select(argument.operand, argument.field) };
    }
    const macro = MEMBERS.get(`${expr.fn}/${args.length}`);
    return macro === undefined ? {} : { expanded: macro(make, target, args) };
  } catch (error) {
    if (error instanceof BadArgument) return { error: error.error };
    throw error;
  }
}
