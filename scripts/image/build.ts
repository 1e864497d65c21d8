/**
 * Builds the root filesystems of the images, without Docker: Debian packages, npm's Node, the program and what it needs in
 * production. The same tree of files gives the same bytes.
 *
 *   node scripts/image/build.ts [--output DIR] [--arch amd64|arm64] [kubechain|runner …]
 *   node scripts/image/build.ts --update      writes the newest versions into packages.json
 *
 * Writes DIR/IMAGE/rootfs/ (to look at and to test), DIR/IMAGE/rootfs.tar, DIR/IMAGE/sbom.cdx.json, DIR/IMAGE/Dockerfile, and DIR/IMAGE/oci/,
 * which is the image that the Dockerfile describes; for arm64 all of it in DIR/arm64/IMAGE.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLayout } from './oci.ts';
import { ARCHITECTURES, IMAGES, type ImageName, readLock, updateLock } from './packages.ts';
import { buildRoot, ROOT } from './root.ts';
import { bomOf } from './sbom.ts';
import { packTar } from './tar.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string', default: join(ROOT, 'node_modules', '.cache', 'kubechain-image') },
    arch: { type: 'string', default: 'amd64' },
    update: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

if (values.update) {
  await updateLock();
  process.exit(0);
}
const wanted = (positionals.length === 0 ? IMAGES : positionals) as readonly ImageName[];
for (const image of wanted) {
  if (!IMAGES.includes(image)) throw new Error(`there is no image "${image}"; images are ${IMAGES.join(', ')}`);
}
const architecture = ARCHITECTURES.find((each) => each === values.arch);
if (architecture === undefined) throw new Error(`--arch ${values.arch}: write ${ARCHITECTURES.join(' or ')}`);
const output = resolve(values.output, architecture === 'amd64' ? '.' : architecture);
const lock = readLock();
for (const image of wanted) {
  const folder = join(output, image);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const components = await buildRoot(image, lock, join(folder, 'rootfs'), architecture);
  const bom = bomOf(image, components);
  writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(bom, undefined, 2)}\n`);
  copyFileSync(join(import.meta.dirname, `Dockerfile.${image}`), join(folder, 'Dockerfile'));
  const layer = join(folder, 'rootfs.tar');
  const { bytes, sha256 } = await packTar(join(folder, 'rootfs'), layer);
  const name = image === 'kubechain' ? 'kubechain' : 'kubechain-runner';
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const digest = writeLayout(join(folder, 'oci'), {
    name,
    architecture,
    dockerfile,
    layer: { file: layer, bytes, sha256 },
  });
  say(
    `${image}: ${(bytes / 1e6).toFixed(0)} MB, ${components.length} components, rootfs.tar sha256:${sha256}, image ${digest}`,
  );
  say(`  docker build -t ${name}:dev ${folder}`);
}
