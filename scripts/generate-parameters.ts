/**
 * Writes `devcluster/openapi/generated/parameters.json`: what the parameters of the API's operations mean, out of the comments of
 * @kubernetes/client-node, which are generated from the release's OpenAPI document and have lost its line breaks. Same input, same bytes.
 *
 *   node scripts/generate-parameters.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const client = dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node'));
const source = readFileSync(join(client, 'gen/apis/CoreV1Api.d.ts'), 'utf8');

/** Methods whose parameters stand for those of all operations of their sort. */
const methods = [
  'listNamespacedConfigMap',
  'deleteNamespacedConfigMap',
  'createNamespacedConfigMap',
  'patchNamespacedConfigMap',
  'readNamespacedPodLog',
  'connectGetNamespacedPodAttach',
  'connectGetNamespacedPodExec',
  'connectGetNamespacedPodPortforward',
  'connectGetNamespacedPodProxyWithPath',
  'connectGetNamespacedServiceProxyWithPath',
  'connectGetNodeProxyWithPath',
];

const entities: { readonly [name: string]: string } = { quot: '"', lt: '<', gt: '>', amp: '&' };
const letter = (_: string, name: string): string =>
  name.startsWith('#')
    ? String.fromCodePoint(Number(name.replace('#', name[1] === 'x' ? '0' : '')))
    : (entities[name] ?? '');

/** A comment as it was in the document: runs of spaces were line breaks and the indents of what follows. */
function restored(comment: string): string {
  return comment
    .replaceAll('\\', '')
    .replace(/&(#\w+|quot|lt|gt|amp);/g, letter)
    .replace(/ {2,}(?!will|This will|If the kubelet)/g, ({ length }) =>
      length % 2 === 0 ? `\n\n${' '.repeat(length - 2)}` : `\n${' '.repeat(length - 1)}`,
    )
    .replace('processed. - ', 'processed.\n- ')
    .trimEnd();
}

const out: { [method: string]: { [name: string]: string } } = {};
for (const method of methods) {
  const end = source.indexOf(`\n    ${method}(`);
  const comment = source.slice(source.lastIndexOf('/**', end), end);
  const parameters: { [name: string]: string } = {};
  for (const [, name = '', text = ''] of comment.matchAll(/@param (\w+) (.*)/g)) {
    // The second of two that are called alike stands in the query, the first in the path.
    const key = name === 'path2' ? 'query path' : name.replace(/^_/, '');
    if (key !== 'body' && key !== 'name') parameters[key] = restored(text);
  }
  out[method] = parameters;
}
const folder = join(here, '../devcluster/openapi/generated');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'parameters.json'), `${JSON.stringify(out, null, 1)}\n`);
