import type { Io } from '../io.ts';
import type { Step } from '../runs/progress.ts';
import { indented } from '../runs/transcript.ts';
import { escapeControl } from '../terminal/escape.ts';
import { createLiveArea } from '../terminal/liveArea.ts';
import { createStyle, type Style } from '../terminal/style.ts';
import { pad, truncate } from '../terminal/width.ts';

/** A run that has not ended, for its line in the live area. */
export interface LiveRun {
  readonly subject: string;
  readonly phase: string;
  readonly detail: string;
}

/** What `up` shows: permanent lines above, a live line for each unfinished run below (on a terminal). */
export interface Screen {
  readonly style: Style;
  readonly isTTY: boolean;
  line(text: string): void;
  /** An empty line, unless the last one is. */
  gap(): void;
  step(step: Step): void;
  /** A longer text, two columns in. */
  block(text: string): void;
  live(runs: readonly LiveRun[]): void;
  /** Writes to standard error without hurting the live lines. */
  aside(write: () => void): void;
  close(): void;
}

const SUBJECT_COLUMNS = 26;
const WHAT_COLUMNS = 20;

/** @param now the wall clock, milliseconds since the epoch */
export function createScreen(io: Io, now: () => number): Screen {
  const style = createStyle(io.out, io.env);
  const area = createLiveArea(io.out);
  const columns = (): number | undefined => (io.out.isTTY ? Math.max(40, io.out.columns || 80) : undefined);
  const clock = (): string => new Date(now()).toTimeString().slice(0, 8);

  let blank = true;
  const print = (text: string): void => {
    area.print(text);
    blank = text === '';
  };

  return {
    style,
    isTTY: io.out.isTTY === true,
    line: print,
    gap() {
      if (!blank) print('');
    },
    step({ subject, what, detail, tone }) {
      const width = columns();
      const plain = detail === '' ? what : `${pad(what, WHAT_COLUMNS)} ${detail}`;
      const room = width === undefined ? plain : truncate(plain, width - SUBJECT_COLUMNS - 12);
      const text = tone === 'plain' ? room : style[tone](room);
      print(`${style.dim(clock())}  ${pad(truncate(subject, SUBJECT_COLUMNS), SUBJECT_COLUMNS)}  ${text}`);
    },
    block: (text) => print(indented(escapeControl(text), { style, columns: columns() }).join('\n')),
    live: (runs) =>
      area.show(
        runs.map(({ subject, phase, detail }) => ({
          plain: `          ${pad(truncate(subject, SUBJECT_COLUMNS), SUBJECT_COLUMNS)}  ${pad(phase, WHAT_COLUMNS)} ${detail}`,
          paint: style.accent,
        })),
      ),
    aside: area.around,
    close: area.close,
  };
}
