import { readApprovalKey } from '../../controller/policy/approvalKey.ts';
import { liveProvenance } from '../../controller/provenance/live.ts';
import { createProvenanceResolver } from '../../controller/provenance/resolver.ts';
import { createProvenanceSources } from '../../controller/provenance/sources.ts';
import type { KubeClient } from '../../kube/index.ts';
import { KubeError, systemClock } from '../../kube/index.ts';
import type { PolicyObject, ProvenanceAnswer } from '../../policies/engine/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import { aroundObject } from '../../policies/surroundings.ts';
import type { Manifest } from '../manifests/parse.ts';
import { describeObject, namespaceOf, type Tree } from '../manifests/tree.ts';
import { policiesOf } from './judge.ts';

export interface ProvenanceInput {
  readonly gitopsUser?: readonly string[];
  readonly argocdNamespace?: string;
  readonly argocdInstallationId?: string;
  readonly systemNamespace?: string;
}

/** What we may not read proves nothing, one way or the other. */
class NotForUs extends Error {}

/**
 * Finds out as the operator does how well the commits of live objects are proven: from Applications and Flux objects, and from the webhook's
 * seals, whose key is read where an object that a policy asks about has one. Where we may not read these, that is the answer.
 */
export async function liveProvenances(
  tree: Tree,
  client: KubeClient,
  options: ProvenanceInput & { readonly stampKeys: readonly StampKey[] },
): Promise<(manifest: Manifest) => ProvenanceAnswer | undefined> {
  const answers = new Map<string, ProvenanceAnswer | undefined>();
  const { set } = policiesOf(tree);
  if (set.policies.some(({ rules }) => rules.includes('require.provenance'))) {
    const resolver = resolverFor(client, options);
    const { signal } = new AbortController();
    for (const { object } of tree.ours) {
      const context = aroundObject(tree.finder, namespaceOf(object), object as PolicyObject);
      const answer = await liveProvenance(object as PolicyObject, context, resolver, signal).catch((error) => {
        if (error instanceof NotForUs) return { notEvaluable: error.message };
        throw error;
      });
      answers.set(describeObject(object), answer);
    }
  }
  return ({ object }) => answers.get(describeObject(object));
}

function resolverFor(client: KubeClient, options: ProvenanceInput & { readonly stampKeys: readonly StampKey[] }) {
  const { stampKeys, gitopsUser, argocdNamespace = 'argocd', argocdInstallationId } = options;
  const { systemNamespace = 'kubechain-system' } = options;
  let keys: readonly Uint8Array[] | undefined;
  const asking: Pick<KubeClient, 'get'> = {
    async get(kind, key, how) {
      try {
        return await client.get(kind, key, how);
      } catch (error) {
        if (!(error instanceof KubeError) || error.code !== 'Forbidden') throw error;
        const what = `${kind.kind} ${key.namespace === undefined ? '' : `${key.namespace}/`}${key.name}`;
        throw new NotForUs(`how well its commit is proven is not known to who may not get ${what}`);
      }
    },
  };
  return createProvenanceResolver({
    sources: createProvenanceSources({
      client: asking,
      clock: systemClock,
      argocdNamespace,
      ...(argocdInstallationId === undefined ? {} : { argocdInstallation: argocdInstallationId }),
    }),
    seals: {
      current: () => ({ keys: keys ?? [] }),
      async refresh(signal) {
        if (keys !== undefined) return;
        const key = await readApprovalKey(asking, systemNamespace, signal);
        keys = key === undefined ? [] : [key];
      },
    },
    keys: stampKeys,
    ...(gitopsUser === undefined ? {} : { gitops: gitopsUser }),
  });
}
