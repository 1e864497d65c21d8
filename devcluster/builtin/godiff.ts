/**
 * Unified diffs of values as the real server puts them behind some messages: of their indented JSON, with three lines of context. The
 * lines that match are found as Python's difflib does (Ratcliff and Obershelp's longest blocks, popular lines left out of long texts).
 */
import { goIndented } from './goform.ts';

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** Where each line of a text stands, without the lines that a text of 200 lines or more has all over. */
function positions(lines: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const known = found.get(line);
    if (known === undefined) found.set(line, [index]);
    else known.push(index);
  }
  if (lines.length < 200) return found;
  const most = Math.floor(lines.length / 100) + 1;
  for (const [line, indices] of found) if (indices.length > most) found.delete(line);
  return found;
}

class Matcher {
  private readonly a: readonly string[];
  private readonly b: readonly string[];
  private readonly places: Map<string, number[]>;

  constructor(a: readonly string[], b: readonly string[]) {
    this.a = a;
    this.b = b;
    this.places = positions(b);
  }

  private longest(fromA: number, toA: number, fromB: number, toB: number): Block {
    let best: Block = { a: fromA, b: fromB, size: 0 };
    let lengths = new Map<number, number>();
    for (let i = fromA; i < toA; i++) {
      const next = new Map<number, number>();
      for (const j of this.places.get(this.a[i] ?? '') ?? []) {
        if (j < fromB) continue;
        if (j >= toB) break;
        const size = (lengths.get(j - 1) ?? 0) + 1;
        next.set(j, size);
        if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
      }
      lengths = next;
    }
    let { a, b, size } = best;
    while (a > fromA && b > fromB && this.a[a - 1] === this.b[b - 1]) {
      a--;
      b--;
      size++;
    }
    while (a + size < toA && b + size < toB && this.a[a + size] === this.b[b + size]) size++;
    return { a, b, size };
  }

  /** Maximal blocks that match, in order, with an empty one at the end. */
  blocks(): Block[] {
    const found: Block[] = [];
    const search = (fromA: number, toA: number, fromB: number, toB: number): void => {
      const block = this.longest(fromA, toA, fromB, toB);
      if (block.size === 0) return;
      search(fromA, block.a, fromB, block.b);
      found.push(block);
      search(block.a + block.size, toA, block.b + block.size, toB);
    };
    search(0, this.a.length, 0, this.b.length);
    const joined: Block[] = [];
    for (const block of found) {
      const last = joined.at(-1);
      if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b)
        joined[joined.length - 1] = { ...last, size: last.size + block.size };
      else joined.push(block);
    }
    return [...joined, { a: this.a.length, b: this.b.length, size: 0 }];
  }
}

interface Change {
  readonly equal: boolean;
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

function changes(blocks: readonly Block[]): Change[] {
  const out: Change[] = [];
  let [i, j] = [0, 0];
  for (const { a, b, size } of blocks) {
    if (i < a || j < b) out.push({ equal: false, a: [i, a], b: [j, b] });
    if (size > 0) out.push({ equal: true, a: [a, a + size], b: [b, b + size] });
    [i, j] = [a + size, b + size];
  }
  return out;
}

const context = 3;

/** Changes that stand near each other, with the lines around them. */
function groups(all: readonly Change[]): Change[][] {
  const trimmed = all.map((change, index): Change => {
    if (!change.equal) return change;
    const [fromA, toA] = change.a;
    const [fromB, toB] = change.b;
    const start = index === 0 ? Math.max(0, toA - fromA - context) : 0;
    const end = index === all.length - 1 ? Math.max(0, toA - fromA - start - context) : 0;
    return { equal: true, a: [fromA + start, toA - end], b: [fromB + start, toB - end] };
  });
  const out: Change[][] = [];
  let group: Change[] = [];
  for (const change of trimmed) {
    const [fromA, toA] = change.a;
    const [fromB, toB] = change.b;
    if (change.equal && toA - fromA > 2 * context) {
      group.push({ equal: true, a: [fromA, fromA + context], b: [fromB, fromB + context] });
      out.push(group);
      group = [{ equal: true, a: [toA - context, toA], b: [toB - context, toB] }];
    } else group.push(change);
  }
  if (group.some(({ equal }) => !equal)) out.push(group);
  return out;
}

function range(from: number, to: number): string {
  if (to - from === 1) return String(from + 1);
  return to === from ? `${from},0` : `${from + 1},${to - from}`;
}

/** The difference between two values; empty where there is none. */
export function goDiff(before: unknown, after: unknown): string {
  const a = goIndented(before).split('\n');
  const b = goIndented(after).split('\n');
  let out = '';
  for (const group of groups(changes(new Matcher(a, b).blocks()))) {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) continue;
    out += `@@ -${range(first.a[0], last.a[1])} +${range(first.b[0], last.b[1])} @@\n`;
    for (const change of group) {
      if (change.equal) for (const line of a.slice(...change.a)) out += ` ${line}\n`;
      else {
        for (const line of a.slice(...change.a)) out += `-${line}\n`;
        for (const line of b.slice(...change.b)) out += `+${line}\n`;
      }
    }
  }
  return out;
}
