import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import { parseManifests } from '../../cli/manifests/parse.ts';
import { kubectlShell } from '../support/kubectl.ts';
import { createFolders, head } from './support/folder.ts';

/** Plain scalars that versions and readers of YAML differ about. */
const SCALARS = [
  ...['y', 'N', 'yes', 'NO', 'on', 'Off', 'true', 'TRUE', 'tRue', 'yEs', '~', 'null', 'Null', '""', '"y"'],
  ...[
    '1_000',
    '0o17',
    '017',
    '08',
    '0x1F',
    '0b11',
    '-0b11',
    '1e3',
    '.5',
    '5.',
    '1.10',
    '1_0.5',
    '_1',
    '00',
    '1e',
    '0o8',
  ],
  ...['1:30', '190:20:30', '1:30.5', '2001-01-01', '2001-12-14t21:59:43.10-05:00', '+1', '-0', '9007199254740993', '='],
  ...['!!str 5', '!!int "5"', '!!bool yes', '!!binary aGk=', '!!timestamp 2001-01-01'],
];

/** Whole specs: what kubectl makes of them, or does not take. */
const SPECS = [
  ...['{y: 1}', '{1: a}', '{1.50: a}', '{0x10: a}', '{1:30: a}', '{null: a}', '{? [a]: 1}', '{<<: {a: 1}, b: 2}'],
  ...['{"<<": {a: 1}}', '{<<: 1}', '{a: .inf}', '{a: "\u0007"}', '{a: x#y}', '{a: x # y\n}', '{a: @x}', '{a: b: c}'],
  '{a: "\\x41\\u00e9", b: \'it\'\'s\', c: "x\n  y"}',
  '{__proto__: {a: 1}, constructor: 1}',
];
/** What it takes and we refuse, since people read it otherwise. */
const STRICTER = ['{a: 1, a: 2}', '{Yes: a, yes: b}', '{b: 2, <<: {b: 1}}'];

describe('YAML, as the real kubectl reads it', () => {
  const folders = createFolders();
  after(() => folders.remove());

  async function kubectl(specs: readonly string[]): Promise<unknown[]> {
    const files = Object.fromEntries(specs.map((spec, i) => [`${i}.yaml`, `${head('Agent', 'x')}spec: ${spec}\n`]));
    const { path } = folders.create(files);
    const shell = await kubectlShell('/nowhere');
    const { out } = await shell(
      `cd ${path}; for i in $(seq 0 ${specs.length - 1}); do kubectl annotate --local -f $i.yaml a=b -o json >$i.json 2>/dev/null || echo null >$i.json; tr -d '\\n' <$i.json; echo; done`,
    );
    return out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { spec?: unknown } | null)?.spec);
  }
  const ours = (spec: string): unknown =>
    parseManifests({ file: 'f', text: `${head('Agent', 'x')}spec: ${spec}\n` }).manifests[0]?.object.spec;

  it('words, numbers and times', async () => {
    const spec = `{${SCALARS.map((each, i) => `v${i}: ${each}`).join(', ')}}`;
    const [told] = (await kubectl([spec])) as [Record<string, unknown>];
    const read = JSON.parse(JSON.stringify(ours(spec))) as Record<string, unknown>;
    for (const [i, each] of SCALARS.entries()) assert.deepEqual([each, read[`v${i}`]], [each, told[`v${i}`]]);
  });

  it('keys, merges, and what is refused', async () => {
    const all = await kubectl([...SPECS, ...STRICTER]);
    const text = (value: unknown): string =>
      JSON.stringify(value, Object.keys((value ?? {}) as object).sort()) ?? 'refused';
    for (const [i, spec] of SPECS.entries()) assert.deepEqual([spec, text(ours(spec))], [spec, text(all[i])]);
    for (const [i, spec] of STRICTER.entries()) {
      assert.ok(all[SPECS.length + i] !== undefined, spec);
      assert.equal(ours(spec), undefined, spec);
    }
  });
});
