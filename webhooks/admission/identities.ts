import { DEFAULT_GITOPS } from '../../policies/provenance/index.ts';

/** Who the operator is when nothing else is said. */
export const DEFAULT_OPERATOR = 'system:serviceaccount:kubechain-system:kubechain-operator';

export interface IdentityOptions {
  /** Names by which the API server knows the operator. */
  readonly operators?: readonly string[];
  /** Names of those who may bring objects back as they were: a backup tool's service account. */
  readonly restorers?: readonly string[];
  /** Names of those who apply what is in Git; those of Argo CD and Flux unless told. */
  readonly gitops?: readonly string[];
}

/** Who is who. */
export interface Identities {
  readonly operators: readonly string[];
  isOperator(username: string): boolean;
  isRestorer(username: string): boolean;
  isGitOps(username: string): boolean;
}

/** The identities that these options name; nobody is a restorer unless told. */
export function createIdentities({
  operators = [DEFAULT_OPERATOR],
  restorers = [],
  gitops = DEFAULT_GITOPS,
}: IdentityOptions = {}): Identities {
  const operating = new Set(operators);
  const restoring = new Set(restorers);
  const applying = new Set(gitops);
  return {
    operators: [...operating],
    isOperator: (username) => operating.has(username),
    isRestorer: (username) => restoring.has(username),
    isGitOps: (username) => applying.has(username),
  };
}
