import assert from 'node:assert/strict';
import type { Approval, TaskRunToolCall } from '../../../api/index.ts';
import { API_VERSION, GROUP, KINDS, STAMPS, VERSION } from '../../../api/index.ts';
import { argumentsDigest } from '../../../policies/approvals/index.ts';
import type { AnyPolicy, PolicyObject, PolicyUser } from '../../../policies/engine/index.ts';
import { checkPolicy, compilePolicies } from '../../../policies/engine/index.ts';
import type { StampKey } from '../../../policies/provenance/index.ts';
import { createIdentities, DEFAULT_OPERATOR } from '../../../webhooks/admission/identities.ts';
import type { Admission, World } from '../../../webhooks/admission/types.ts';
import { awaitsApproval } from '../../../webhooks/caches.ts';
import { noMetrics } from '../../../webhooks/metrics.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../../../webhooks/server/review.ts';
import { createRecordingLogger } from '../../support/logger.ts';
import { createManualClock } from '../../support/manualClock.ts';

export const KEY = Buffer.alloc(32, 7);
export const OPERATOR = DEFAULT_OPERATOR;
export const RESTORER = 'system:serviceaccount:velero:velero';
export const NOW = Date.parse('2026-01-01T00:00:00Z');

interface Contents {
  readonly objects?: readonly object[];
  readonly policies?: readonly AnyPolicy[];
  /** `username verb name` that RBAC lets. */
  readonly allowed?: readonly string[];
  readonly stampKeys?: readonly StampKey[];
  /** Milliseconds since 1970; `NOW` unless told. */
  readonly now?: number;
}

export interface TestAdmission extends Admission {
  readonly asked: string[];
}

/** An Admission over objects in memory. */
export function createAdmission({
  objects = [],
  policies = [],
  allowed = [],
  stampKeys = [],
  now = NOW,
}: Contents = {}): TestAdmission {
  const all = objects as { kind: string; metadata: { namespace?: string; name: string }; spec: never }[];
  const find = (kind: string, namespace: string, name: string) =>
    all.find(
      (each) => each.kind === kind && each.metadata.name === name && (each.metadata.namespace ?? '') === namespace,
    ) as never;
  const set = compilePolicies(policies);
  const toolCall = (namespace: string, name: string): TaskRunToolCall | undefined =>
    find('TaskRunToolCall', namespace, name);
  const world: World = {
    policies: () => set,
    policy: ({ kind, name, namespace }) =>
      policies.find(
        (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
      ),
    checkPolicy,
    exceptions: (namespace) =>
      all.filter((each) => each.kind === 'AgentPolicyException' && each.metadata.namespace === namespace) as never,
    namespace: (name) => ({ metadata: { labels: { 'kubernetes.io/metadata.name': name } } }),
    agent: (namespace, name) => find('Agent', namespace, name),
    llm: (namespace, name) => find('LLM', namespace, name),
    tool: (namespace, name) => find('Tool', namespace, name),
    mcpServer: (namespace, name) => find('MCPServer', namespace, name),
    task: (namespace, name) => find('Task', namespace, name),
    run: (namespace, name) => find('TaskRun', namespace, name),
    toolCall,
    callToDecide(namespace, name) {
      const call = toolCall(namespace, name);
      return (
        call && {
          name,
          uid: call.metadata.uid ?? '',
          argumentsDigest: argumentsDigest(call.spec.arguments),
          awaiting: awaitsApproval(call),
          state: call.status?.status ?? 'new',
        }
      );
    },
    approvalsOf: (namespace, name) =>
      all.filter((each) => {
        const approval = each as unknown as Approval;
        return (
          each.kind === 'Approval' && each.metadata.namespace === namespace && approval.spec.toolCallRef.name === name
        );
      }) as never,
    sealKey: () => KEY,
    settled: () => Promise.resolve(),
  };
  const asked: string[] = [];
  return {
    world,
    asked,
    stampKeys,
    identities: createIdentities({ restorers: [RESTORER] }),
    access: {
      allowed: async (user, questions) =>
        questions.some(({ verb, name }) => {
          const question = `${user.username} ${verb} ${name}`;
          asked.push(question);
          return allowed.includes(question);
        }),
    },
    clock: createManualClock(now),
    logger: createRecordingLogger(),
    metrics: noMetrics,
  };
}

/** An AdmissionRequest about an object. */
export function requestOf(
  object: object | null,
  more: Partial<Omit<AdmissionRequest, 'user'>> & { readonly user?: string | PolicyUser } = {},
): AdmissionRequest {
  const given = (object ?? more.oldObject ?? {}) as PolicyObject;
  const kind = KINDS.find((each) => each.kind === given.kind);
  const { user = 'alice', ...rest } = more;
  return {
    uid: 'uid-1',
    operation: more.oldObject ? 'UPDATE' : 'CREATE',
    resource: { group: GROUP, version: VERSION, resource: kind?.plural ?? 'unknown' },
    kind: { group: GROUP, version: VERSION, kind: given.kind ?? '' },
    subResource: '',
    name: given.metadata?.name ?? '',
    namespace: kind?.namespaced === false ? '' : 'team',
    user: typeof user === 'string' ? { username: user, groups: ['system:authenticated'] } : user,
    dryRun: false,
    object: object as PolicyObject | null,
    oldObject: null,
    ...rest,
  };
}

/** The JSON of a review, as the API server sends it. */
export const reviewOf = ({ user, ...request }: AdmissionRequest): object => ({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request: { ...request, userInfo: user },
});

export const custom = (kind: string, name: string, spec: object, metadata: object = {}, more: object = {}) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { namespace: 'team', name, ...metadata },
  spec,
  ...more,
});

const OWN_STAMPS = new Set(
  [STAMPS.changedBy, STAMPS.changeSeal].map((name) => `/metadata/annotations/${name.replaceAll('/', '~1')}`),
);

/** The object with a patch applied; fails where it does anything but add an absent map field or set a stamp of the webhook's own. */
export function applyAdds(object: object, patch: NonNullable<AdmissionAnswer['patch']>): Record<string, unknown> {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const { op, path, value } of patch) {
    const own = op === 'replace' && OWN_STAMPS.has(path);
    assert.ok(own || op === 'add', `${op} ${path}`);
    const fields = path
      .slice(1)
      .split('/')
      .map((field) => field.replaceAll('~1', '/').replaceAll('~0', '~'));
    let parent = copy;
    for (const field of fields.slice(0, -1)) parent = parent[field] as Record<string, unknown>;
    assert.equal(Object.hasOwn(parent, fields.at(-1) as string), own, `${op} ${path}`);
    parent[fields.at(-1) as string] = value;
  }
  return copy;
}
