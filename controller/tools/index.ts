/** What tools do when they are called, and how the arguments that a model wrote are read. */
export type { AddressGuard, NetworkAllowList } from './addresses.ts';
export { createAddressGuard, hostRule } from './addresses.ts';
export type { ArgumentLimits, ArgumentParser, ParsedArguments } from './arguments.ts';
export { createArgumentParser } from './arguments.ts';
export type { Builtin, BuiltinName } from './builtins.ts';
export { BUILTINS, runBuiltin } from './builtins.ts';
export type { ApiCallOptions, ApiCredentials, ExternalApi, ExternalApiSpec, HttpMethod } from './external-api.ts';
export { checkExternalApi, createExternalApi, externalApiParameters } from './external-api.ts';
export { ForbiddenAddressError, guardedLookup } from './guarded-connect.ts';
export type { SchemaCompiler, SchemaLimits, Validation } from './json-schema.ts';
export { createSchemaCompiler } from './json-schema.ts';
export type { ToolOutcome } from './outcome.ts';
export { messageOf } from './outcome.ts';
export { createRedactor } from './redact.ts';
