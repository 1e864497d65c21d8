import type { Output } from '../io.ts';
import { textWidth, truncate } from './width.ts';

/** A line of the live area: `plain` decides what fits, `paint` colours what is left of it. */
export interface LiveLine {
  readonly plain: string;
  readonly paint?: (text: string) => string;
}

/** Permanent lines above, a few lines redrawn in place below. Without a terminal only the permanent lines show. */
export interface LiveArea {
  /** Prints text (whole lines) that stays. */
  print(text: string): void;
  /** Lets someone else print whole lines, say to standard error on the same terminal. */
  around(write: () => void): void;
  show(lines: readonly LiveLine[]): void;
  /** Takes the live lines away and stops listening for resizes. */
  close(): void;
}

/** The rest of the screen belongs to what was printed before. */
const SHARE_OF_SCREEN = 0.6;

export function createLiveArea(output: Output): LiveArea {
  let wanted: readonly LiveLine[] = [];
  /** Widths of the lines on the screen: after a resize they may take more rows than they were drawn on. */
  let drawn: number[] = [];
  // A terminal that does not know its size says 0.
  const columns = (): number => Math.max(20, output.columns || 80);

  /** What takes the live lines off the screen: a terminal that became narrower has broken them into several rows. */
  function erase(): string {
    const rows = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns())), 0);
    drawn = [];
    return rows === 0 ? '' : `\u001b[${rows}A\r\u001b[J`;
  }

  function draw(): string {
    if (!output.isTTY || wanted.length === 0) return '';
    const room = Math.max(1, Math.floor((output.rows || 24) * SHARE_OF_SCREEN));
    const fits = wanted.length <= room ? wanted : wanted.slice(0, room - 1);
    const more = wanted.length - fits.length;
    const lines = more === 0 ? fits : [...fits, { plain: `… and ${more} more` }];
    let text = '';
    for (const { plain, paint } of lines) {
      const cut = truncate(plain, columns() - 1);
      drawn.push(textWidth(cut));
      text += `${paint === undefined ? cut : paint(cut)}\n`;
    }
    return text;
  }

  const refresh = (between: string): void => {
    const text = erase() + between + draw();
    if (text !== '') output.write(text);
  };
  const onResize = (): void => refresh('');
  if (output.isTTY) output.on?.('resize', onResize);

  return {
    print: (text) => refresh(text.endsWith('\n') ? text : `${text}\n`),
    around(write) {
      const clear = erase();
      if (clear !== '') output.write(clear);
      write();
      refresh('');
    },
    show(lines) {
      const same = lines.length === wanted.length && lines.every(({ plain }, i) => plain === wanted[i]?.plain);
      wanted = lines;
      if (!same) refresh('');
    },
    close() {
      wanted = [];
      refresh('');
      output.off?.('resize', onResize);
    },
  };
}
