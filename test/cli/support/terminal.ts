import type { Output } from '../../../cli/io.ts';

/** A terminal of the few sequences that the program uses: cursor up, carriage return, erase below, colours. */
export interface Terminal extends Output {
  readonly isTTY: true;
  /** What the screen shows and what has scrolled off it, without empty lines at the end. */
  lines(): string[];
  /** How many characters were written. */
  written(): number;
  /** Another width: lines that are longer break, as terminals do. */
  resize(columns: number): void;
}

export function createTerminal(columns: number, rows: number): Terminal {
  let width = columns;
  let screen: string[] = [''];
  let row = 0;
  let column = 0;
  let count = 0;
  const listeners = new Set<() => void>();

  function put(character: string): void {
    if (column === width) {
      row++;
      column = 0;
    }
    while (screen.length <= row) screen.push('');
    const line = (screen[row] ?? '').padEnd(column);
    screen[row] = line.slice(0, column) + character + line.slice(column + 1);
    column++;
  }

  return {
    isTTY: true,
    rows,
    get columns() {
      return width;
    },
    write(text) {
      count += text.length;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what a terminal reads
      for (const [part, control, code] of text.matchAll(/\u001b\[([0-9;]*)([A-Za-z])|[\s\S]/g)) {
        if (code === 'A') row = Math.max(0, row - Number(control || 1));
        else if (code === 'J') screen = [...screen.slice(0, row), (screen[row] ?? '').slice(0, column)];
        else if (code === 'm') continue;
        else if (code !== undefined) throw new Error(`the terminal does not know ${JSON.stringify(part)}`);
        else if (part === '\r') column = 0;
        else if (part === '\n') {
          row++;
          column = 0;
          while (screen.length <= row) screen.push('');
        } else put(part);
      }
      return true;
    },
    lines: () => screen.join('\n').replace(/\n+$/, '').split('\n'),
    written: () => count,
    resize(to) {
      width = to;
      const above = screen.slice(0, row);
      screen = screen.flatMap((line) => line.match(new RegExp(`.{1,${to}}`, 'g')) ?? ['']);
      row = above.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / to)), 0);
      for (const listener of [...listeners]) listener();
    },
    on: (_event, listener) => listeners.add(listener),
    off: (_event, listener) => listeners.delete(listener),
  };
}
