import fc from 'fast-check';
import { KINDS } from '../../../api/index.ts';

const specs = fc.constantFrom<object>(
  { llmRef: { name: 'g' }, system: 's', tools: [{ name: 'a' }] },
  { taskRef: { name: 't' }, taskRunToolCallRef: { name: 'c' } },
  { toolCallRef: { name: 'c' }, decision: 'Approve' },
  {
    policies: [{ kind: 'AgentPolicy', name: 'p', rules: ['r'] }],
    objects: [],
    reason: 'r',
    expiresAt: '2030-01-01T00:00:00Z',
  },
  { provider: 'openai', parameters: { baseUrl: 'http://x/' } },
  { tools: { allow: ['*'] }, rules: [{ name: 'r', expression: 'true' }] },
);
const path = fc.array(fc.nat(6), { minLength: 1, maxLength: 6 });
const junk = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(null, '', '__proto__', -1, 1e308, [], {}));
/** What stands where a name, a pattern or a prompt is awaited: texts that fit most schemas. */
const texts = fc.constantFrom(
  '*/*',
  '../../etc/passwd',
  'gіthub',
  'a\u200bb',
  '$(x)',
  'constructor',
  'x'.repeat(5000),
  '(a+)+$',
);

export const edits = fc.array(fc.record({ path, value: fc.oneof(junk, texts), drop: fc.boolean() }), { maxLength: 3 });

/** An object of ours, and what is done to it and to its text. */
export const spoilt = fc.record({
  kind: fc.constantFrom(...KINDS),
  spec: specs,
  update: fc.boolean(),
  status: fc.boolean(),
  edits,
  cut: fc.option(fc.nat(400), { nil: undefined, freq: 5 }),
  splice: fc.option(
    fc.tuple(fc.nat(400), fc.constantFrom('"', '{', '\u0000', ',"a":1,"a":2', '\\ud800', '"__proto__":{"x":1},')),
    { nil: undefined, freq: 5 },
  ),
});

/** Puts something else at some path of an object, or takes what is there away. */
export function spoil(
  root: unknown,
  { path, value, drop }: { path: readonly number[]; value: unknown; drop: boolean },
): void {
  let at = root as Record<string, unknown>;
  for (const [index, step] of path.entries()) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined) return;
    const next = at[key];
    if (index === path.length - 1 || typeof next !== 'object' || next === null) {
      if (drop) delete at[key];
      else at[key] = value;
      return;
    }
    at = next as Record<string, unknown>;
  }
}
