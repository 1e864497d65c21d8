import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { KubeConfig } from '../../../kube/index.ts';
import { loadKubeConfig } from '../../../kube/index.ts';
import { ROOT } from '../../cli/support/kubechain.ts';
import { kubectlShell, type Shell } from '../../support/kubectl.ts';
import { startTestServer } from '../../support/server.ts';

export const MANIFESTS = join(ROOT, 'manifests');

/** A cluster without anything of ours, as the one who installs has it: kubectl and the manifests. */
export interface InstallStage {
  readonly kubeConfig: KubeConfig;
  readonly shell: Shell;
  /** Runs a command that has to succeed; what it printed. */
  run(command: string): Promise<string>;
  /**
   * Lists every kind of ours once, as the garbage collector does within half a minute. Kubernetes 1.36 finalizes a CRD that nobody
   * has read from yet in its own time: its finalizer gets `storage is (re)initializing`, writes that down, tries again with the
   * CRD as it was before that write, and after the conflict waits for its next resync, five minutes later (docs/install.md).
   */
  readOnce(): Promise<void>;
  /** Everything that carries our label, and our CRDs. */
  left(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

const KINDS = [
  'namespaces,customresourcedefinitions,clusterroles,clusterrolebindings',
  'mutatingwebhookconfigurations,validatingwebhookconfigurations',
  'validatingadmissionpolicies,validatingadmissionpolicybindings',
].join(',');

/** The embedded API server, or the cluster of KUBECONFIG, which the test has for itself. */
export async function openInstallStage(): Promise<InstallStage> {
  const server = await startTestServer();
  const kubeConfig = loadKubeConfig({ path: server.kubeconfigPath, env: {} });
  const shell = await kubectlShell(server.kubeconfigPath);
  const run = async (command: string): Promise<string> => {
    const { code, out, err } = await shell(command);
    assert.equal(code, 0, `${command}\n${out}${err}`);
    return out;
  };
  return {
    kubeConfig,
    shell,
    run,
    async readOnce() {
      await run(
        'kubectl get -A $(kubectl api-resources --api-group kubechain.humanlayer.dev --verbs list -o name | paste -sd,)',
      );
    },
    async left() {
      const labelled = await run(`kubectl get ${KINDS} -l app.kubernetes.io/part-of=kubechain -o name`);
      const definitions = await run('kubectl get customresourcedefinitions -o name');
      return [...labelled.split('\n'), ...definitions.split('\n').filter((name) => name.includes('kubechain'))].filter(
        (name) => name !== '',
      );
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
