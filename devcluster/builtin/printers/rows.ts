/** The cells of a kind's table row. */
import type { Json } from '../../types.ts';
import type { Loose } from '../access.ts';

/** Cells in the order of the kind's columns, those of `-o wide` included. */
export type Row = (object: Loose, now: Date) => Json[];
