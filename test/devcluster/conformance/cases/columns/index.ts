/** What `kubectl get` shows: every column of a kind, wide ones too, of objects whose status says something. */
import type { Case } from '../../harness.ts';
import { networkColumns } from './network.cases.ts';
import { otherColumns } from './others.cases.ts';
import { pods } from './pods.cases.ts';
import { workloadColumns } from './workloads.cases.ts';

const others: Case[] = [...workloadColumns, ...networkColumns, ...otherColumns];

export const columnCases: readonly Case[] = [...pods, ...others];
