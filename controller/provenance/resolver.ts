import type { AgentProvenance, Provenance } from '../../api/index.ts';
import { STAMPS } from '../../api/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import {
  DEFAULT_GITOPS,
  definitionDigest,
  lastWriterOf,
  marksOf,
  publicAddress,
  resolveProvenance,
} from '../../policies/provenance/index.ts';
import type { SealIdentity } from '../policy/identity.ts';
import type { ProvenanceSources } from './sources.ts';

/** Finds out which commit an object comes from, and whether that is proven. */
export interface ProvenanceResolver {
  /** Undefined where the object says nothing of the sort. */
  resolve(object: KubeObject, signal: AbortSignal): Promise<Resolved | undefined>;
}

export interface Resolved {
  readonly provenance: AgentProvenance;
  /** Whether proof may come by itself in a moment: Applications list an object a little before or after it is applied. */
  readonly pending: boolean;
}

export function createProvenanceResolver(options: {
  readonly sources: ProvenanceSources;
  readonly seals: Pick<SealIdentity, 'refresh'> & { current(): { readonly keys: readonly Uint8Array[] } };
  readonly keys?: readonly StampKey[];
  readonly gitops?: readonly string[];
}): ProvenanceResolver {
  const { sources, seals, keys = [], gitops = DEFAULT_GITOPS } = options;
  const applying = new Set(gitops);

  /** The key is read only where there is a seal to check. */
  async function writerOf(object: KubeObject, signal: AbortSignal): Promise<string | undefined> {
    if (object.metadata.annotations?.[STAMPS.changeSeal] === undefined) return undefined;
    await seals.refresh(signal);
    return lastWriterOf(seals.current().keys, object);
  }

  return {
    async resolve(object, signal) {
      const marks = marksOf(object);
      if (marks.git === undefined && marks.argo === undefined && marks.flux === undefined) return undefined;
      const writer = await writerOf(object, signal);
      const source = await sources.factsOf(object, marks, signal);
      const isGitOps = (username: string) => applying.has(username);
      const found = resolveProvenance(object, { keys, writer, isGitOps, source });
      if (found === undefined) return undefined;
      const sealed = object.metadata.annotations?.[STAMPS.changeSeal] !== undefined;
      const proven = writer === undefined ? sealed && seals.current().keys.length === 0 : isGitOps(writer);
      return {
        provenance: { ...shown(found), definition: definitionDigest(object) },
        pending: found.trust === 'Claimed' && proven && source?.kind === 'found',
      };
    },
  };
}

/** Annotations are anybody's text: no credentials of an address, and nothing that outgrows a status. */
function shown(provenance: Provenance): Provenance {
  const { repo, ...rest } = provenance;
  const whole = repo === undefined ? rest : { ...rest, repo: publicAddress(repo) };
  return Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [
      name,
      String(value)
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, 1024),
    ]),
  ) as Provenance;
}
