import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { KINDS } from '../api/index.ts';
import { CUSTOMIZATIONS } from '../argocd/actions.ts';
import { configMaps, fluxHealthChecks, rulesOf } from '../argocd/configMaps.ts';
import { healthLua } from '../argocd/health/lua.ts';

/** What is made from `argocd/health/table.ts` and the actions, checked in so that it can be applied without this program. */
const ARGOCD = join(import.meta.dirname, '..', 'argocd');
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

for (const { kind } of KINDS) {
  mkdirSync(join(CUSTOMIZATIONS, kind), { recursive: true });
  writeFileSync(join(CUSTOMIZATIONS, kind, 'health.lua'), healthLua(rulesOf(kind)));
}
const install = join(ARGOCD, 'install');
mkdirSync(install, { recursive: true });
const maps = configMaps({ namespace: 'argocd', links: [] });
for (const map of maps) writeFileSync(join(install, `${map.metadata.name}.yaml`), yaml(map));
mkdirSync(join(ARGOCD, 'flux'), { recursive: true });
writeFileSync(join(ARGOCD, 'flux', 'health-checks.yaml'), yaml({ healthCheckExprs: fluxHealthChecks() }));

// The example repository has copies: it is a repository of its own where it is used.
const example = join(ARGOCD, '..', 'examples', 'gitops');
copyFileSync(join(ARGOCD, 'application.yaml'), join(example, 'application.yaml'));
for (const name of ['project.yaml', 'platform.yaml', 'applicationset.yaml']) {
  copyFileSync(join(ARGOCD, name), join(example, 'platform', 'argocd', name));
}
