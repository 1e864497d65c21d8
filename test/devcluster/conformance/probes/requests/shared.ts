/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';

export const protocol = (name: string, ...steps: Step[]): Case => ({ area: 'probes-protocol', name, steps });

/** The first three hundred letters of a text; an object as it is. */
export function short(body: unknown): unknown {
  return typeof body === 'string' ? body.slice(0, 300) : (body as Fields).kind === 'Status' ? body : typeof body;
}
