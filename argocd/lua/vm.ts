import { lauxlib, lua, lualib, to_luastring } from 'fengari';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };

type State = ReturnType<typeof lauxlib.luaL_newstate>;

/** A script that failed, or that went on for too long. */
export class LuaError extends Error {
  override readonly name = 'LuaError';
}

/** As long as Argo CD lets a script run. */
const TIME_LIMIT_MS = 1000;
const HOOK_EVERY = 10_000;
/** Deeper than any Kubernetes object; a table that contains itself ends here. */
const MAX_DEPTH = 200;
/** What Argo CD's scripts do not have, or what reaches files. */
const NOT_THERE = ['collectgarbage', 'dofile', 'load', 'loadfile', 'print', 'rawlen'];

/**
 * Runs a script of `argocd-cm` as Argo CD does, and gives what it returns: `base`, `table` and, by `require("os")`, `time` and `date` are
 * there; `string`, `math` and files are not. A null becomes nil, so its field is gone; an empty table comes back as a list.
 *
 * @throws {LuaError} with the script's message, without the interpreter's stack
 */
export function runLua(script: string, globals: Readonly<Record<string, Json>>): Json {
  const state = lauxlib.luaL_newstate();
  openLibraries(state);
  for (const [name, value] of Object.entries(globals)) {
    push(state, value);
    lua.lua_setglobal(state, to_luastring(name));
  }
  const end = Date.now() + TIME_LIMIT_MS;
  lua.lua_sethook(
    state,
    (running) => {
      if (Date.now() > end)
        lauxlib.luaL_error(running, to_luastring(`the script ran for more than ${TIME_LIMIT_MS} ms`));
    },
    lua.LUA_MASKCOUNT,
    HOOK_EVERY,
  );
  const text = to_luastring(script);
  if (lauxlib.luaL_loadbuffer(state, text, text.length, to_luastring('=script')) !== lua.LUA_OK) fail(state);
  if (lua.lua_pcall(state, 0, 1, 0) !== lua.LUA_OK) fail(state);
  return read(state, -1, 0);
}

function fail(state: State): never {
  throw new LuaError(lua.lua_tojsstring(state, -1) ?? 'the script failed');
}

function openLibraries(state: State): void {
  lauxlib.luaL_requiref(state, to_luastring('_G'), lualib.luaopen_base, true);
  lauxlib.luaL_requiref(state, to_luastring('table'), lualib.luaopen_table, true);
  lua.lua_getfield(state, -1, to_luastring('unpack'));
  lua.lua_setglobal(state, to_luastring('unpack'));
  lua.lua_settop(state, 0);
  for (const name of NOT_THERE) {
    lua.lua_pushnil(state);
    lua.lua_setglobal(state, to_luastring(name));
  }
  lua.lua_pushcfunction(state, requireOs);
  lua.lua_setglobal(state, to_luastring('require'));
}

function requireOs(state: State): number {
  const name = lua.lua_tojsstring(state, 1);
  if (name !== 'os') lauxlib.luaL_error(state, to_luastring(`module ${name} not found: only os is there`));
  lauxlib.luaL_requiref(state, to_luastring('os'), lualib.luaopen_os, false);
  lua.lua_createtable(state, 0, 2);
  for (const field of ['time', 'date']) {
    lua.lua_getfield(state, -2, to_luastring(field));
    lua.lua_setfield(state, -2, to_luastring(field));
  }
  return 1;
}

function push(state: State, value: Json): void {
  if (!lua.lua_checkstack(state, 4)) throw new LuaError('the object is nested too deeply');
  if (value === null) lua.lua_pushnil(state);
  else if (typeof value === 'boolean') lua.lua_pushboolean(state, value);
  // Integers of fengari have 32 bits; to a script they are the same number.
  else if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) lua.lua_pushinteger(state, value);
    else lua.lua_pushnumber(state, value);
  } else if (typeof value === 'string') lua.lua_pushstring(state, to_luastring(value));
  else if (isList(value)) {
    lua.lua_createtable(state, value.length, 0);
    for (const [index, item] of value.entries()) {
      push(state, item);
      lua.lua_rawseti(state, -2, index + 1);
    }
  } else {
    const entries = Object.entries(value);
    lua.lua_createtable(state, 0, entries.length);
    for (const [field, member] of entries) {
      push(state, member);
      lua.lua_setfield(state, -2, to_luastring(field));
    }
  }
}

function read(state: State, index: number, depth: number): Json {
  if (depth > MAX_DEPTH || !lua.lua_checkstack(state, 4))
    throw new LuaError('what the script returned is nested too deeply');
  switch (lua.lua_type(state, index)) {
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(state, index);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(state, index);
    case lua.LUA_TSTRING:
      return lua.lua_tojsstring(state, index);
    case lua.LUA_TTABLE:
      return readTable(state, lua.lua_absindex(state, index), depth);
    case lua.LUA_TNIL:
      return null;
    default:
      throw new LuaError('the script returned something that is no data');
  }
}

function readTable(state: State, table: number, depth: number): Json {
  const list: Json[] = [];
  const map = new Map<string, Json>();
  lua.lua_pushnil(state);
  while (lua.lua_next(state, table) !== 0) {
    const value = read(state, -1, depth + 1);
    if (lua.lua_type(state, -2) === lua.LUA_TNUMBER) list[lua.lua_tonumber(state, -2) - 1] = value;
    else map.set(lua.lua_tojsstring(state, -2) ?? '', value);
    lua.lua_pop(state, 1);
  }
  // A list, also where it is empty: that is what Argo CD makes of an empty table.
  return map.size === 0 ? list : Object.fromEntries(map);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
