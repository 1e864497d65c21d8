import type {
  Agent,
  AgentPolicy,
  AgentPolicyException,
  ClusterAgentPolicy,
  Kind,
  LLM,
  MCPServer,
  Tool,
} from '../../api/index.ts';
import { GROUP, KINDS, toCustomResourceDefinition } from '../../api/index.ts';
import type { PolicyContext, PolicyObject, PolicyProblem, Severity, Verdict } from '../../policies/engine/index.ts';
import { compilePolicies, evaluate } from '../../policies/engine/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import { provenanceInGit } from '../../policies/provenance/index.ts';
import type { CompiledSchema, JsonObject, SchemaProps } from '../../schema/index.ts';
import { compileSchema } from '../../schema/index.ts';
import type { Manifest } from './manifests.ts';

/** One line of a report. */
export interface Report {
  readonly level: 'error' | 'warning' | 'notice';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `Agent default/billing-bot`. */
  readonly object: string;
  /** `production/tools.deny`, `schema`. */
  readonly rule: string;
  readonly field: string;
  readonly message: string;
  readonly severity: Severity;
  readonly docs?: string;
}

export interface Judgement {
  readonly reports: readonly Report[];
  /** How many objects were judged. */
  readonly judged: number;
  /** Policies that do not compile: the verdicts are about broken ones then. */
  readonly broken: readonly PolicyProblem[];
}

const DEFAULT_NAMESPACE = 'default';
const POLICY_KINDS = new Set(['ClusterAgentPolicy', 'AgentPolicy']);

/**
 * Judges manifests as the cluster will: by the kinds' schemas, then by the policies, in the place `cli`. `policies` and
 * `exceptions` count beside those that are among the manifests.
 */
export function judgeManifests(
  manifests: readonly Manifest[],
  beside: {
    readonly policies: readonly Manifest[];
    readonly exceptions: readonly Manifest[];
    /** Public keys of signed stamps. */
    readonly stampKeys?: readonly StampKey[];
    readonly now: number;
  },
): Judgement {
  const ours = manifests.filter(({ object }) => object.apiVersion.startsWith(`${GROUP}/`));
  const everything = [...beside.policies, ...beside.exceptions, ...ours];
  const policies = unique(everything.filter(({ object }) => POLICY_KINDS.has(object.kind))).map(
    ({ object }) => withNamespace(object) as unknown as ClusterAgentPolicy | AgentPolicy,
  );
  const exceptions = unique(everything.filter(({ object }) => object.kind === 'AgentPolicyException')).map(
    ({ object }) => withNamespace(object) as unknown as AgentPolicyException,
  );
  const set = compilePolicies(policies);
  const world = worldOf(ours);
  const schemas = new Map<string, CompiledSchema>();
  const reports: Report[] = [];
  for (const manifest of ours) {
    const object = withNamespace(manifest.object);
    const faults = schemaFaults(object, schemas);
    for (const { field, message } of faults) {
      reports.push(reportOf(manifest, object, { level: 'error', rule: 'schema', field, message, severity: 'high' }));
    }
    // What the schema refuses has no meaning that a policy could judge.
    if (faults.length > 0 || POLICY_KINDS.has(manifest.object.kind)) continue;
    const namespace = String(object.metadata.namespace ?? '');
    const verdict = evaluate(set, {
      place: 'cli',
      operation: 'CREATE',
      object: object as PolicyObject,
      namespace,
      context: world(object),
      exceptions: exceptions.filter(({ metadata }) => metadata.namespace === namespace),
      provenance: provenanceInGit(object, beside.stampKeys ?? []),
      now: beside.now,
    });
    reports.push(...verdictReports(manifest, object, verdict));
  }
  return { reports, judged: ours.length, broken: set.problems.filter(({ level }) => level === 'error') };
}

