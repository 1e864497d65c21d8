import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from './packages.ts';
import { EPOCH } from './tar.ts';

export interface LayoutOptions {
  /** Without registry and tag. */
  readonly name: string;
  readonly architecture: Architecture;
  /** Text of the Dockerfile, whose settings the image gets. */
  readonly dockerfile: string;
  /** The one layer, uncompressed. */
  readonly layer: { readonly file: string; readonly bytes: number; readonly sha256: string };
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes the image as an OCI image layout (image-spec 1.1, image-layout.md): what `docker build` would make of the Dockerfile, the same bytes each
 * time. The layer is a hard link. Returns the digest of the manifest.
 */
export function writeLayout(folder: string, { name, architecture, dockerfile, layer }: LayoutOptions): string {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  linkSync(layer.file, join(blobs, layer.sha256));
  const blob = (mediaType: string, value: object): Descriptor => {
    const text = JSON.stringify(value);
    const hash = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(blobs, hash), text);
    return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(text) };
  };
  const created = new Date(EPOCH * 1000).toISOString();
  const config = blob('application/vnd.oci.image.config.v1+json', {
    created,
    architecture,
    os: 'linux',
    config: settingsOf(dockerfile),
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.sha256}`] },
    history: [{ created, created_by: 'scripts/image/build.ts' }],
  });
  const manifest = blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: `sha256:${layer.sha256}`,
        size: layer.bytes,
      },
    ],
  });
  // Tools ask for the tag, containerd (`kind load image-archive`) for the whole name.
  const annotations = {
    'org.opencontainers.image.ref.name': 'dev',
    'io.containerd.image.name': `docker.io/library/${name}:dev`,
  };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...manifest, platform: { architecture, os: 'linux' }, annotations }],
  };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return manifest.digest;
}

/** The settings that our Dockerfiles make; throws at an instruction that they do not have so far. */
export function settingsOf(dockerfile: string): object {
  const settings: Record<string, unknown> = {};
  for (const line of dockerfile.split('\n')) {
    const [, instruction, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    switch (instruction) {
      case undefined:
      case 'FROM':
      case 'ADD':
        break;
      case 'ENV':
        settings.Env = rest.split(' ');
        break;
      case 'USER':
        settings.User = rest;
        break;
      case 'WORKDIR':
        settings.WorkingDir = rest;
        break;
      case 'ENTRYPOINT':
        settings.Entrypoint = JSON.parse(rest);
        break;
      default:
        throw new Error(`the Dockerfile has ${instruction}, which scripts/image/oci.ts does not know`);
    }
  }
  return settings;
}
