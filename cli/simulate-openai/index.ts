export type { SimulateOpenAIOptions } from './command.ts';
export { DEFAULT_PORT, registerSimulateOpenAI, simulateOpenAI } from './command.ts';
export type { RecordedRequest, RecordLimits, RequestSummary } from './record.ts';
export type { Fault, Rule, Script, When } from './script.ts';
export { checkScript, parseScript, ScriptError } from './script.ts';
export type { SimulatedOpenAI, SimulatedOpenAIOptions } from './server.ts';
export { startSimulatedOpenAI } from './server.ts';
