/** Server-side tables of the builtin kinds. */
import type { TableColumn } from '../../types.ts';
import { columnsOf } from './columns.ts';
import { coreRows } from './core.ts';
import { otherRows } from './others.ts';
import type { Row } from './rows.ts';
import { workloadRows } from './workloads.ts';

const rows: { readonly [kind: string]: Row } = { ...coreRows, ...workloadRows, ...otherRows };

/** Columns and row of `group/Kind`; undefined for kinds that are never listed. */
export function printer(kind: string): { readonly columns: readonly TableColumn[]; readonly row: Row } | undefined {
  const columns = columnsOf(kind);
  const row = rows[kind];
  return columns === undefined || row === undefined ? undefined : { columns, row };
}
