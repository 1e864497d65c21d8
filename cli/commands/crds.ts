import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { KINDS, toCustomResourceDefinition } from '../../api/index.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';

/** A file of `manifests/base/crd/`. */
export interface ManifestFile {
  readonly name: string;
  readonly text: string;
}

const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** The CRDs, one file each, and the kustomization that lists them. The same bytes for the same kinds. */
export function crdFiles(): ManifestFile[] {
  const files = KINDS.map((kind) => ({ name: `${kind.plural}.yaml`, text: toYaml(toCustomResourceDefinition(kind)) }));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(({ name }) => name),
  };
  return [...files, { name: 'kustomization.yaml', text: toYaml(kustomization) }];
}

/** `kubechain crds`: the CRDs as one stream of YAML documents, or as files into a folder. */
export function crds(options: { readonly output?: string }, io: Io): number {
  const { output } = options;
  if (output === undefined) {
    const documents = crdFiles().filter(({ name }) => name !== 'kustomization.yaml');
    io.out.write(documents.map(({ text }) => text).join('---\n'));
    return EXIT.ok;
  }
  try {
    mkdirSync(output, { recursive: true });
    for (const { name, text } of crdFiles()) writeFileSync(join(output, name), text);
  } catch (error) {
    throw new CliError(`--output ${output}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return EXIT.ok;
}
