/** Writes docs/reference.md: every kind and every field, from the schemas in api/. CI checks that it is up to date. */
import { writeFileSync } from 'node:fs';
import type { Kind } from '../api/index.ts';
import { API_VERSION, KINDS } from '../api/index.ts';
import type { SchemaProps, ValidationRule } from '../schema/types.ts';

const lines: string[] = [
  '# Reference: the kinds',
  '',
  `Generated from \`api/\` by \`scripts/generate-reference.ts\`. All kinds are of \`${API_VERSION}\`, and namespaced unless said otherwise;`,
  '`kubectl explain` prints the same texts.',
  '',
];

for (const kind of KINDS) describeKind(kind);
writeFileSync(new URL('../docs/reference.md', import.meta.url), `${lines.join('\n').trimEnd()}\n`);

function describeKind(kind: Kind<unknown>): void {
  const { definition } = kind;
  lines.push(`## ${kind.kind}`, '', definition.description, '');
  const short = definition.shortNames === undefined ? '' : `, short ${definition.shortNames.map(code).join(', ')}`;
  const scope = kind.namespaced ? '' : '; cluster-scoped: it has no namespace';
  lines.push(`\`kubectl get ${kind.kind.toLowerCase()}\`${short}${scope}`, '');
  table('spec', definition.spec);
  if (definition.status !== undefined) table('status', definition.status);
}

function table(root: string, schema: SchemaProps): void {
  lines.push('| field | type | |', '|---|---|---|');
  fields(root, schema);
  lines.push('');
  const rules = [...rulesOf(root, schema)];
  if (rules.length === 0) return;
  lines.push(`Rules for \`${root}\`:`, '');
  for (const rule of rules) lines.push(`- ${rule}`);
  lines.push('');
}

function fields(path: string, schema: SchemaProps): void {
  const required = new Set(schema.required ?? []);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const here = `${path}.${name}`;
    const facts = factsOf(property, required.has(name));
    lines.push(`| \`${here}\` | ${typeOf(property)} | ${cell(`${property.description ?? ''}${facts}`)} |`);
    if (property.type === 'object') fields(here, property);
    if (property.items?.type === 'object') fields(`${here}[]`, property.items);
  }
}

function typeOf(schema: SchemaProps): string {
  if (schema.type === 'array') return `list of ${schema.items?.type ?? 'any'}`;
  if (typeof schema.additionalProperties === 'object') return `map of ${schema.additionalProperties.type ?? 'any'}`;
  return schema.format === 'date-time' ? 'time' : (schema.type ?? 'any');
}

function factsOf(schema: SchemaProps, required: boolean): string {
  const facts = [
    required ? 'Required.' : '',
    schema.enum === undefined ? '' : `One of ${schema.enum.map((value) => code(String(value))).join(', ')}.`,
    schema.minimum === undefined ? '' : `At least ${schema.minimum}.`,
    schema.maximum === undefined ? '' : `At most ${schema.maximum}.`,
    schema.maxLength === undefined ? '' : `At most ${schema.maxLength} characters.`,
    schema.maxItems === undefined ? '' : `At most ${schema.maxItems} items.`,
    schema.pattern === undefined ? '' : `Matches ${code(schema.pattern)}.`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? '' : ` ${facts.join(' ')}`;
}

function* rulesOf(path: string, schema: SchemaProps): Generator<string> {
  for (const rule of schema['x-kubernetes-validations'] ?? []) yield `\`${path}\`: ${textOf(rule)}`;
  for (const [name, property] of Object.entries(schema.properties ?? {})) yield* rulesOf(`${path}.${name}`, property);
  if (schema.items !== undefined) yield* rulesOf(`${path}[]`, schema.items);
}

function textOf(rule: ValidationRule): string {
  return rule.message ?? code(rule.rule);
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
