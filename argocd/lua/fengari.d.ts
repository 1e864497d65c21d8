/** The part of fengari (Lua 5.3 in JavaScript, C API and all) that is used here. It ships no types. */
declare module 'fengari' {
  interface LuaState {
    readonly _lua: never;
  }
  type LuaString = Uint8Array;
  type LuaFunction = (state: LuaState) => number;
  interface Debug {
    readonly _debug: never;
  }
  export function to_luastring(text: string): LuaString;
  export function to_jsstring(text: LuaString): string;
  export const lua: {
    readonly LUA_OK: number;
    readonly LUA_MULTRET: number;
    readonly LUA_MASKCOUNT: number;
    readonly LUA_TNIL: number;
    readonly LUA_TBOOLEAN: number;
    readonly LUA_TNUMBER: number;
    readonly LUA_TSTRING: number;
    readonly LUA_TTABLE: number;
    lua_checkstack(state: LuaState, slots: number): boolean;
    lua_createtable(state: LuaState, array: number, map: number): void;
    lua_gettop(state: LuaState): number;
    lua_settop(state: LuaState, index: number): void;
    lua_pop(state: LuaState, count: number): void;
    lua_absindex(state: LuaState, index: number): number;
    lua_next(state: LuaState, index: number): number;
    lua_pcall(state: LuaState, args: number, results: number, handler: number): number;
    lua_pushboolean(state: LuaState, value: boolean): void;
    lua_pushcfunction(state: LuaState, value: LuaFunction): void;
    lua_pushinteger(state: LuaState, value: number): void;
    lua_pushnil(state: LuaState): void;
    lua_pushnumber(state: LuaState, value: number): void;
    lua_pushstring(state: LuaState, value: LuaString): void;
    lua_rawseti(state: LuaState, index: number, position: number): void;
    lua_setfield(state: LuaState, index: number, name: LuaString): void;
    lua_getfield(state: LuaState, index: number, name: LuaString): number;
    lua_setglobal(state: LuaState, name: LuaString): void;
    lua_getglobal(state: LuaState, name: LuaString): number;
    lua_sethook(state: LuaState, hook: (state: LuaState, debug: Debug) => void, mask: number, count: number): void;
    lua_toboolean(state: LuaState, index: number): boolean;
    lua_tojsstring(state: LuaState, index: number): string | null;
    lua_tonumber(state: LuaState, index: number): number;
    lua_type(state: LuaState, index: number): number;
  };
  export const lauxlib: {
    luaL_newstate(): LuaState;
    luaL_loadbuffer(state: LuaState, text: LuaString, size: number, name: LuaString): number;
    luaL_requiref(state: LuaState, name: LuaString, open: LuaFunction, global: boolean): void;
    luaL_error(state: LuaState, message: LuaString): never;
    luaL_checkstring(state: LuaState, index: number): LuaString;
  };
  export const lualib: {
    readonly luaopen_base: LuaFunction;
    readonly luaopen_table: LuaFunction;
    readonly luaopen_os: LuaFunction;
  };
}
