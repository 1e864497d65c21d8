import { isDeepStrictEqual } from 'node:util';
import { type Approval, type Approver, approvals, GROUP, STAMPS } from '../../api/index.ts';
import type { Requester } from '../../policies/approvals/index.ts';
import { approvalProblems, requesterOf, seal, verifySeal } from '../../policies/approvals/index.ts';
import type { ApprovalDemand, PolicyUser, ToolIdentity } from '../../policies/engine/index.ts';
import { evaluate, toolNames } from '../../policies/engine/index.ts';
import { aroundCall } from '../../policies/surroundings.ts';
import type { Admission, KindRules, Opinion, Refusal, Subject } from '../admission/types.ts';

/** The virtual resource on which RBAC says who may `approve` and `reject`: its objects are `<mcpserver>/<tool>`. */
export const APPROVALS_RESOURCE = 'toolapprovals';

/** How long a decision waits for the caches to know the call: who decides has just seen it. */
const CACHE_PATIENCE_MS = 1000;

/** A person’s decision: signed for who is authenticated, and refused to anybody else. */
export const approvalRules: KindRules = {
  kind: approvals,
  writers: 'anyone',
  stamped: true,

  async additions(subject, { world, identities }, signal) {
    const { object, oldObject, user, namespace } = subject;
    if (oldObject !== undefined) return {};
    const { spec, metadata } = object as unknown as Approval;
    // What a backup brings back is signed already.
    if (identities.isRestorer(user.username) && metadata.annotations?.[STAMPS.seal] !== undefined) return {};
    const approver = { ...approverOf(user), ...spec.approver };
    await world.settled(
      () => world.callToDecide(namespace, spec.toolCallRef.name) !== undefined,
      CACHE_PATIENCE_MS,
      signal,
    );
    const call = world.callToDecide(namespace, spec.toolCallRef.name);
    const key = world.sealKey();
    const sealed =
      call === undefined || key === undefined || !isSame(approver, user)
        ? undefined
        : seal(key, {
            approver,
            decision: spec.decision,
            toolCallUid: call.uid,
            ...(spec.argumentsDigest === undefined ? {} : { argumentsDigest: spec.argumentsDigest }),
          });
    return {
      spec: { approver: approverOf(user) },
      metadata: { annotations: sealed === undefined ? {} : { [STAMPS.seal]: sealed } },
    };
  },

  check({ object, oldObject, user }) {
    if (oldObject !== undefined)
      return { refusals: changeRefusals(object as unknown as Approval, oldObject as unknown as Approval) };
    return { refusals: approverRefusals(object as unknown as Approval, user) };
  },

  async consult(subject, admission, signal) {
    if (subject.oldObject !== undefined) return {};
    const { world } = admission;
    const { object, namespace, user } = subject;
    const approval = object as unknown as Approval;
    const name = approval.spec.toolCallRef.name;
    await world.settled(() => world.callToDecide(namespace, name)?.awaiting === true, CACHE_PATIENCE_MS, signal);
    const opinion = judge(subject, admission);
    if ((opinion.refusals ?? []).length > 0) return opinion;
    const tool = world.toolCall(namespace, name)?.spec.tool;
    const verb = approval.spec.decision === 'Approve' ? 'approve' : 'reject';
    const names = namesInRbac(tool === undefined ? undefined : identityOf(tool, world.tool(namespace, tool.name)));
    const allowed = await admission.access.allowed(
      user,
      names.map((each) => ({ verb, group: GROUP, resource: APPROVALS_RESOURCE, name: each, namespace })),
      signal,
    );
    if (allowed) return opinion;
    return {
      refusals: [
        {
          rule: 'approvals',
          field: 'spec.approver',
          message: `${JSON.stringify(user.username)} may not ${verb} calls of ${names[0]}; fix: ask who may, or get a role with the verb "${verb}" on ${APPROVALS_RESOURCE}.${GROUP}`,
        },
      ],
    };
  },
};

function judge({ object, namespace, user }: Subject, admission: Admission): Opinion {
  const { world, clock, identities } = admission;
  const approval = object as unknown as Approval;
  const name = approval.spec.toolCallRef.name;
  const call = world.callToDecide(namespace, name);
  const toolCall = world.toolCall(namespace, name);
  const run = toolCall === undefined ? undefined : world.run(namespace, toolCall.spec.taskRunRef.name);
  const requester: Requester =
    run === undefined
      ? { kind: 'unknown', why: 'the run is not there' }
      : requesterOf(run, world, identities.isOperator, admission.stampKeys);
  const problems = approvalProblems({
    approval: { ...approval, metadata: { ...approval.metadata, namespace } },
    approver: approverOf(user),
    call,
    requester,
    others: call === undefined ? [] : world.approvalsOf(namespace, name, call.uid),
    demand: toolCall === undefined ? undefined : demandOf(namespace, toolCall, run, admission),
    now: clock.now(),
  });
  const refusals: Refusal[] = problems.map(({ rule, field, message }) => ({
    rule: `approvals.${rule}`,
    field,
    message,
  }));
  if (refusals.length === 0 && call !== undefined)
    refusals.push(...sealRefusals(approval, user, call.uid, world.sealKey()));
  const warnings =
    requester.kind === 'unknown' && refusals.length === 0
      ? [`[kubechain/approvals.requester] it is not known who asked for the run: ${requester.why}`]
      : [];
  return { refusals, warnings };
}

