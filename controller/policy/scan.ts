import type { AgentPolicyException, PolicyStatus } from '../../api/index.ts';
import type {
  CompiledPolicySet,
  Finding,
  PolicyContext,
  PolicyObject,
  PolicyRef,
  ProvenanceAnswer,
} from '../../policies/engine/index.ts';
import { evaluate } from '../../policies/engine/index.ts';

/** An object that is judged, with what is known of the objects around it. */
export interface ScannedObject {
  readonly object: PolicyObject;
  readonly context: PolicyContext;
  /** What is known of the commit that it comes from. */
  readonly provenance?: ProvenanceAnswer;
}

export interface PolicyFigures {
  readonly summary: Omit<NonNullable<PolicyStatus['summary']>, 'scanTime'>;
  readonly violations: NonNullable<PolicyStatus['violations']>;
}

export interface ScanResult {
  /** By `policyKey`. */
  readonly policies: ReadonlyMap<string, PolicyFigures>;
  /** How many findings each exception takes away, by `namespace/name`. */
  readonly exceptions: ReadonlyMap<string, number>;
}

const MOST_SHOWN = 20;

export const policyKey = ({ kind, namespace, name }: PolicyRef): string => `${kind}/${namespace ?? ''}/${name}`;

/** Judges all live objects as if they were created now. Pure. */
export function scan(
  set: CompiledPolicySet,
  objects: readonly ScannedObject[],
  surroundings: {
    readonly exceptions: readonly AgentPolicyException[];
    readonly namespaceObject: (name: string) => { metadata?: PolicyObject['metadata'] } | undefined;
    readonly now: number;
  },
): ScanResult {
  const figures = new Map<string, ReturnType<typeof emptyFigures>>(
    set.policies.map(({ ref }) => [policyKey(ref), emptyFigures()]),
  );
  const needed = new Map<string, number>();
  for (const { object, context, provenance } of objects) {
    const namespace = object.metadata?.namespace ?? '';
    const namespaceObject = surroundings.namespaceObject(namespace);
    const verdict = evaluate(set, {
      place: 'background',
      operation: 'CREATE',
      object,
      namespace,
      context,
      ...(provenance === undefined ? {} : { provenance }),
      ...(namespaceObject === undefined ? {} : { namespaceObject }),
      exceptions: surroundings.exceptions.filter(({ metadata }) => metadata.namespace === namespace),
      now: surroundings.now,
    });
    for (const ref of verdict.policies) {
      const own = figures.get(policyKey(ref));
      if (own !== undefined) own.summary.objects += 1;
    }
    for (const finding of verdict.findings) count(figures.get(policyKey(finding.policy)), finding, object);
    for (const finding of verdict.excepted) {
      const own = figures.get(policyKey(finding.policy));
      if (own !== undefined) own.summary.excepted += 1;
      if (finding.exception === undefined) continue;
      const key = `${finding.exception.namespace}/${finding.exception.name}`;
      needed.set(key, (needed.get(key) ?? 0) + 1);
    }
  }
  return { policies: figures, exceptions: needed };
}

function emptyFigures() {
  return {
    summary: { objects: 0, violations: 0, warnings: 0, audited: 0, excepted: 0 },
    violations: [] as NonNullable<PolicyStatus['violations']>,
  };
}

function count(own: ReturnType<typeof emptyFigures> | undefined, finding: Finding, object: PolicyObject): void {
  if (own === undefined) return;
  if (finding.effect === 'warn') own.summary.warnings += 1;
  else if (finding.effect === 'audit') own.summary.audited += 1;
  else own.summary.violations += 1;
  if (own.violations.length >= MOST_SHOWN) return;
  const { namespace } = object.metadata ?? {};
  own.violations.push({
    kind: (object.kind ?? 'Agent') as NonNullable<PolicyStatus['violations']>[number]['kind'],
    name: object.metadata?.name ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    rule: finding.rule,
    message: finding.detail,
  });
}
