/**
 * Writes `devcluster/builtin/generated/`: the types of Kubernetes' builtin kinds in the compact form that `builtin/types.ts`
 * reads. Fields, types, formats and required fields come from the models of @kubernetes/client-node (which Kubernetes' JavaScript
 * client generates from the release's OpenAPI document); merge keys, list types and the few other things that those models drop
 * come from `builtin-facts.txt` beside this file. Descriptions come from kubernetes-models, which is generated from the same
 * document and keeps their lines and those of fields whose type is a definition of its own; where it has none (`apiVersion` and
 * `kind`), from the former. Same input, same bytes.
 *
 *   node scripts/generate-builtin.ts [--check]
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readDeclaration } from './kubernetes-models.ts';

interface Attribute {
  readonly name: string;
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

interface Facts {
  readonly flags: string[];
  readonly fields: Map<string, string[]>;
}

const here = dirname(fileURLToPath(import.meta.url));
const models = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen/models');
const output = join(here, '../devcluster/builtin/generated');

/** Types that have no properties of their own, by the word that stands for them. */
const words = new Set([
  'int32',
  'int64',
  'double',
  'integer',
  'string',
  'boolean',
  'byte',
  'time',
  'microtime',
  'quantity',
]);
for (const word of [
  'intstr',
  'raw',
  'fields',
  'json',
  'any',
  'object',
  'schemaorbool',
  'schemaorarray',
  'schemaorstrings',
])
  words.add(word);
/** What the OpenAPI documents say of such a type is told of its definition. */
const describedWords = [
  ...[
    'apis.meta.v1.FieldsV1',
    'apis.meta.v1.MicroTime',
    'apis.meta.v1.Time',
    'runtime.RawExtension',
    'util.intstr.IntOrString',
  ].map((name) => `io.k8s.apimachinery.pkg.${name}`),
  ...['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
    (name) => `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`,
  ),
];
const plainScalars = new Set(['int32', 'int64', 'double', 'integer', 'string', 'boolean']);

function readFacts(file: string): Map<string, Facts> {
  const facts = new Map<string, Facts>();
  let current: Facts | undefined;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', ...flags] = line.trim().split(' ');
    if (!line.startsWith(' ')) {
      current = { flags, fields: new Map() };
      facts.set(name, current);
    } else current?.fields.set(name, flags);
  }
  return facts;
}

/** `io.k8s.api.core.v1.PodSpec` → `V1PodSpec`, or `CoreV1Event` where several groups have a kind of that name. */
function className(definition: string, known: ReadonlySet<string>): string {
  const [group = '', version = '', kind = ''] = definition.split('.').slice(-3);
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const short = capital(version) + kind;
  const long = capital(group) + short;
  const found = [long, short].find((name) => known.has(name));
  if (found === undefined) throw new Error(`no model of @kubernetes/client-node for ${definition}`);
  return found;
}

