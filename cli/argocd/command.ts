import { type Command, Option } from 'commander';
import { TRACKING_METHODS } from '../../argocd/trackingMethods.ts';
import type { Io } from '../io.ts';
import { collect, parseNamespace } from '../options.ts';

/** Adds `kubechain argocd …`. */
export function registerArgocd(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const argocd = program
    .command('argocd')
    .summary('teach Argo CD our kinds')
    .description('What Argo CD has to know of our kinds, and what it will make of an object.');
  argocd
    .command('gen')
    .summary('print what argocd-cm and its like need')
    .description(
      'Prints the keys that Argo CD’s ConfigMaps need: health, actions, ignored differences and updates, links, notifications. ' +
        'kubectl apply --server-side --field-manager kubechain -f - adds them to what is there.',
    )
    .option('-n, --namespace <namespace>', 'namespace of Argo CD', parseNamespace, 'argocd')
    .addOption(
      new Option('--tracking-method <method>', 'set how Argo CD marks what is its own').choices([...TRACKING_METHODS]),
    )
    .option('--instance-label-key <label>', 'set the label of the tracking methods with one')
    .option('--link <title=url>', 'one more link at TaskRuns; the URL is a Go template; may be repeated', collect)
    .addOption(
      new Option('--for <tool>', 'for Flux: the health checks for a Kustomization')
        .choices(['argocd', 'flux'])
        .default('argocd'),
    )
    .action(async (options) => finish((await import('./gen.ts')).gen(options, io)));
  argocd
    .command('health')
    .argument('<path...>', 'files and folders of YAML or JSON; - for standard input')
    .summary('say what Argo CD will show of objects')
    .description('Runs the very Lua that gen prints on objects as kubectl get -o yaml prints them.')
    .addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
    .action(async (paths, options) => finish(await (await import('./inspect.ts')).health(paths, options, io)));
  argocd
    .command('actions')
    .argument('<file>', 'an object, as YAML or JSON; - for standard input')
    .argument('[action]', 'run this action and print what it makes')
    .summary('list the actions on an object, or run one')
    .description('Runs the very Lua that gen prints. Nothing is sent anywhere.')
    .option('--param <name=value>', 'a parameter of the action; may be repeated', collect)
    .action(async (file, action, options) =>
      finish(await (await import('./inspect.ts')).actions(file, action, options, io)),
    );
}
