import { SCANNED_KINDS } from '../../controller/policy/background/objects.ts';
import { finish, type ReportOptions } from '../findings/finish.ts';
import type { Io } from '../io.ts';
import { namespaceOf, treeOf } from '../manifests/tree.ts';
import { loadStampKeys } from '../stampKeys.ts';
import { type ClusterInput, withObjects } from './cluster.ts';
import { judgeTree } from './judge.ts';
import { liveProvenances, type ProvenanceInput } from './provenance.ts';

export interface AuditOptions extends ClusterInput, ProvenanceInput, ReportOptions {
  readonly stampKey?: readonly string[];
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
  const { namespace } = options;
  const stampKeys = loadStampKeys(options.stampKey, io.cwd);
  const { all, provenanceOf } = await withObjects(options, 'live', io, async (manifests, client) => {
    const tree = treeOf(manifests, { namespace: 'default' });
    return { all: tree, provenanceOf: await liveProvenances(tree, client, { ...options, stampKeys }) };
  });
  // With a namespace, the cluster's policies count and are not what is looked at.
  const ours = all.ours
    .filter(({ object }) => SCANNED.has(object.kind))
    .map((manifest) =>
      namespace === undefined || namespaceOf(manifest.object) !== ''
        ? manifest
        : { ...manifest, beside: true as const },
    );
  const tree = { ...all, ours };
  const { broken, ...judgement } = judgeTree(tree, {
    now: options.now ?? Date.now(),
    place: 'background',
    provenanceOf,
  });
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
