import type { AgentPolicyException, Approval, Kind, TaskRunToolCall } from '../../api/index.ts';
import type { Clock, Logger } from '../../kube/index.ts';
import type { CallToDecide } from '../../policies/approvals/index.ts';
import type {
  AnyPolicy,
  CompiledPolicySet,
  PolicyContext,
  PolicyObject,
  PolicyProblem,
  PolicyRef,
  PolicyRequest,
  PolicyUser,
} from '../../policies/engine/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import type { Finder } from '../../policies/surroundings.ts';
import type { Access } from '../access.ts';
import type { WebhookMetrics } from '../metrics.ts';
import type { AdmissionRequest } from '../server/review.ts';
import type { Identities } from './identities.ts';

/** What is known of the cluster: read from caches, so that nothing here waits. */
export interface World extends Finder {
  policies(): CompiledPolicySet;
  policy(ref: PolicyRef): AnyPolicy | undefined;
  /** Checks one policy as if it were there. */
  checkPolicy(policy: AnyPolicy): readonly PolicyProblem[];
  exceptions(namespace: string): readonly AgentPolicyException[];
  namespace(name: string): { readonly metadata: { readonly labels?: Record<string, string> } } | undefined;
  /** With its arguments only while it waits for an approval. */
  toolCall(namespace: string, name: string): TaskRunToolCall | undefined;
  callToDecide(namespace: string, name: string): CallToDecide | undefined;
  /** Sealed Approvals of the call of that UID. */
  approvalsOf(namespace: string, name: string, uid: string): readonly Approval[];
  /** The key that seals Approvals; undefined before it is there. */
  sealKey(): Uint8Array | undefined;
  /** Resolves when `holds` does, looking again at each change of a tool call; after `ms` in any case. */
  settled(holds: () => boolean, ms: number, signal: AbortSignal): Promise<void>;
}

/** What all decisions are made with. */
export interface Admission {
  readonly world: World;
  readonly identities: Identities;
  readonly access: Access;
  /** Public keys that stamps of `kubechain stamp --sign` are checked with. */
  readonly stampKeys: readonly StampKey[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: WebhookMetrics;
}

/** One object that somebody writes. */
export interface Subject {
  readonly request: AdmissionRequest;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly user: PolicyUser;
  readonly namespace: string;
  readonly object: PolicyObject;
  /** Of an UPDATE. */
  readonly oldObject: PolicyObject | undefined;
}

/** Why something is refused, by a rule of ours that no policy can change. */
export interface Refusal {
  /** `stamps`, `authority`, …: told as `[kubechain/<rule>]`. */
  readonly rule: string;
  readonly field: string;
  readonly message: string;
  /** HTTP status; 403 unless told. */
  readonly code?: number;
}

/** Refusals and warnings. */
export interface Opinion {
  readonly refusals?: readonly Refusal[];
  readonly warnings?: readonly string[];
}

/** Map fields to be added where they are absent. */
export interface Additions {
  readonly [field: string]: unknown;
}

/** What the webhooks know of a kind. */
export interface KindRules {
  readonly kind: Kind<unknown>;
  /** Who creates and changes its objects: anyone whom RBAC lets, or only the operator. */
  readonly writers: 'anyone' | 'operator';
  /** Whether its objects say who created them. */
  readonly stamped: boolean;
  /** Whether its objects say who changed them last: what people and Git define, and what runs are made of. */
  readonly definition?: true;
  /** What policies need to know around an object; absent where no policy judges the kind. */
  readonly context?: (
    subject: Subject,
    world: World,
  ) => Pick<PolicyRequest, 'counters'> & { readonly context: PolicyContext };
  /** What its schema cannot say, from the object and the caches. */
  readonly check?: (subject: Subject, admission: Admission) => Opinion;
  /** What only the API server knows, or what has to be waited for: asked last, and only where nothing is refused yet. */
  readonly consult?: (subject: Subject, admission: Admission, signal: AbortSignal) => Promise<Opinion>;
  /** What is added beside the stamp of all kinds. */
  readonly additions?: (subject: Subject, admission: Admission, signal: AbortSignal) => Promise<Additions>;
}