function verdictReports(manifest: Manifest, object: Manifest['object'], verdict: Verdict): Report[] {
  const levels = { deny: 'error', requireApproval: 'notice', warn: 'warning', audit: 'notice' } as const;
  return verdict.findings.map((finding) =>
    reportOf(manifest, object, {
      level: levels[finding.effect],
      rule: `${finding.policy.name}/${finding.rule}`,
      field: finding.field,
      message: finding.detail,
      severity: finding.severity,
      ...(finding.docs === undefined ? {} : { docs: finding.docs }),
    }),
  );
}

function reportOf(
  manifest: Manifest,
  object: Manifest['object'],
  report: Omit<Report, 'file' | 'line' | 'column' | 'object'>,
): Report {
  const { namespace, name } = object.metadata;
  const where = namespace === undefined ? String(name ?? '') : `${namespace}/${name ?? ''}`;
  return { ...report, file: manifest.file, ...manifest.position(report.field), object: `${object.kind} ${where}` };
}

/** What the kind's schema says, and the fields that it does not know. */
function schemaFaults(object: Manifest['object'], schemas: Map<string, CompiledSchema>) {
  const kind = KINDS.find((candidate) => candidate.kind === object.kind);
  if (kind === undefined) {
    return [
      {
        field: 'kind',
        message: `${JSON.stringify(object.kind)} is no kind of ${GROUP}; there are ${KINDS.map((known) => known.kind).join(', ')}`,
      },
    ];
  }
  let schema = schemas.get(kind.kind);
  if (schema === undefined) {
    schema = compileSchema(schemaOf(kind));
    schemas.set(kind.kind, schema);
  }
  const copy = structuredClone(object) as JsonObject;
  const unknown = schema.prune(copy).map((field) => ({ field, message: 'unknown field: it would be dropped' }));
  schema.applyDefaults(copy);
  return [...unknown, ...schema.validate(copy).map(({ field, body }) => ({ field, message: body }))];
}

function schemaOf(kind: Kind<unknown>): SchemaProps {
  const [version] = toCustomResourceDefinition(kind).spec.versions as { schema: { openAPIV3Schema: SchemaProps } }[];
  if (version === undefined) throw new Error(`${kind.kind} has no version`);
  return version.schema.openAPIV3Schema;
}

/** The objects around one, found by name among the manifests of its namespace. */
function worldOf(manifests: readonly Manifest[]) {
  const byKey = new Map(
    manifests.map(({ object }) => {
      const { kind, metadata } = withNamespace(object);
      return [`${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`, withNamespace(object)] as const;
    }),
  );
  return (object: Manifest['object']): PolicyContext => {
    const namespace = String(object.metadata.namespace ?? '');
    const find = <T>(kind: string, name: unknown) => byKey.get(`${kind}/${namespace}/${String(name)}`) as T | undefined;
    const spec = (object.spec ?? {}) as { agentRef?: { name?: unknown } } & Partial<Agent['spec']>;
    const agent = object.kind === 'Agent' ? (object as unknown as Agent) : find<Agent>('Agent', spec.agentRef?.name);
    if (agent === undefined) return {};
    const llm = find<LLM>('LLM', agent.spec.llmRef?.name);
    return {
      ...(object.kind === 'Agent' ? {} : { agent }),
      ...(llm === undefined ? {} : { llm }),
      tools: (agent.spec.tools ?? []).flatMap(({ name }) => find<Tool>('Tool', name) ?? []),
      mcpServers: (agent.spec.mcpServers ?? []).flatMap(({ name }) => find<MCPServer>('MCPServer', name) ?? []),
    };
  };
}

/** Manifests leave their namespace out where the one who applies them says it. */
function withNamespace(object: Manifest['object']): Manifest['object'] {
  if (object.kind === 'ClusterAgentPolicy' || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace: DEFAULT_NAMESPACE } };
}

/** A file that is named twice counts once. */
function unique(manifests: readonly Manifest[]): Manifest[] {
  const seen = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const { kind, metadata } = withNamespace(manifest.object);
    seen.set(`${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`, manifest);
  }
  return [...seen.values()];
}
