import type { HealthVerdict } from '../health/rule.ts';
import type { Json } from './vm.ts';
import { LuaError, runLua } from './vm.ts';

/** What Argo CD shows of an object: also what its own checks say before any script is asked. */
export interface ShownHealth {
  readonly status: HealthVerdict['status'] | 'Missing' | 'Unknown';
  readonly message: string;
}

export interface ShownAction {
  readonly name: string;
  readonly disabled: boolean;
  readonly displayName?: string;
  readonly params: readonly string[];
}

/** What an action does: a changed version of the object itself, or a new object. */
export interface Impact {
  readonly operation: 'create' | 'patch';
  readonly resource: { readonly [field: string]: Json };
}

type JsonMap = { readonly [field: string]: Json };

const STATES = new Set(['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown']);

/** Health by a `health.lua`, as Argo CD takes it. */
export function healthByLua(script: string, object: JsonMap): ShownHealth {
  const { metadata } = object;
  if (isMap(metadata) && typeof metadata.deletionTimestamp === 'string') {
    return { status: 'Progressing', message: 'Pending deletion' };
  }
  const result = runLua(script, { obj: object });
  if (!isMap(result)) throw new LuaError('a health check returns a table with status and message');
  const { status, message } = result;
  if (typeof status !== 'string' || !STATES.has(status)) {
    return { status: 'Unknown', message: 'Lua returned an invalid health status' };
  }
  return { status: status as ShownHealth['status'], message: typeof message === 'string' ? message : '' };
}

/** The actions that a `discovery.lua` offers, by name. */
export function actionsByLua(script: string, object: JsonMap): readonly ShownAction[] {
  const result = runLua(script, { obj: object });
  if (!isMap(result)) {
    if (Array.isArray(result) && result.length === 0) return [];
    throw new LuaError('a discovery script returns a table of actions');
  }
  return Object.entries(result)
    .map(([name, action]) => ({
      name,
      disabled: isMap(action) && action.disabled === true,
      ...(isMap(action) && typeof action.displayName === 'string' ? { displayName: action.displayName } : {}),
      params: isMap(action) && Array.isArray(action.params) ? action.params.flatMap(paramName) : [],
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

const paramName = (param: Json): string[] => (isMap(param) && typeof param.name === 'string' ? [param.name] : []);

/** What an action's script makes of an object. */
export function runActionLua(
  script: string,
  object: JsonMap,
  params: Readonly<Record<string, string>>,
): readonly Impact[] {
  const result = runLua(script, { obj: object, actionParams: params });
  if (Array.isArray(result)) {
    return result.map((impact) => {
      if (
        !isMap(impact) ||
        !isMap(impact.resource) ||
        (impact.operation !== 'create' && impact.operation !== 'patch')
      ) {
        throw new LuaError('an action returns the object, or a list of {operation, resource}');
      }
      const { operation, resource } = impact;
      return { operation, resource: operation === 'patch' ? mapsOf(resource, object) : resource };
    });
  }
  if (!isMap(result)) throw new LuaError('an action returns the object, or a list of {operation, resource}');
  return [{ operation: 'patch', resource: mapsOf(result, object) }];
}

/** What was an empty map before is one again: a script cannot tell it from an empty list. */
function mapsOf(after: JsonMap, before: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(after).map(([field, value]) => {
      const was = before[field];
      if (Array.isArray(value) && value.length === 0 && isMap(was)) return [field, {}];
      return [field, isMap(value) && isMap(was) ? mapsOf(value, was) : value];
    }),
  );
}

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
