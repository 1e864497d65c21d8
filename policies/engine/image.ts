const RUNNERS: ReadonlySet<string> = new Set(['docker', 'podman', 'nerdctl']);

/** Options of `docker run` that take no value, or only one after `=`. */
const FLAGS: ReadonlySet<string> = new Set([
  ...['-i', '-t', '-d', '--interactive', '--tty', '--detach', '--rm', '--init', '--privileged', '--read-only'],
  ...['-it', '-ti', '-dit', '-P', '--publish-all', '--no-healthcheck', '--oom-kill-disable', '--sig-proxy'],
]);

/** Options that take the next argument for their value. */
const VALUED: ReadonlySet<string> = new Set([
  ...['-e', '--env', '--env-file', '-v', '--volume', '--mount', '--tmpfs', '--name', '--network', '--net', '-p'],
  ...['--publish', '-u', '--user', '-w', '--workdir', '-m', '--memory', '--cpus', '--entrypoint', '-h', '--hostname'],
  ...['-l', '--label', '--add-host', '--cap-add', '--cap-drop', '--security-opt', '--pull', '--platform', '--dns'],
  ...[
    '--device',
    '--gpus',
    '--ulimit',
    '--pids-limit',
    '--restart',
    '--runtime',
    '--shm-size',
    '--ipc',
    '--log-driver',
  ],
]);

/**
 * The image that a stdio server runs through docker, podman or nerdctl, registry written out; undefined where the command
 * is something else; a problem where the image cannot be read for certain.
 */
export function imageOf(command: string, args: readonly string[]): string | undefined | { readonly problem: string } {
  const program = command.slice(command.lastIndexOf('/') + 1);
  if (!RUNNERS.has(program)) return undefined;
  const words = args[0] === 'container' ? args.slice(1) : args;
  if (words[0] !== 'run')
    return { problem: `only "${program} run" is understood: the image of "${program} ${words[0] ?? ''}" is not known` };
  let i = 1;
  for (; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') {
      i++;
      break;
    }
    if (!word.startsWith('-')) break;
    const name = word.split('=', 1)[0] as string;
    if (FLAGS.has(name)) continue;
    if (!VALUED.has(name) && !(name.startsWith('--') && name !== word)) {
      return {
        problem: `which argument is the image cannot be told after option ${JSON.stringify(word)}: write it as ${name}=value`,
      };
    }
    if (name === word) i++;
  }
  const image = words[i];
  return image === undefined ? { problem: 'no image is given' } : fullImage(image);
}

/** `python` → `docker.io/library/python`; tag and digest stay. Docker's own rule: a first part with a dot or colon is a registry. */
export function fullImage(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  if (slash >= 0 && (first.includes('.') || first.includes(':') || first === 'localhost')) return image;
  return slash < 0 ? `docker.io/library/${image}` : `docker.io/${image}`;
}
