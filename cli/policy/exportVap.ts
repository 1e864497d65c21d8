import { stringify } from 'yaml';
import { checkPolicy } from '../../policies/engine/index.ts';
import type { AnyPolicy } from '../../policies/engine/types.ts';
import { exportPolicies } from '../../policies/vap/export.ts';
import { CHECK_EXIT } from '../findings/model.ts';
import type { Io } from '../io.ts';
import { readManifests } from '../manifests/load.ts';

/** `kubechain policy export-vap`: the part of policies that the API server can enforce by itself. */
export async function exportVap(
  paths: readonly string[],
  options: { readonly withoutExceptions?: boolean },
  io: Io,
): Promise<number> {
  const policies = (await readManifests(paths, io)).flatMap(({ object }) =>
    object.kind === 'ClusterAgentPolicy' || object.kind === 'AgentPolicy' ? [object as unknown as AnyPolicy] : [],
  );
  const broken = policies.flatMap((policy) => checkPolicy(policy).filter(({ level }) => level === 'error'));
  for (const { policy, field, message } of broken) {
    io.err.write(`kubechain: ${policy.kind} ${policy.name} is broken: ${field}: ${message}\n`);
  }
  if (broken.length > 0) return CHECK_EXIT.evaluation;
  const { objects, exported, left } = exportPolicies(policies, options);
  const notes = left.map(({ policy, field, reason }) => `not exported: ${policy}: ${field}: ${reason}`);
  for (const note of notes) io.err.write(`kubechain: ${note}\n`);
  if (objects.length === 0) {
    io.err.write(`kubechain: nothing to export from ${policies.length} policies in ${paths.join(', ')}\n`);
    return CHECK_EXIT.nothing;
  }
  const head = [
    `Printed by \`kubechain policy export-vap\`: ${exported.length} rules that hold without the webhook.`,
    ...notes,
  ];
  io.out.write(head.map((line) => `# ${line.replaceAll(/\s+/g, ' ')}\n`).join(''));
  io.out.write(objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n'));
  return CHECK_EXIT.clean;
}
