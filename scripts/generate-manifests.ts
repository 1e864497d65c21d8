/**
 * Writes what in manifests/ follows from the code or from the rest of manifests/: the registration of the webhooks, and the
 * rendered manifests/release/. The same bytes every time. CI checks that all is up to date.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DEFAULT_OPERATOR, webhookConfigurations } from '../webhooks/index.ts';
import { kustomize } from './kustomize.ts';

const ROOT = join(import.meta.dirname, '..');
const MANIFESTS = join(ROOT, 'manifests');

/** What `kubectl apply -f` takes, by the overlay that it is rendered from. */
const RELEASES = { latest: 'default', 'latest-crds': 'crds-only' } as const;

const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

const { mutating, validating } = webhookConfigurations({
  reach: { service: { name: 'kubechain-webhook', namespace: 'kubechain-system' } },
  operators: [DEFAULT_OPERATOR],
});
for (const [name, configuration] of Object.entries({ mutating, validating })) {
  writeFileSync(join(MANIFESTS, 'base', 'webhook', `${name}.yaml`), toYaml(configuration));
}

mkdirSync(join(MANIFESTS, 'release'), { recursive: true });
for (const [name, overlay] of Object.entries(RELEASES)) {
  const head = `# Rendered from manifests/overlays/${overlay} by \`npm run generate\`. Do not edit.\n`;
  writeFileSync(
    join(MANIFESTS, 'release', `${name}.yaml`),
    head + (await kustomize(join(MANIFESTS, 'overlays', overlay))),
  );
}
