import { copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

/** What a checkout has and an image has not, the API server, and the Nodes that npm installs, since one is brought along. */
const NO_NEED =
  /^(\.[^/]*|test|bench|docs|examples|manifests|scripts|dist|devcluster|node_modules\/(\.cache|node-(bin-)?(linux|darwin)-\w+))(\/|$)/;

const MODULES = 'node_modules/';
/** What npm's packages carry and no program loads, by the path below node_modules. */
export const NOT_LOADED =
  /(\.[cm]?ts|\.map|\.md|\.markdown|\.flow|\.tsbuildinfo)$|(^|\/)(test|tests|__tests__|\.github|man)\/|^bare-[a-z]+\/prebuilds\//i;
/** Packages that what runs tools does not load: it calls neither a model nor an API server. */
export const NOT_FOR_TOOLS: readonly string[] = ['openai', '@kubernetes/client-node'];

/** The dynamic loader, by any architecture's name. */
const LOADER = /^ld-linux[-.\w]*\.so\.\d+$|^ld-musl[-.\w]*\.so\.\d+$/;
/** Where the loader is to be found in the copy, whatever its name was. */
export const LOADER_NAME = 'ld.so';

/** How the copy in `folder` is started: by its own loader, on its own libraries. */
export const installedCommand = (folder: string): string[] => [
  `${folder}/lib/${LOADER_NAME}`,
  '--library-path',
  `${folder}/lib`,
  `${folder}/bin/node`,
  '--disable-warning=ExperimentalWarning',
  `${folder}/program/bin/kubechain`,
];

/**
 * Copies what of the program runs tools, Node, and the libraries that Node has loaded into `folder`, so that it runs in any image for
 * the same processor, one without a C library included. `program` is the folder that package.json is in. Pods wait for it.
 */
export async function installInto(folder: string, program: string): Promise<void> {
  const report = process.report.getReport() as { sharedObjects?: string[] };
  const libraries = (report.sharedObjects ?? []).filter((path) => path.startsWith('/') && path !== process.execPath);
  const loader = libraries.find((path) => LOADER.test(basename(path)));
  if (loader === undefined)
    throw new Error('this Node is linked statically, or its loader is not known: it cannot be copied');
  const left = await packagesLeftOut(program);
  await mkdir(join(folder, 'lib'), { recursive: true });
  await mkdir(join(folder, 'bin'), { recursive: true });
  await Promise.all([
    ...libraries.map((path) => copyFile(path, join(folder, 'lib', basename(path)))),
    copyFile(loader, join(folder, 'lib', LOADER_NAME)),
    copyFile(process.execPath, join(folder, 'bin', 'node')),
    cp(program, join(folder, 'program'), {
      recursive: true,
      verbatimSymlinks: true,
      filter(from) {
        const path = relative(program, from);
        const packaged = path.startsWith(MODULES) ? path.slice(MODULES.length) : '';
        return !NO_NEED.test(path) && !left.has(path) && !NOT_LOADED.test(packaged);
      },
    }),
  ]);
}

/** Folders of packages that running tools does without, those for development as npm wrote them down; in an image it has not. */
async function packagesLeftOut(program: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(program, 'node_modules', '.package-lock.json'), 'utf8').catch(() => '{}');
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { dev?: boolean; optional?: boolean }> };
  const development = Object.entries(packages).flatMap(([path, { dev, optional }]) => (dev || optional ? [path] : []));
  return new Set([...development, ...NOT_FOR_TOOLS.map((name) => `${MODULES}${name}`)]);
}
