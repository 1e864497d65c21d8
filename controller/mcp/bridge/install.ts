import { copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

/** What a checkout has and an image has not, and the Nodes that npm installs, since one is brought along. */
const NO_NEED =
  /^(\.[^/]*|test|bench|docs|examples|manifests|scripts|dist|node_modules\/(\.cache|node-(bin-)?(linux|darwin)-\w+))(\/|$)/;

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
 * Copies the program, Node, and the libraries that Node has loaded into `folder`, so that it runs in any image for the same
 * processor, one without a C library included. `program` is the folder that package.json is in.
 */
export async function installInto(folder: string, program: string): Promise<void> {
  const report = process.report.getReport() as { sharedObjects?: string[] };
  const libraries = (report.sharedObjects ?? []).filter((path) => path.startsWith('/') && path !== process.execPath);
  const loader = libraries.find((path) => LOADER.test(basename(path)));
  if (loader === undefined)
    throw new Error('this Node is linked statically, or its loader is not known: it cannot be copied');
  const development = await developmentPackages(program);
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
        return !NO_NEED.test(path) && !development.has(path);
      },
    }),
  ]);
}

/** Folders of packages that production does without, as npm wrote them down; none where it did not, as in an image. */
async function developmentPackages(program: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(program, 'node_modules', '.package-lock.json'), 'utf8').catch(() => '{}');
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { dev?: boolean; optional?: boolean }> };
  return new Set(Object.entries(packages).flatMap(([path, { dev, optional }]) => (dev || optional ? [path] : [])));
}
