import { createHash } from 'node:crypto';
import type { ImageName } from './packages.ts';
import type { Component } from './root.ts';

/** A bill of materials as CycloneDX 1.6 has it. It says nothing of when it was made, so that it stays the same. */
export function bomOf(image: ImageName, components: readonly Component[]): object {
  const version = components.find(({ name }) => name === 'kubechain')?.version ?? '';
  const listed = components
    .map(({ license, hash, ...component }) => ({
      ...component,
      'bom-ref': component.purl,
      ...(hash === undefined ? {} : { hashes: [hash] }),
      ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    }))
    .toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
    // Two places in node_modules may hold the same version.
    .filter(({ purl }, index, all) => all[index - 1]?.purl !== purl);
  const digest = createHash('sha256').update(JSON.stringify(listed)).digest('hex');
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${[...uuid, digest.slice(20, 32)].join('-')}`,
    version: 1,
    metadata: { component: { type: 'container', name: image === 'runner' ? 'kubechain-runner' : image, version } },
    components: listed,
  };
}

/** An SPDX id where it is one, else an expression: `(MIT OR Apache-2.0)`. */
const licenseOf = (license: string): object =>
  /[\s()]/.test(license) ? { expression: license } : { license: { name: license } };
