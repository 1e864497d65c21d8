import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { ROOT } from '../cli/support/kubechain.ts';

const MANIFESTS = join(ROOT, 'manifests');

/** Writes a kustomization as a user would: an overlay of ours and more components. Returns its folder. */
export function writeOverlay(
  parent: string,
  name: string,
  overlay: string,
  components: readonly string[],
  fields: object = {},
): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  const from = (path: string): string => relative(folder, path);
  const resource = overlay.startsWith('/') ? overlay : join(MANIFESTS, 'overlays', overlay);
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    stringify({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [from(resource)],
      components: components.map((component) => from(join(MANIFESTS, 'components', component))),
      ...fields,
    }),
  );
  return folder;
}
