import { type Expr, walk } from './ast.ts';
import { check } from './checker.ts';
import { estimateCost } from './cost.ts';
import type { DeclType } from './decl.ts';
import type { Estimate } from './estimate.ts';
import { startToil } from './failure.ts';
import { type FunctionTable, functionTable, type Library } from './functions.ts';
import { conversions } from './lib/conversions.ts';
import { dates } from './lib/dates.ts';
import { namedFormats } from './lib/formats.ts';
import { lists } from './lib/lists.ts';
import { network } from './lib/network.ts';
import { operators } from './lib/operators.ts';
import { optionals } from './lib/optionals.ts';
import { quantities } from './lib/quantities.ts';
import { semvers } from './lib/semver.ts';
import { strings } from './lib/strings.ts';
import { parse } from './parser.ts';
import { compileProgram } from './program.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  isExactType,
  listOf,
  mapOf,
  NULL,
  opaque,
  optionalOf,
  STRING,
  TIMESTAMP,
  typeOf,
  UINT,
} from './types.ts';
import { validateLiterals } from './validators.ts';
import { CelFailure, CelType as CelTypeValue, type CelValue } from './values.ts';

/** Cost that one call of an expression may reach on a Kubernetes API server: about a tenth of a second there. */
export const PER_CALL_LIMIT = 1_000_000;

export interface EnvironmentOptions {
  /** Names that expressions may use, with their types. Use DYN for JSON of no known schema. */
  readonly variables?: { readonly [name: string]: CelType };
  /** Functions beyond Kubernetes' own. */
  readonly libraries?: readonly Library[];
  /** Types that expressions may construct as `Name{field: value}`, by name. */
  readonly structs?: ReadonlyMap<string, CelType>;
  /** Makes the value of such an expression. */
  readonly construct?: (typeName: string, fields: ReadonlyMap<string, CelValue>) => CelValue;
  /** Declared type that sizes for cost estimates are looked up in, whatever the variable. */
  readonly root?: DeclType;
}

export interface Evaluation {
  readonly value: CelValue;
  /** In CEL's cost units: one is about 50 ns on a server. */
  readonly cost: number;
}

/** Why an evaluation has no value. */
export class CelEvaluationError extends Error {
  /** What was spent until then. */
  readonly cost: number;
  /** True when the cost limit ended it. */
  readonly limitExceeded: boolean;

  constructor(message: string, cost: number, limitExceeded: boolean) {
    super(message);
    this.name = 'CelEvaluationError';
    this.cost = cost;
    this.limitExceeded = limitExceeded;
  }
}

/** An expression compiled once, to be evaluated often. */
export interface CelProgram {
  readonly source: string;
  readonly resultType: CelType;
  /** Worst and best case of the cost, as far as sizes are known. */
  readonly estimate: Estimate;
  /** True when the expression names the variable. */
  uses(variable: string): boolean;
  /**
   * Evaluates with the given variables (absent ones fail when used). Stops at `limit` cost units, PER_CALL_LIMIT by
   * default. Throws CelEvaluationError.
   */
  evaluate(variables: { readonly [name: string]: CelValue | undefined }, limit?: number): Evaluation;
}

export interface CelEnvironment {
  /** Parses, type-checks and compiles. Throws CelCompileError, with positions. */
  compile(source: string): CelProgram;
  /** The same functions with other variables: cheaper than a new environment. */
  extend(options: Omit<EnvironmentOptions, 'libraries'>): CelEnvironment;
}

const LIBRARIES: readonly Library[] = [
  operators,
  conversions,
  strings,
  lists,
  dates,
  network,
  quantities,
  semvers,
  namedFormats,
  optionals,
];

