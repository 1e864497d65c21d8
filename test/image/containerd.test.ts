import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli/support/kubechain.ts';
import { IMAGES, whyNoImages } from './support/container.ts';
import { type ContainerRuntime, SNAPSHOTTER, startContainerRuntime } from './support/containerd.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const PROGRAM = ['/usr/local/bin/node', '/opt/kubechain/bin/kubechain'];
/** Says as whom it runs, and whether its root can be written. */
const WHO = `let root = 'written';
  try { require('node:fs').writeFileSync('/opt/x', ''); } catch (error) { root = error.code; }
  console.log(process.getuid(), process.getgid(), process.env.HOME, process.cwd(), root);`;

/** The images as a cluster gets them, on the container runtime that its nodes have. */
describe('images in containerd', function () {
  this.timeout(180_000);
  let runtime: ContainerRuntime;
  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      process.stderr.write('    containers are started by root on Linux\n');
      return this.skip();
    }
    assert.equal(whyNoImages(), undefined);
    const started = await startContainerRuntime();
    if ('reason' in started) {
      process.stderr.write(`    skipped: no containerd: ${started.reason}\n`);
      return this.skip();
    }
    runtime = started;
  });
  after(() => runtime?.[Symbol.asyncDispose]());

  let number = 0;
  const inContainer = (image: string, ...command: string[]) =>
    runtime.ctr('run', '--rm', '--read-only', ...SNAPSHOTTER, image, `test-${++number}`, ...command);

  it('are loaded as `kind load image-archive` does, and run as they say', async () => {
    await runtime.load(join(IMAGES, 'kubechain', 'oci'));
    const image = 'docker.io/library/kubechain:dev';
    assert.equal(await inContainer(image, ...PROGRAM, '--version'), `${version}\n`);
    assert.equal(await inContainer(image, '/usr/local/bin/node', '--eval', WHO), '65532 65532 /tmp /tmp EROFS\n');
  });

  it('go through a registry and come back as they were', async () => {
    const image = `${runtime.registry}/kubechain:v${version}`;
    await runtime.ctr('images', 'tag', 'docker.io/library/kubechain:dev', image);
    const digest = async () => (await runtime.ctr('images', 'ls', `name==${image}`)).match(/sha256:\w{64}/)?.[0];
    const built = await digest();
    assert.ok(built);
    await runtime.ctr('images', 'push', '--plain-http', image);
    const names = (await runtime.ctr('images', 'ls', '--quiet')).trim().split('\n');
    await runtime.ctr('images', 'rm', '--sync', ...names);
    await runtime.ctr('images', 'pull', '--plain-http', ...SNAPSHOTTER, image);
    assert.equal(await digest(), built);
    assert.equal(await inContainer(image, ...PROGRAM, '--version'), `${version}\n`);
  });

  it('have in their layout what the Dockerfile says', () => {
    for (const name of ['kubechain', 'runner']) {
      const folder = join(IMAGES, name);
      const blob = (digest: string) =>
        JSON.parse(readFileSync(join(folder, 'oci', 'blobs', ...digest.split(':')), 'utf8'));
      const index = JSON.parse(readFileSync(join(folder, 'oci', 'index.json'), 'utf8'));
      const manifest = blob(index.manifests[0].digest);
      const { config, rootfs } = blob(manifest.config.digest);
      // That its name is its hash, containerd has checked.
      const [layer = ''] = rootfs.diff_ids;
      const { ino } = statSync(join(folder, 'oci', 'blobs', ...layer.split(':')));
      assert.equal(ino, statSync(join(folder, 'rootfs.tar')).ino);
      const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
      assert.match(dockerfile, new RegExp(`^USER ${config.User}$`, 'm'));
      assert.ok(dockerfile.includes(`ENV ${config.Env.join(' ')}\n`));
      assert.ok(dockerfile.includes(`ENTRYPOINT ["${config.Entrypoint.join('", "')}"]\n`));
      assert.equal(readdirSync(join(folder, 'oci', 'blobs', 'sha256')).length, 3);
    }
  });
});
