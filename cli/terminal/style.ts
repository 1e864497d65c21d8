import { styleText } from 'node:util';
import type { Output } from '../io.ts';

type Format = Parameters<typeof styleText>[0];

/** Colours where a terminal shows them. Honours NO_COLOR (no-color.org) and FORCE_COLOR. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  accent(text: string): string;
}

export function createStyle(output: Output, env: Readonly<Record<string, string | undefined>>): Style {
  const forced = env.FORCE_COLOR;
  const coloured =
    forced !== undefined && forced !== '' && forced !== '0'
      ? true
      : output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const as =
    (format: Format) =>
    (text: string): string =>
      coloured && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: as('bold'),
    dim: as('dim'),
    good: as('green'),
    bad: as('red'),
    warn: as('yellow'),
    accent: as('cyan'),
  };
}
