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
   * Looks at all that goes with an installation, as those are told to who delete one at once: Kubernetes 1.36 may take five minutes to finalize a
   * CRD that nobody has read from (docs/install.md).
   */
  lookAtAll(): Promise<string>;
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
    lookAtAll: () =>
      run(
        `kubectl get -A -o name "$(kubectl get crd -l app.kubernetes.io/part-of=kubechain -o jsonpath='{.items[*].metadata.name}' | tr ' ' ,)"`,
      ),
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
