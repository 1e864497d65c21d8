/** Whether a value fits its type, with the words of the real server's typed values. */
import { goTypeOf } from '../../schema/gofmt.ts';
import type { Json, JsonObject, MergeType } from '../types.ts';
import { printPath } from './fieldset.ts';
import { ElementError, fieldType, isMap, itemElement, resolve } from './walk.ts';

/** A value as Go prints it with %v. */
function goValue(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isMap(value)) {
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goValue(value[key] as Json)}`)
      .join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}

/** A value as Go prints it with %#v. */
function goLiteral(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goLiteral).join(', ')}}`;
  if (!isMap(value)) return typeof value === 'string' ? JSON.stringify(value) : goValue(value);
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goLiteral(value[key] as Json)}`);
  return `map[string]interface {}{${fields.join(', ')}}`;
}

function scalarError(type: MergeType, value: Json): string | undefined {
  if (value === null) return undefined;
  switch (type.scalar) {
    case 'numeric':
      return typeof value === 'number' || typeof value === 'bigint'
        ? undefined
        : `expected numeric (int or float), got ${goTypeOf(value)}`;
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goLiteral(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`;
    default:
      return typeof value === 'object' ? `expected any scalar, got &{${goValue(value)}}` : undefined;
  }
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

function check(type: MergeType, value: Json, path: string, problems: Problem[]): void {
  const shape = resolve(type, value);
  const add = (message: string, at = path) => problems.push({ path: at, message });
  if (shape.shape === 'scalar') {
    const message = scalarError(shape, value);
    if (message !== undefined) add(message);
  } else if (value === null) return;
  else if (shape.shape === 'map') {
    if (!isMap(value)) return void add(`expected map, got &{${goValue(value)}}`);
    for (const key of Object.keys(value)) {
      const below = fieldType(shape, key);
      const here = `${path}.${key}`;
      if (below === undefined) {
        add('field not declared in schema', here);
        return;
      }
      check(below, value[key] as Json, here, problems);
    }
  } else if (!Array.isArray(value)) add(`expected list, got &{${goValue(value)}}`);
  else checkItems(shape, value, path, problems);
}

function checkItems(type: MergeType, items: readonly Json[], path: string, problems: Problem[]): void {
  const element = type.element?.() ?? { shape: 'deduced' as const };
  const associative = type.atomic !== true && type.listType !== undefined;
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    let here = `${path}[${index}]`;
    if (associative) {
      try {
        const name = itemElement(type, item);
        here = `${path}${printPath([name])}`;
        if (seen.has(name)) problems.push({ path, message: `duplicate entries for key ${printPath([name])}` });
        seen.add(name);
      } catch (error) {
        if (!(error instanceof ElementError)) throw error;
        problems.push({ path, message: `element ${index}: ${error.message}` });
        return;
      }
    }
    check(element, item, here, problems);
  }
}

/** Problems of an applied configuration, as one message; undefined when it fits. */
export function typeProblems(type: MergeType, object: JsonObject): string | undefined {
  const problems: Problem[] = [];
  check(type, object, '', problems);
  if (problems.length === 0) return undefined;
  const lines = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return lines.length === 1 ? lines[0] : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n');
}