const TYPE_NAMES: ReadonlyArray<readonly [name: string, type: CelType]> = [
  ['bool', BOOL],
  ['bytes', BYTES],
  ['double', DOUBLE],
  ['int', INT],
  ['uint', UINT],
  ['string', STRING],
  ['list', listOf(DYN)],
  ['map', mapOf(DYN, DYN)],
  ['null_type', NULL],
  ['type', typeOf(DYN)],
  ['optional_type', optionalOf(DYN)],
  ['google.protobuf.Duration', DURATION],
  ['google.protobuf.Timestamp', TIMESTAMP],
  ['net.IP', opaque('net.IP')],
  ['net.CIDR', opaque('net.CIDR')],
];

const TYPE_VARIABLES: ReadonlyMap<string, CelType> = new Map(TYPE_NAMES.map(([name, type]) => [name, typeOf(type)]));
const TYPE_VALUES: ReadonlyMap<string, CelValue> = new Map(TYPE_NAMES.map(([name]) => [name, new CelTypeValue(name)]));

/**
 * Kubernetes' CEL environment (1.36): the standard library with cross-type comparisons and optional values, the string,
 * list and set extensions, two-variable comprehensions, and Kubernetes' regex, URL, IP, CIDR, quantity, semver and
 * format libraries. The authorizer library is not part of it.
 */
export function createCelEnvironment(options: EnvironmentOptions = {}): CelEnvironment {
  const { libraries = [] } = options;
  return environment(
    libraries.length === 0 ? kubernetesFunctions() : functionTable([...LIBRARIES, ...libraries]),
    options,
  );
}

let table: FunctionTable | undefined;

/** Made once: that takes some milliseconds. */
function kubernetesFunctions(): FunctionTable {
  table ??= functionTable(LIBRARIES);
  return table;
}

function environment(functions: FunctionTable, options: Omit<EnvironmentOptions, 'libraries'>): CelEnvironment {
  const names = Object.keys(options.variables ?? {});
  const variables = new Map([...TYPE_VARIABLES, ...Object.entries(options.variables ?? {})]);
  const declarations = { functions, variables, structs: options.structs ?? new Map<string, CelType>() };
  const slotOf = new Map(names.map((name, i) => [name, i]));
  const target = {
    functions,
    constants: TYPE_VALUES,
    variables: slotOf,
    ...(options.construct === undefined ? {} : { construct: options.construct }),
  };

  const compile = (source: string): CelProgram => {
    const expr = parse(source);
    const resultType = check(expr, source, declarations);
    validateLiterals(expr, source);
    const { run, slots } = compileProgram(expr, target);
    const used = variablesOf(expr, slotOf);
    // The others are not even looked at: a value may be made only when it is asked for.
    const wanted = names.flatMap((name, slot) => (used.has(name) ? [{ name, slot }] : []));
    return {
      source,
      resultType,
      estimate: estimateCost(expr, options.root),
      uses: (variable) => used.has(variable),
      evaluate(values, limit = PER_CALL_LIMIT) {
        const frame = { slots: new Array<CelValue | undefined>(slots), cost: 0, limit };
        for (const { name, slot } of wanted) frame.slots[slot] = values[name];
        startToil();
        try {
          return { value: run(frame), cost: frame.cost };
        } catch (error) {
          if (error instanceof CelFailure) throw new CelEvaluationError(error.message, frame.cost, error.fatal);
          // An expression or value nested deeper than the stack: no fault of this process.
          if (error instanceof RangeError) throw new CelEvaluationError(error.message, frame.cost, true);
          throw error;
        }
      },
    };
  };
  return { compile, extend: (other) => environment(functions, other) };
}

function variablesOf(expr: Expr, known: ReadonlyMap<string, number>): ReadonlySet<string> {
  const used = new Set<string>();
  walk(expr, (node) => {
    if (node.kind === 'ident' && known.has(node.name)) used.add(node.name);
    if (node.kind === 'select' && node.qualified !== undefined) used.add(node.qualified);
  });
  return used;
}

/** True when the type is exactly that: `dyn` is not bool. */
export function isResultType(program: CelProgram, type: CelType): boolean {
  return isExactType(program.resultType, type);
}
