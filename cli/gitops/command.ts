import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Adds `kubechain gitops …`. */
export function registerGitops(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const gitops = program
    .command('gitops')
    .summary('begin a repository of agents')
    .description('A Git repository that Argo CD brings to the cluster: teams, environments, policies.');
  gitops
    .command('init')
    .argument('<dir>', 'folder, new or empty')
    .summary('write the repository')
    .description('Writes examples/gitops with the installation of this version into a folder.')
    .option('--repo <url>', 'where the repository will be; written into the Applications')
    .action(async (dir, options) => finish((await import('./init.ts')).init(dir, options, io)));
}
