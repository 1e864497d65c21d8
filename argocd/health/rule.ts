/** Field names from the object's root: `['status', 'phase']`. Identifiers only: they are written into Lua and CEL as they are. */
export type Path = readonly string[];

/** What can be asked of an object. A path that is not there is unlike any value. */
export type Test =
  /** The field has one of these values. */
  | { readonly path: Path; readonly in: readonly (string | boolean)[] }
  | { readonly absent: Path }
  /** `status.conditions` has this condition; `reason` counts where it is given. */
  | { readonly condition: string; readonly status: 'True' | 'False' | 'Unknown'; readonly reason?: string }
  /** `status.observedGeneration` is not `metadata.generation`: what the status says is about an earlier spec. */
  | { readonly stale: true }
  | { readonly all: readonly Test[] }
  | { readonly not: Test };

/** Argo CD's words: `Suspended` is waiting for a human. */
export type Health = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended';
/** What Flux's `healthCheckExprs` tell apart. */
export type FluxState = 'current' | 'inProgress' | 'failed';

export interface Rule {
  /** Absent: always. */
  readonly when?: Test;
  readonly health: Health;
  /** Where Flux is not told what follows from `health`. */
  readonly flux?: FluxState;
  /** The first of these fields that has a text, else `otherwise`. */
  readonly message: readonly (Path | { readonly conditionMessage: string })[];
  readonly otherwise: string;
}

/** The first rule that holds counts; the last one always holds. */
export type Rules = readonly [...Rule[], Rule & { readonly when?: undefined }];

export interface HealthVerdict {
  readonly status: Health;
  readonly message: string;
}

/** `current` and `failed` end a wait of Flux; what waits for a human goes on waiting. */
export const fluxState = (rule: Rule): FluxState =>
  rule.flux ?? (rule.health === 'Healthy' ? 'current' : rule.health === 'Degraded' ? 'failed' : 'inProgress');
