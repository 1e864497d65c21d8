export { lastWriterOf, sealChange } from './change.ts';
export { DEFAULT_GITOPS } from './identities.ts';
export {
  type ArgoMark,
  definitionDigest,
  type FluxMark,
  type GitMarks,
  MARK_ANNOTATIONS,
  MARK_LABELS,
  type Marks,
  marksOf,
  specDigest,
} from './marks.ts';
export { publicAddress, sameRepository } from './repository.ts';
export {
  type ProvenanceFacts,
  provenanceInGit,
  provenanceOfLive,
  resolveProvenance,
  type SourceFacts,
  shortProvenance,
} from './resolve.ts';
export { readSigningKey, readStampKeys, type StampKey, signStamp, stampProblem } from './signature.ts';
