import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { crdFiles } from '../commands/crds.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { shellQuote } from '../paths.ts';
import { packageRoot } from '../version.ts';

const ROOT = packageRoot();
const EXAMPLE = join(ROOT, 'examples', 'gitops');
/** Whole installation; where it is not there, in a checkout of the sources without it, the CRDs alone. */
const INSTALL = join(ROOT, 'manifests', 'release', 'latest.yaml');
/** Lets the operator read Applications: without it no run's commit is ever proven. */
const READ_APPLICATIONS = join(ROOT, 'manifests', 'components', 'argocd-rbac', 'rbac.yaml');
/** The repository's URL in the example. */
const PLACEHOLDER = 'https://github.com/acme/agents.git';
/** Anything that Git and Argo CD take, without what would end the YAML that it is put into. */
const REPOSITORY = /^((https?|ssh|git|file):\/\/|[\w.-]+@[\w.-]+:)[^\s"'#{}]+$/;

/** `kubechain gitops init DIR`. Nothing that is there is written over. */
export function init(dir: string, options: { readonly repo?: string }, io: Io): number {
  const { repo } = options;
  if (repo !== undefined && !REPOSITORY.test(repo)) {
    throw new CliError(`--repo "${repo}": is no URL of a Git repository; one looks like ${PLACEHOLDER}`, {
      exitCode: EXIT.usage,
    });
  }
  const target = resolve(io.cwd, dir);
  if (existsSync(target) && readdirSync(target).some((name) => name !== '.git')) {
    throw new CliError(`${dir} is not empty; name a new folder`);
  }
  const files = new Map(
    filesUnder(EXAMPLE).map((path) => {
      const text = readFileSync(path, 'utf8');
      return [relative(EXAMPLE, path), repo === undefined ? text : text.replaceAll(PLACEHOLDER, repo)];
    }),
  );
  files.set(join('platform', 'kubechain', 'install.yaml'), installation());
  files.set(join('platform', 'kubechain', 'argocd-rbac.yaml'), readFileSync(READ_APPLICATIONS, 'utf8'));
  try {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(target, name)), { recursive: true });
      writeFileSync(join(target, name), text, { flag: 'wx' });
    }
  } catch (error) {
    throw new CliError(`${dir}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  io.out.write(`${files.size} files in ${dir}\n`);
  const where = shellQuote(dir);
  io.err.write(
    [
      ...(repo === undefined ? [`Put your repository's URL for ${PLACEHOLDER}, or begin again with --repo.`] : []),
      'Then, with kubectl at the cluster that Argo CD runs in:',
      `  ${io.programName} argocd gen | kubectl apply --server-side --field-manager kubechain -f -`,
      `  git -C ${where} init -b main && git -C ${where} add -A && git -C ${where} commit -m "Agents" && git -C ${where} push …`,
      `  kubectl apply -f ${shellQuote(join(dir, 'application.yaml'))}`,
      '',
    ].join('\n'),
  );
  return EXIT.ok;
}

function installation(): string {
  if (existsSync(INSTALL)) return readFileSync(INSTALL, 'utf8');
  return crdFiles()
    .filter(({ name }) => name !== 'kustomization.yaml')
    .map(({ text }) => text)
    .join('---\n');
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    });
}
