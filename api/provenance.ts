import { GROUP } from './common.ts';
import type { TypeOf } from './schema.ts';
import { bool, object, oneOf, str } from './schema.ts';

/** Annotations that `kubechain stamp` sets: the commit that an object comes from. */
export const GIT_MARKS = {
  /** Where the repository is, without credentials. */
  repo: `${GROUP}/git-repo`,
  /** The file, from the root of the repository. */
  path: `${GROUP}/git-path`,
  /** The last commit that changed the file. */
  revision: `${GROUP}/git-revision`,
  /** Mail address of that commit's author. */
  author: `${GROUP}/git-author`,
  /** `v1.<which key>.<Ed25519>` over all of these and the object's kind, name and spec. */
  signature: `${GROUP}/git-signature`,
} as const;

export const PROVENANCE_TRUST = ['Claimed', 'Verified'] as const;

const PROVENANCE_FIELDS = {
  repo: str('The repository.'),
  path: str('The file, or the folder that was applied, from the root of the repository.'),
  revision: str('The commit: the last one that changed the file, or the one that was synced.'),
  author: str('Who wrote that commit, as its stamp says.'),
  application: str('`<namespace>/<name>` of the Argo CD Application or Flux object that applies it.'),
  detail: str('Why it is no more than claimed.'),
};

const SOURCE = {
  source: oneOf(
    'Where this is known from: annotations of `kubechain stamp`, an Argo CD Application, a Flux Kustomization or HelmRelease.',
    ['Stamp', 'ArgoCD', 'Flux'],
  ),
  trust: oneOf(
    'Verified: the stamp carries a valid signature, or the last change came from a configured GitOps identity and its Application lists the object. Claimed: it says so of itself.',
    PROVENANCE_TRUST,
  ),
};

export const provenance = object('The commit that the Agent comes from.', SOURCE, PROVENANCE_FIELDS);
export type Provenance = TypeOf<typeof provenance>;
export type ProvenanceTrust = (typeof PROVENANCE_TRUST)[number];

export const agentProvenance = object(
  'The commit that this Agent comes from, found out once for each change of it.',
  { ...SOURCE, definition: str('Digest of the spec and the marks that this is about.') },
  {
    ...PROVENANCE_FIELDS,
    pending: bool(
      'Whether proof may still come: its Application is about to list it. Runs wait for that, half a minute at most.',
    ),
  },
);
export type AgentProvenance = TypeOf<typeof agentProvenance>;
