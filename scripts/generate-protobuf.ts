/**
 * Writes devcluster/protobuf/generated/messages.json from the generated.proto files of Kubernetes' Go modules, which say how typed
 * Go clients (kubectl among them) encode builtin kinds.
 *
 *   node scripts/generate-protobuf.ts ~/go/pkg/mod/k8s.io 0.36.3
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [root, version] = process.argv.slice(2);
if (root === undefined || version === undefined) {
  console.error('usage: generate-protobuf.ts MODULES VERSION, e.g. ~/go/pkg/mod/k8s.io 0.36.3');
  process.exit(2);
}

const modules = ['api', 'apimachinery', 'apiextensions-apiserver', 'kube-aggregator'];
const scalars: { [type: string]: string } = {
  string: 's',
  bool: 'b',
  int32: 'i',
  int64: 'i',
  uint32: 'i',
  uint64: 'i',
  bytes: 'y',
  double: 'd',
  float: 'f',
};

const messages: { [name: string]: string } = {};

function protos(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('generated.proto') && !/alpha|beta|testapigroup|testdata/.test(name))
    .map((name) => join(folder, name));
}

function shorten(name: string): string {
  return name.replace(/^\./, '').replace(/^k8s\.io\./, '');
}

function typeCode(type: string, pack: string): string {
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar;
  return `m:${type.startsWith('.') ? shorten(type) : `${shorten(pack)}.${type}`}`;
}

for (const module of modules) {
  for (const file of protos(join(root, `${module}@v${version}`))) {
    const text = readFileSync(file, 'utf8').replace(/\/\/.*$/gm, '');
    const pack = /^package\s+([\w.]+);/m.exec(text)?.[1] ?? '';
    for (const [, name = '', body = ''] of text.matchAll(/^message\s+(\w+)\s*\{([^}]*)\}/gm)) {
      const fields: string[] = [];
      for (const [, label, mapValue, type, field, number] of body.matchAll(
        /(?:(optional|repeated|required)\s+)?(?:map<string,\s*([\w.]+)>|([\w.]+))\s+(\w+)\s*=\s*(\d+)\s*;/g,
      )) {
        const code =
          mapValue !== undefined
            ? `{}${typeCode(mapValue, pack)}`
            : `${label === 'repeated' ? '*' : ''}${typeCode(type ?? '', pack)}`;
        fields.push(`${number} ${field} ${code}`);
      }
      messages[`${shorten(pack)}.${name}`] = fields.join(';');
    }
  }
}

const sorted = Object.fromEntries(Object.entries(messages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(
  new URL('../devcluster/protobuf/generated/messages.json', import.meta.url),
  `${JSON.stringify(sorted, null, 0).replaceAll('","', '",\n"')}\n`,
);
console.log(`${Object.keys(sorted).length} messages`);