/** What policies ask of who approves this call, now. */
function demandOf(
  namespace: string,
  call: NonNullable<ReturnType<Admission['world']['toolCall']>>,
  run: Parameters<typeof aroundCall>[3],
  { world, clock }: Admission,
): ApprovalDemand | undefined {
  const policies = world.policies();
  if (policies.policies.length === 0) return undefined;
  const namespaceObject = world.namespace(namespace);
  const verdict = evaluate(policies, {
    place: 'runtime',
    operation: 'CREATE',
    object: { ...call },
    namespace,
    ...(namespaceObject === undefined ? {} : { namespaceObject }),
    context: aroundCall(world, namespace, call, run),
    exceptions: world.exceptions(namespace),
    now: clock.now(),
  });
  return verdict.approval;
}

/** The approver that is added: who is authenticated. */
function approverOf({ username, uid, groups }: PolicyUser): Approver {
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    ...(groups === undefined || groups.length === 0 ? {} : { groups: [...groups] }),
  };
}

/** Whether these are the same person, groups compared as a set. */
function isSame(approver: Partial<Approver>, user: PolicyUser): boolean {
  const set = (groups: readonly string[] | undefined): string[] => [...new Set(groups ?? [])].sort();
  return (
    approver.username === user.username &&
    (approver.uid ?? '') === (user.uid ?? '') &&
    isDeepStrictEqual(set(approver.groups), set(user.groups))
  );
}

function approverRefusals({ spec }: Approval, user: PolicyUser): Refusal[] {
  const refuse = (message: string): Refusal[] => [{ rule: 'approvals', field: 'spec.approver', message }];
  if (spec.approver === undefined) return refuse('is missing: the mutating webhook did not set it; fix: try again');
  if (isSame(spec.approver, user)) return [];
  const who =
    spec.approver.username === user.username
      ? 'their uid or groups are others'
      : `that is ${JSON.stringify(user.username)}`;
  return refuse(
    `${JSON.stringify(spec.approver.username)} is not who decides here: ${who}; fix: leave spec.approver out, it is set for you`,
  );
}

function sealRefusals(
  { spec, metadata }: Approval,
  user: PolicyUser,
  toolCallUid: string,
  key: Uint8Array | undefined,
): Refusal[] {
  const field = `metadata.annotations["${STAMPS.seal}"]`;
  const value = metadata.annotations?.[STAMPS.seal];
  const decision = {
    approver: approverOf(user),
    decision: spec.decision,
    toolCallUid,
    ...(spec.argumentsDigest === undefined ? {} : { argumentsDigest: spec.argumentsDigest }),
  };
  if (key !== undefined && verifySeal([key], decision, value)) return [];
  const message =
    value === undefined
      ? 'is missing: the mutating webhook did not set it; fix: try again'
      : 'is no seal of this decision; fix: leave the annotation out, it is set for you';
  return [{ rule: 'approvals', field, message }];
}

/** A decision stays as it was made: its seal and its label-less rest too. */
function changeRefusals(approval: Approval, old: Approval): Refusal[] {
  const sealed = approval.metadata.annotations?.[STAMPS.seal] === old.metadata.annotations?.[STAMPS.seal];
  if (sealed && isDeepStrictEqual(approval.spec, old.spec)) return [];
  const field = sealed ? 'spec' : `metadata.annotations["${STAMPS.seal}"]`;
  return [{ rule: 'approvals', field, message: 'is not changed after the decision; a decision stands' }];
}

function identityOf(
  { kind, name, tool }: { readonly kind: 'Tool' | 'MCPServer'; readonly name: string; readonly tool?: string },
  object:
    | {
        readonly spec: {
          readonly execute?: { readonly builtin?: { readonly name: string } };
          readonly agentRef?: { readonly name: string };
        };
      }
    | undefined,
): ToolIdentity {
  if (kind === 'MCPServer') return { kind, server: name, name: tool ?? '' };
  const builtin = object?.spec.execute?.builtin?.name;
  const agent = object?.spec.agentRef?.name;
  return { kind, name, ...(builtin === undefined ? {} : { builtin }), ...(agent === undefined ? {} : { agent }) };
}

/** By which names RBAC may let somebody decide: the tool's own, then all of its server. */
function namesInRbac(tool: ToolIdentity | undefined): readonly string[] {
  if (tool === undefined) return ['*'];
  const names = toolNames(tool);
  return [...names.map(({ id }) => id), ...new Set(names.map(({ server }) => `${server}/*`)), '*'];
}
