import type { Provenance } from '../../api/index.ts';
import type { ProvenanceAnswer } from '../engine/types.ts';
import type { GitMarks } from './marks.ts';
import { marksOf } from './marks.ts';
import { sameRepository } from './repository.ts';
import type { StampKey } from './signature.ts';
import { stampProblem } from './signature.ts';

/** What was read of the Argo CD Application or Flux object that an object names. */
export type SourceFacts =
  | {
      readonly kind: 'found';
      /** `<namespace>/<name>`. */
      readonly name: string;
      /** Whether its status lists the object as one of its own. */
      readonly lists: boolean;
      readonly repo?: string;
      readonly path?: string;
      readonly revision?: string;
    }
  /** It could not be read: the object does not exist, the API does not, or we may not. */
  | { readonly kind: 'unreadable'; readonly name: string; readonly why: string };

export interface ProvenanceFacts {
  /** Public keys of signed stamps. */
  readonly keys: readonly StampKey[];
  /** Who changed the object last, as the webhook's seal proves; undefined where nothing proves it. */
  readonly writer: string | undefined;
  readonly isGitOps: (username: string) => boolean;
  /** Of the Application or Flux object that the marks name; undefined where none is named or it was not asked for. */
  readonly source: SourceFacts | undefined;
}

/**
 * Where an object comes from, and whether that is proven. Undefined where it says nothing of the sort. Pure.
 */
export function resolveProvenance(object: unknown, facts: ProvenanceFacts): Provenance | undefined {
  const { git, argo, flux } = marksOf(object);
  const { source } = facts;
  if (git !== undefined) return fromStamp(object, git, facts);
  if (argo === undefined && flux === undefined) return undefined;
  if (argo?.guessed === true && !(source?.kind === 'found' && source.lists)) return undefined;
  const base = { source: argo === undefined ? ('Flux' as const) : ('ArgoCD' as const) };
  const application = source?.name ?? applicationName(argo ?? flux);
  const problem = sourceProblem(facts);
  return {
    ...base,
    trust: problem === undefined ? 'Verified' : 'Claimed',
    ...(source?.kind === 'found' ? known(source) : {}),
    application,
    ...(problem === undefined ? {} : { detail: problem }),
  };
}

function fromStamp(object: unknown, git: GitMarks, facts: ProvenanceFacts): Provenance {
  const { source } = facts;
  const { signature, ...said } = git;
  const unsigned = stampProblem(facts.keys, object, git);
  let problem = unsigned;
  if (unsigned !== undefined && signature === undefined) {
    // Not signed: whoever proves that it came out of that very repository proves it as well.
    problem = sourceProblem(facts);
    if (problem === undefined && source?.kind === 'found' && !sameRepository(source.repo ?? '', git.repo)) {
      problem = `the stamp names another repository than ${source.name} syncs from (${source.repo ?? 'none'})`;
    }
    if (problem !== undefined) problem = `${unsigned}, and ${problem}`;
  }
  return {
    source: 'Stamp',
    trust: problem === undefined ? 'Verified' : 'Claimed',
    ...said,
    ...(source === undefined ? {} : { application: source.name }),
    ...(problem === undefined ? {} : { detail: problem }),
  };
}

/** Why Argo CD or Flux do not prove where the object comes from; undefined where they do. */
function sourceProblem({ source, writer, isGitOps }: ProvenanceFacts): string | undefined {
  if (source === undefined) return 'no Argo CD Application or Flux object tracks the object';
  if (source.kind === 'unreadable') return `${source.name} could not be read: ${source.why}`;
  if (!source.lists) return `${source.name} does not list the object among its resources`;
  if (writer === undefined) return 'the webhook has not sealed who changed the object last';
  if (!isGitOps(writer)) return `${JSON.stringify(writer)} changed the object last, which is no GitOps identity`;
  return undefined;
}

function known({ repo, path, revision }: Extract<SourceFacts, { kind: 'found' }>): Partial<Provenance> {
  return {
    ...(repo === undefined ? {} : { repo }),
    ...(path === undefined ? {} : { path }),
    ...(revision === undefined ? {} : { revision }),
  };
}

const applicationName = (mark: { readonly namespace?: string; readonly name: string } | undefined): string =>
  mark === undefined ? '' : mark.namespace === undefined ? mark.name : `${mark.namespace}/${mark.name}`;

/** A provenance in a few words: `acme/agents@3f2c1a9 (Verified)`. */
export function shortProvenance({ repo, revision, application, trust }: Provenance): string {
  const where =
    repo
      ?.replace(/\.git$/, '')
      .split(/[/:]/)
      .filter(Boolean)
      .slice(-2)
      .join('/') ??
    application ??
    '?';
  return `${where}${revision === undefined ? '' : `@${shortRevision(revision)}`} (${trust})`;
}

const shortRevision = (revision: string): string =>
  /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision.slice(0, 40);

/** The same of a file in Git: signatures can be checked; who applies it, and what tracks it then, is not known yet. */
export function provenanceInGit(object: unknown, keys: readonly StampKey[]): ProvenanceAnswer {
  const { git } = marksOf(object);
  if (git?.signature === undefined) return { notEvaluable: 'which commit it comes from is known when it is applied' };
  if (keys.length === 0)
    return { notEvaluable: 'no key is given that the signature of its stamp could be checked with' };
  const problem = stampProblem(keys, object, git);
  return problem === undefined ? { trust: 'Verified' } : { trust: 'Claimed', detail: problem };
}

/**
 * The same of an object of a cluster, for who can read no more than it: what the operator has found stands in the status of Agents and runs.
 * Undefined where nothing is said.
 */
export function provenanceOfLive(object: unknown, keys: readonly StampKey[]): ProvenanceAnswer | undefined {
  const { status } = object as { readonly status?: { readonly provenance?: Provenance } };
  if (status?.provenance !== undefined) return status.provenance;
  const { git, argo, flux } = marksOf(object);
  if (git?.signature !== undefined && keys.length > 0) return provenanceInGit(object, keys);
  if (git === undefined && argo === undefined && flux === undefined) return undefined;
  return { notEvaluable: 'only the operator knows how well the commit that it comes from is proven' };
}
