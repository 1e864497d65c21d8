import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Entry, ObjectCache } from '../../devcluster/storage/entry.ts';
import type { KubeObject } from '../../devcluster/types.ts';

const MAX = 800;
type Step = { readonly does: 'write' | 'read' | 'forget'; readonly of: number };

/** What is kept, the plain way: oldest first. */
function keep(shelf: Entry[], entry: Entry, maxBytes: number): void {
  shelf.push(entry);
  const bytes = (): number => shelf.reduce((sum, { json }) => sum + json.length, 0);
  while (bytes() > maxBytes && shelf.length > 1) shelf.shift();
}

function drop(shelf: Entry[], entry: Entry): void {
  const at = shelf.indexOf(entry);
  if (at >= 0) shelf.splice(at, 1);
}

describe('the cache of objects', () => {
  it('parses what it does not keep, and keeps the latest of what was read and of what was written', () => {
    const entries = Array.from({ length: 12 }, (_, i): Entry => {
      const json = JSON.stringify({ metadata: { name: `o${i}` }, filler: 'x'.repeat(i * 20) });
      return { resource: '/things', key: `o${i}`, revision: i + 1, json };
    });
    const step = fc.record({
      does: fc.constantFrom('write' as const, 'read' as const, 'forget' as const),
      of: fc.nat(entries.length - 1),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps: readonly Step[]) => {
        const cache = new ObjectCache(MAX);
        const written: Entry[] = [];
        const read: Entry[] = [];
        for (const { does, of } of steps) {
          const entry = entries[of] as Entry;
          if (does === 'forget') {
            cache.forget(entry);
            drop(written, entry);
            drop(read, entry);
          } else if (does === 'write') {
            cache.remember(entry, JSON.parse(entry.json) as KubeObject);
            drop(written, entry);
            keep(written, entry, MAX / 8);
          } else {
            const kept = written.includes(entry) || read.includes(entry);
            let parsed = 0;
            const object = cache.object(entry, (text) => {
              parsed++;
              return JSON.parse(text);
            });
            assert.equal(object.metadata.name, entry.key);
            assert.equal(parsed, kept ? 0 : 1, `${entry.key} was parsed ${parsed} times`);
            if (!kept) keep(read, entry, (MAX * 7) / 8);
          }
        }
      }),
    );
  });
});
