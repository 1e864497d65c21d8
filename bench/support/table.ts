export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly toReach: string;
  readonly reached: boolean;
}

/** Prints figures as a Markdown table, ready for the README. */
export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n### ${title}\n\n| | measured | to reach | |\n|---|---|---|---|`);
  for (const { what, measured, toReach, reached } of rows) {
    console.log(`| ${what} | ${measured} | ${toReach} | ${reached ? 'yes' : '**no**'} |`);
  }
}
