/** Server-side tables of the builtin kinds. */
import type { ResourceDefinition } from '../../types.ts';
import { number } from '../access.ts';
import { columnsOf } from './columns.ts';
import { coreRows } from './core.ts';
import { otherRows } from './others.ts';
import type { Row } from './rows.ts';
import { workloadRows } from './workloads.ts';

const rows: { readonly [kind: string]: Row } = { ...coreRows, ...workloadRows, ...otherRows };

/** FlowSchemas in the order in which they are asked. */
const orders: { readonly [kind: string]: NonNullable<ResourceDefinition['tableOrder']> } = {
  'flowcontrol.apiserver.k8s.io/FlowSchema': (a, b) =>
    number(a, 'spec.matchingPrecedence') - number(b, 'spec.matchingPrecedence') ||
    ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
};

/** Columns and row of `group/Kind`; undefined for kinds that are never listed. */
export function printer(kind: string): Pick<ResourceDefinition, 'columns' | 'row' | 'tableOrder'> | undefined {
  const columns = columnsOf(kind);
  const row = rows[kind];
  if (columns === undefined || row === undefined) return undefined;
  const tableOrder = orders[kind];
  return { columns, row, ...(tableOrder === undefined ? {} : { tableOrder }) };
}
