import { SCANNED_KINDS } from '../../controller/policy/background/objects.ts';
import { finish, type ReportOptions } from '../findings/finish.ts';
import type { Io } from '../io.ts';
import { namespaceOf, treeOf } from '../manifests/tree.ts';
import { type ClusterInput, readCluster } from './cluster.ts';
import { judgeTree } from './judge.ts';

export interface AuditOptions extends ClusterInput, ReportOptions {
  readonly now?: number;
}

const SCANNED: ReadonlySet<string> = new Set<string>([
  ...SCANNED_KINDS,
  'ClusterAgentPolicy',
  'AgentPolicy',
  'AgentPolicyException',
]);

/** `kubechain policy audit`: the background scan of the operator, now and here. */
export async function policyAudit(options: AuditOptions, io: Io): Promise<number> {
  const manifests = await readCluster(options, 'live', io);
  const all = treeOf(manifests, { namespace: 'default' });
  const { namespace } = options;
  // With a namespace, the cluster's policies count and are not what is looked at.
  const ours = all.ours
    .filter(({ object }) => SCANNED.has(object.kind))
    .map((manifest) =>
      namespace === undefined || namespaceOf(manifest.object) !== ''
        ? manifest
        : { ...manifest, beside: true as const },
    );
  const tree = { ...all, ours };
  const { broken, ...judgement } = judgeTree(tree, { now: options.now ?? Date.now(), place: 'background' });
  return finish(
    { command: 'policy audit', ...judgement },
    {
      broken,
      nothing: `nothing to audit: no object of ours ${namespace === undefined ? 'there' : `in namespace ${namespace}`}`,
    },
    options,
    io,
  );
}
