import { createRequire } from 'node:module';
import type { Logger } from '../kube/types.ts';
import type { Output } from './io.ts';
import { escapeControl } from './terminal/escape.ts';

/** Loads a library when it is first needed: these two take longer to load than `--help` takes. */
const load = createRequire(import.meta.url);

export type LogFormat = 'json' | 'pretty';
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  /** `pretty` on a terminal, `json` elsewhere, unless told. */
  readonly logFormat?: LogFormat;
  readonly logLevel?: LogLevel;
}

/** A logger that writes to `output` (standard error): JSON lines, or lines for people with control characters escaped. */
export function createLogger(options: LogOptions, output: Output, defaultLevel: LogLevel = 'info'): Logger {
  const format = options.logFormat ?? (output.isTTY ? 'pretty' : 'json');
  const level = options.logLevel ?? defaultLevel;
  const write = format === 'json' ? (line: string) => void output.write(line) : prettyWriter(output);
  const { pino } = load('pino') as typeof import('pino');
  return pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

function prettyWriter(output: Output): (line: string) => void {
  const { prettyFactory } = load('pino-pretty') as typeof import('pino-pretty');
  const format = prettyFactory({ colorize: output.isTTY === true, translateTime: 'HH:MM:ss.l', singleLine: true });
  return (line) => {
    const record: unknown = JSON.parse(line, (_key, value: unknown) =>
      typeof value === 'string' ? escapeControl(value) : value,
    );
    const text: unknown = format(record);
    if (typeof text === 'string') output.write(text);
  };
}
