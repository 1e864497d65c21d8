/** Complaints of strict decoding, in the order in which the real server's decoder meets them. */
import { keyPositions } from './json.ts';

/** Orders complaints about repeated and unknown fields of a builtin kind by where they stand in the text. */
export function orderComplaints(text: string, duplicates: readonly string[], unknown: readonly string[]): string[] {
  if (duplicates.length === 0 || unknown.length === 0) return [...duplicates, ...unknown];
  const positions = keyPositions(text);
  const place = (complaint: string): number => {
    const path = JSON.parse(complaint.slice(complaint.indexOf('"'))) as string;
    const found = positions.get(path) ?? [0];
    return complaint.startsWith('duplicate') ? (found.at(-1) ?? 0) : (found[0] ?? 0);
  };
  return [...duplicates, ...unknown].sort((a, b) => place(a) - place(b));
}
