import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../cli/support/kubechain.ts';
import type { Start } from '../../install/support/pod.ts';

/** Where `node scripts/image/build.ts` writes unless told. */
export const IMAGES = join(ROOT, 'node_modules', '.cache', 'kubechain-image');

/** Why images cannot be run here; undefined where they can. */
export function whyNoImages(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'images are run by root on Linux';
  const missing = (['kubechain', 'runner'] as const).filter((name) => !existsSync(join(IMAGES, name, 'rootfs')));
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')}: not built; run npm run image (Debian, about two minutes)`;
}

const ENTRYPOINT = ['/usr/local/bin/node', '--disable-warning=ExperimentalWarning', '/opt/kubechain/bin/kubechain'];
const HOMES = { kubechain: '/tmp', runner: '/home/runner' } as const;
const SERVICE_ACCOUNT = 'var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Starts a command in an image, without a container runtime: in a mount namespace of its own, its root read-only, /tmp and
 * HOME in memory, as the user that the Pod says. Network and process ids are the machine's. Needs root.
 */
export function inImage(
  image: keyof typeof HOMES,
  { entrypoint = ENTRYPOINT }: { readonly entrypoint?: readonly string[] } = {},
): Start {
  const root = join(IMAGES, image, 'rootfs');
  const home = HOMES[image];
  return ({ args, env, serviceAccount, user, group }) => {
    const script = [
      'set -e',
      'mount --bind "$ROOT" "$ROOT"',
      'mount -o remount,bind,ro "$ROOT"',
      'mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"',
      ...(home === '/tmp' ? [] : [`mount -t tmpfs -o mode=1777 tmpfs "$ROOT${home}"`]),
      'mount -t proc proc "$ROOT/proc"',
      'mount --rbind /dev "$ROOT/dev"',
      // The token is the Pod's user's to read, and nobody else's.
      'mount -t tmpfs tmpfs "$ROOT/$SERVICE_ACCOUNT"',
      'for f in token ca.crt namespace; do [ -e "$FROM/$f" ] && cp "$FROM/$f" "$ROOT/$SERVICE_ACCOUNT/$f"; done; :',
      `exec chroot --userspec=${user}:${group} "$ROOT" "$@"`,
    ].join('\n');
    return {
      command: 'unshare',
      args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...entrypoint, ...args],
      env: {
        ...env,
        ROOT: root,
        FROM: serviceAccount,
        SERVICE_ACCOUNT,
        HOME: home,
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        UV_PYTHON_DOWNLOADS: 'never',
      },
    };
  };
}