function wireType(type: string, format: string, definitions: ReadonlyMap<string, string>): string {
  if (type.startsWith('Array<')) return `[]${wireType(type.slice(6, -1), format, definitions)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map?.[1] !== undefined) return `{}${wireType(map[1], format, definitions)}`;
  if (type === 'number') return format === '' ? 'integer' : format;
  if (type === 'string') return format === 'byte' ? 'byte' : 'string';
  if (type === 'Date') return 'time';
  if (type === 'V1MicroTime') return 'microtime';
  if (type === 'IntOrString') return 'intstr';
  if (words.has(type)) return type;
  const definition = definitions.get(type);
  if (definition === undefined) throw new Error(`unknown type ${type}`);
  return definition;
}

/** Comments of a model's declaration: the class's own under '', then one a field; and which fields are optional. */
function readModel(source: string): { comments: Map<string, string>; optional: Set<string> } {
  const comments = new Map<string, string>();
  const optional = new Set<string>();
  const pattern = /\/\*\*\n\s*\* ([^\n]*)\n\s*\*\/\n\s*(export declare class \w+|'[^']+'\??:)/g;
  for (const match of source.matchAll(pattern)) {
    const text = (match[1] ?? '').replaceAll(/\\(['"])/g, '$1').replaceAll('*_/', '*/');
    const target = match[2] ?? '';
    comments.set(target.startsWith('export') ? '' : (/'([^']+)'/.exec(target)?.[1] ?? ''), text);
  }
  for (const match of source.matchAll(/^ {4}'([^']+)'\?:/gm)) if (match[1] !== undefined) optional.add(match[1]);
  return { comments, optional };
}

/**
 * The flags of one field, in a fixed order: `req`, then `ptr`, `keep` and `omitzero` (see builtin-facts.txt) made explicit, then the rest.
 */
function flagsOf(type: string, field: string, required: boolean, facts: readonly string[]): string[] {
  const special = ['raw', 'json', 'any', 'quantity', 'intstr', 'time', 'microtime', 'fields'].includes(type);
  const container = type.startsWith('[]') || type.startsWith('{}');
  const struct = !plainScalars.has(type) && type !== 'byte' && !container;
  const pointerByDefault = struct && !required && (special || field !== 'metadata');
  const pointer = facts.includes('ptr') || (pointerByDefault && !facts.includes('value'));
  const keep = facts.includes('keep') || (required && !facts.includes('omit'));
  const flags: string[] = [];
  if (required) flags.push('req');
  if (pointer) flags.push('ptr');
  if (keep) flags.push('keep');
  for (const fact of facts)
    if (!['ptr', 'value', 'keep', 'omit'].includes(fact) && !fact.startsWith('type=')) flags.push(fact);
  return flags;
}

async function generate(): Promise<Map<string, Buffer>> {
  const facts = readFacts(join(here, 'builtin-facts.txt'));
  const known = new Set(
    readdirSync(models)
      .filter((file) => file.endsWith('.d.ts'))
      .map((file) => file.slice(0, -5)),
  );
  const modelled = [...facts].filter(([, { flags }]) => !flags.includes('empty')).map(([definition]) => definition);
  const classes = new Map(modelled.map((definition) => [definition, className(definition, known)]));
  const definitions = new Map([...classes].map(([definition, name]) => [name, definition]));
  const types: { [definition: string]: { [field: string]: string } } = {};
  const descriptions: { [definition: string]: { [field: string]: string } } = {};
  for (const [definition, name] of classes) {
    const module = (await import(join(models, `${name}.js`))) as { [name: string]: { attributeTypeMap: Attribute[] } };
    const { comments, optional } = readModel(readFileSync(join(models, `${name}.d.ts`), 'utf8'));
    const own = facts.get(definition);
    const fields: { [field: string]: string } = {};
    const texts: { [field: string]: string } = {};
    const declared = readDeclaration(definition);
    const text = declared?.descriptions.get('') ?? comments.get('');
    if (text !== undefined) texts[''] = text;
    if (own !== undefined && own.flags.length > 0) fields[''] = own.flags.join(' ');
    for (const attribute of module[name]?.attributeTypeMap ?? []) {
      const fieldFacts = own?.fields.get(attribute.baseName) ?? [];
      const override = fieldFacts.find((fact) => fact.startsWith('type='))?.slice(5);
      const type = override ?? wireType(attribute.type, attribute.format, definitions);
      const required = !optional.has(attribute.name);
      const values = declared?.enums.get(attribute.baseName)?.map(encodeURIComponent).join('|');
      fields[attribute.baseName] = [
        type,
        ...flagsOf(type, attribute.baseName, required, fieldFacts),
        ...(values === undefined ? [] : [`enum=${values}`]),
      ].join(' ');
      const everywhere = ['apiVersion', 'kind'].includes(attribute.baseName);
      const description =
        declared?.descriptions.get(attribute.baseName) ?? (everywhere ? comments.get(attribute.name) : undefined);
      if (description !== undefined) texts[attribute.baseName] = description;
    }
    for (const field of own?.fields.keys() ?? []) {
      if (!Object.hasOwn(fields, field)) throw new Error(`builtin-facts.txt: ${definition} has no field ${field}`);
    }
    types[definition] = fields;
    descriptions[definition] = texts;
  }
  for (const definition of [...facts.keys()].filter((name) => !classes.has(name))) types[definition] = {};
  for (const definition of [...Object.keys(types), ...describedWords]) {
    const text = readDeclaration(definition)?.descriptions.get('');
    if (text !== undefined && descriptions[definition] === undefined) descriptions[definition] = { '': text };
  }
  return new Map([
    [
      'types.json',
      Buffer.from(
        `{\n${Object.entries(types)
          .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
          .join(',\n')}\n}\n`,
      ),
    ],
    ['descriptions.json.gz', gzipSync(JSON.stringify(descriptions), { level: 9 })],
  ]);
}

const files = await generate();
const check = process.argv.includes('--check');
let stale = false;
for (const [name, bytes] of files) {
  const path = join(output, name);
  if (check) {
    if (!readFileSync(path).equals(bytes)) {
      console.error(`${path} is out of date: run node scripts/generate-builtin.ts`);
      stale = true;
    }
  } else {
    mkdirSync(output, { recursive: true });
    writeFileSync(path, bytes);
    console.log(`${path} ${bytes.length} bytes`);
  }
}
if (stale) process.exitCode = 1;
