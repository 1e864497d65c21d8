/** What the declarations of kubernetes-models say of Kubernetes' definitions: descriptions, and the values of enumerations. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const declarations = dirname(fileURLToPath(import.meta.resolve('kubernetes-models')));
const machinery = dirname(fileURLToPath(import.meta.resolve('@kubernetes-models/apimachinery')));

/** One definition. Its own description is under ''; of a list or map the values are those of an item. */
export interface Declaration {
  readonly descriptions: ReadonlyMap<string, string>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

/** The file of a definition: a folder a group, which is named in full there. */
function fileOf(definition: string): string {
  const path = definition.split('.');
  if (path[2] === 'apimachinery') return join(machinery, `${path.slice(4).join('/')}.d.ts`);
  const [group = '', version = '', kind = ''] = path.slice(-3);
  const folder = group === 'core' ? '' : readdirSync(declarations).find((name) => name.split('.')[0] === group);
  return join(declarations, folder ?? group, version, `${kind}.d.ts`);
}

/** A comment's text: without its stars, what only editors read, and the strokes that keep it from ending or being read as Markdown. */
function textOf(comment: readonly string[]): string {
  return comment
    .slice(1, -1)
    .map((line) => line.replace(/^ *\* ?/, ''))
    .filter((line) => line !== '@deprecated')
    .join('\n')
    .replaceAll(/\\([^\w\s\\"])/g, '$1');
}

/** The values of a type that is a union of texts, or a list or map of one. */
function valuesOf(type: string): string[] | undefined {
  const union = /^(?:Array<|\{\s*\[key: string\]: )?((?:"[^"]*"(?: \| )?)+)(?:>|;\s*\})?;$/.exec(type)?.[1];
  return union?.split(' | ').map((value) => value.slice(1, -1));
}

/** Reads a definition's declaration; undefined where there is none. */
export function readDeclaration(definition: string): Declaration | undefined {
  const file = fileOf(definition);
  if (!existsSync(file)) return undefined;
  const descriptions = new Map<string, string>();
  const enums = new Map<string, string[]>();
  let comment: string[] = [];
  let inside = false;
  let field: string | undefined;
  let type = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (/^ *\/\*\*$/.test(line)) comment = [line];
    else if (/^ *\*/.test(line)) comment.push(line);
    else if (/^export (?:interface|type) /.test(line)) {
      if (inside) break;
      inside = line.startsWith('export interface');
      if (comment.length > 0) descriptions.set('', textOf(comment));
      comment = [];
    } else if (line === '}') break;
    else if (inside) {
      const start = /^ {4}"([^"]+)"\??: (.*)$/.exec(line);
      field = start?.[1] ?? field;
      type = start?.[2] ?? `${type}${line.trim()}`;
      if (start !== null && comment.length > 0 && field !== undefined) descriptions.set(field, textOf(comment));
      comment = [];
      const values = valuesOf(type);
      // A kind's own name and version are no enumeration to the API server.
      const own = values?.length === 1 && ['apiVersion', 'kind'].includes(field ?? '');
      if (values !== undefined && field !== undefined && !own) enums.set(field, values);
    }
  }
  return { descriptions, enums };
}
