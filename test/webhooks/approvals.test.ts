import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { GIT_MARKS, STAMPS, type TaskRun } from '../../api/index.ts';
import { argumentsDigest, requesterOf, type SealedDecision, seal, verifySeal } from '../../policies/approvals/index.ts';
import type { AnyPolicy } from '../../policies/engine/index.ts';
import { readStampKeys, signStamp } from '../../policies/provenance/index.ts';
import { mutate } from '../../webhooks/admission/mutate.ts';
import { validate } from '../../webhooks/admission/validate.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../../webhooks/server/review.ts';
import {
  applyAdds,
  createAdmission,
  custom,
  KEY,
  OPERATOR,
  RESTORER,
  requestOf,
  type TestAdmission,
} from './support/world.ts';

const ARGUMENTS = '{"amount":100}';
const never = new AbortController().signal;
const createdBy = (username: string) => ({ annotations: { [STAMPS.createdBy]: username } });

const objects = (over: { readonly state?: string; readonly runBy?: string } = {}) => [
  custom('Task', 'pay', { agentRef: { name: 'billing' }, message: 'pay' }, createdBy('carol')),
  custom('TaskRun', 'pay-1', { taskRef: { name: 'pay' } }, createdBy(over.runBy ?? OPERATOR)),
  custom('Agent', 'billing', { llmRef: { name: 'gpt' }, system: 's', mcpServers: [{ name: 'bank' }] }),
  custom(
    'TaskRunToolCall',
    'pay-1-toolcall-01',
    {
      toolCallId: 'x',
      taskRunRef: { name: 'pay-1' },
      toolRef: { name: 'bank__transfer' },
      arguments: ARGUMENTS,
      tool: { kind: 'MCPServer', name: 'bank', tool: 'transfer' },
    },
    { uid: 'call-uid' },
    { status: { phase: 'Pending', status: over.state ?? 'AwaitingHumanApproval' } },
  ),
];

const approval = (spec: object = {}, metadata: object = {}) =>
  custom(
    'Approval',
    'a1',
    {
      toolCallRef: { name: 'pay-1-toolcall-01' },
      decision: 'Approve',
      argumentsDigest: argumentsDigest(ARGUMENTS),
      ...spec,
    },
    metadata,
  );

const ALICE_MAY = ['alice approve bank/transfer'];

/** What the API server does: the mutating webhook, then the validating one. */
async function admit(object: object, admission: TestAdmission, more: Parameters<typeof requestOf>[1] = {}) {
  const request = requestOf(object, more);
  const mutated = applyAdds(object, (await mutate(request, admission, never)).patch ?? []);
  const answer: AdmissionAnswer = await validate({ ...request, object: mutated } as AdmissionRequest, admission, never);
  return { answer, mutated };
}

describe('approvals at admission', () => {
  it('signs a decision for who is authenticated and admits it', async () => {
    const { answer, mutated } = await admit(approval(), createAdmission({ objects: objects(), allowed: ALICE_MAY }));
    assert.deepEqual(answer, { allowed: true });
    const { spec, metadata } = mutated as {
      spec: { approver: unknown };
      metadata: { annotations: Record<string, string> };
    };
    assert.deepEqual(spec.approver, { username: 'alice', groups: ['system:authenticated'] });
    const decision: SealedDecision = {
      approver: { username: 'alice', groups: ['system:authenticated'] },
      decision: 'Approve',
      toolCallUid: 'call-uid',
      argumentsDigest: argumentsDigest(ARGUMENTS),
    };
    assert.ok(verifySeal([KEY], decision, metadata.annotations[STAMPS.seal]));
    assert.ok(!verifySeal([KEY], { ...decision, toolCallUid: 'another' }, metadata.annotations[STAMPS.seal]));
  });

  const refused: [string, () => Parameters<typeof admit>, RegExp][] = [
    [
      'another approver than who is authenticated',
      () => [approval({ approver: { username: 'bob' } }), createAdmission({ objects: objects(), allowed: ALICE_MAY })],
      /\[kubechain\/approvals\] spec\.approver: "bob" is not who decides here/,
    ],
    [
      'groups that the user is not in',
      () => [
        approval({ approver: { username: 'alice', groups: ['admins'] } }),
        createAdmission({ objects: objects(), allowed: ALICE_MAY }),
      ],
      /their uid or groups are others/,
    ],
    [
      'another digest',
      () => [
        approval({ argumentsDigest: argumentsDigest('{}') }),
        createAdmission({ objects: objects(), allowed: ALICE_MAY }),
      ],
      /approvals\.digest\] spec\.argumentsDigest: .*is not the digest/,
    ],
    [
      'an approval without a digest',
      () => [approval({ argumentsDigest: undefined }), createAdmission({ objects: objects(), allowed: ALICE_MAY })],
      /approvals\.digest.*required to approve/,
    ],
    [
      'a call that does not wait',
      () => [approval(), createAdmission({ objects: objects({ state: 'Ready' }), allowed: ALICE_MAY })],
      /approvals\.waiting.*does not wait for an approval \(it is Ready\)/,
    ],
    [
      'a call that is not there',
      () => [approval({ toolCallRef: { name: 'none' } }), createAdmission({ objects: objects(), allowed: ALICE_MAY })],
      /approvals\.call.*there is no TaskRunToolCall "none"/,
    ],
    [
      'who asked for the run, through the Task that the operator ran',
      () => [
        approval(),
        createAdmission({ objects: objects(), allowed: ['carol approve bank/transfer'] }),
        { user: 'carol' },
      ],
      /approvals\.requester.*"carol" asked for the run/,
    ],
    [
      'who created the run',
      () => [approval(), createAdmission({ objects: objects({ runBy: 'alice' }), allowed: ALICE_MAY })],
      /approvals\.requester/,
    ],
    [
      'a service account',
      () => [
        approval(),
        createAdmission({ objects: objects(), allowed: ['system:serviceaccount:argocd:argocd approve bank/transfer'] }),
        { user: 'system:serviceaccount:argocd:argocd' },
      ],
      /approvals\.service-account.*a person has to decide/,
    ],
    [
      'a second vote of the same person',
      () => [
        approval(),
        createAdmission({
          objects: [
            ...objects(),
            { ...approval({ approver: { username: 'alice' } }), metadata: { namespace: 'team', name: 'earlier' } },
          ],
          allowed: ALICE_MAY,
        }),
      ],
      /approvals\.second-vote.*has decided about this call already/,
    ],
    [
      'whom RBAC does not let',
      () => [approval(), createAdmission({ objects: objects(), allowed: ['alice reject bank/transfer'] })],
      /"alice" may not approve calls of bank\/transfer/,
    ],
    [
      'a forged seal',
      () => [
        approval({}, { annotations: { [STAMPS.seal]: 'v1.00000000.AAAA' } }),
        createAdmission({ objects: objects(), allowed: ALICE_MAY }),
      ],
      /is no seal of this decision/,
    ],
  ];
  for (const [what, given, message] of refused) {
    it(`refuses ${what}`, async () => {
      const { answer } = await admit(...given());
      assert.equal(answer.allowed, false);
      assert.match(answer.message ?? '', message);
      assert.ok(!answer.message?.includes('\n'), 'one line a finding');
    });
  }

  it('lets RBAC speak of all tools of a server', async () => {
    const { answer } = await admit(
      approval(),
      createAdmission({ objects: objects(), allowed: ['alice approve bank/*'] }),
    );
    assert.equal(answer.allowed, true);
  });

  it('asks for the groups that policy wants, and for a person where it does not say otherwise', async () => {
    const policy = {
      apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
      kind: 'ClusterAgentPolicy',
      metadata: { name: 'payments' },
      spec: {
        tools: { requireApproval: ['bank/*'] },
        approval: { approvers: { groups: ['treasurers'] }, allowServiceAccounts: true },
      },
    } as AnyPolicy;
    const admission = createAdmission({
      objects: objects(),
      policies: [policy],
      allowed: [...ALICE_MAY, 'system:serviceaccount:a:b approve bank/transfer'],
    });
    const outside = await admit(approval(), admission);
    assert.match(outside.answer.message ?? '', /approvals\.approvers.*none of the groups that may decide: treasurers/);
    const inside = await admit(approval(), admission, { user: { username: 'alice', groups: ['treasurers'] } });
    assert.deepEqual(inside.answer, { allowed: true });
    const robot = await admit(approval(), admission, {
      user: { username: 'system:serviceaccount:a:b', groups: ['treasurers'] },
    });
    assert.deepEqual(robot.answer, { allowed: true });
  });

  it('refuses every later change, of seal and decision', async () => {
    const admission = createAdmission({ objects: objects(), allowed: ALICE_MAY });
    const { mutated } = await admit(approval(), admission);
    const changed = structuredClone(mutated) as {
      spec: { decision: string };
      metadata: { annotations: Record<string, string> };
    };
    changed.spec.decision = 'Reject';
    const other = await validate(requestOf(changed, { oldObject: mutated as never }), admission, never);
    assert.match(other.message ?? '', /spec: is not changed after the decision/);
    const resealed = structuredClone(mutated) as typeof changed;
    resealed.metadata.annotations[STAMPS.seal] = 'v1.x.y';
    const unsealed = await validate(requestOf(resealed, { oldObject: mutated as never }), admission, never);
    assert.match(unsealed.message ?? '', /seal"\]: is not changed/);
  });

  it('brings sealed Approvals back as they were, for the identity of a backup', async () => {
    const admission = createAdmission({ objects: objects(), allowed: ALICE_MAY });
    const { mutated } = await admit(approval(), admission);
    const again = await admit(mutated, createAdmission({ objects: [] }), { user: RESTORER });
    assert.deepEqual(again.mutated, mutated);
    assert.equal(again.answer.allowed, true);
    const bySomebody = await admit(mutated, createAdmission({ objects: objects() }), { user: 'mallory' });
    assert.equal(bySomebody.answer.allowed, false);
  });
});

describe('seals', () => {
  const decision = fc.record({
    approver: fc.record({
      username: fc.string(),
      uid: fc.string({ minLength: 1 }),
      groups: fc.array(fc.string(), { maxLength: 4 }),
    }),
    decision: fc.constantFrom('Approve' as const, 'Reject' as const),
    toolCallUid: fc.string(),
    argumentsDigest: fc.string({ minLength: 1 }),
  });

  it('hold for the decision they were made for, and for no other', () => {
    fc.assert(
      fc.property(decision, decision, (one, other) => {
        const value = seal(KEY, one);
        assert.ok(
          verifySeal(
            [KEY],
            { ...one, approver: { ...one.approver, groups: [...one.approver.groups].reverse() } },
            value,
          ),
        );
        const set = (groups: readonly string[]) => JSON.stringify([...new Set(groups)].sort());
        const same =
          JSON.stringify({ ...one, approver: { ...one.approver, groups: set(one.approver.groups) } }) ===
          JSON.stringify({ ...other, approver: { ...other.approver, groups: set(other.approver.groups) } });
        assert.equal(verifySeal([KEY], other, value), same);
        assert.ok(!verifySeal([Buffer.alloc(32, 8)], one, value));
        assert.ok(verifySeal([Buffer.alloc(32, 8), KEY], one, value));
      }),
    );
  });

  it('need a key that nobody guesses', () => {
    assert.throws(
      () => seal(Buffer.alloc(16), { approver: { username: 'a' }, decision: 'Approve', toolCallUid: 'u' }),
      /32 bytes/,
    );
  });
});

describe('who asked for a run', () => {
  const admission = createAdmission({
    objects: [
      ...objects(),
      custom('Task', 'sub', { agentRef: { name: 'helper' }, message: 'm' }, createdBy(OPERATOR)),
      custom(
        'TaskRun',
        'sub-1',
        { taskRef: { name: 'sub' }, taskRunToolCallRef: { name: 'pay-1-toolcall-01' } },
        createdBy(OPERATOR),
      ),
    ],
  });
  const ask = (run: unknown) => requesterOf(run as TaskRun, admission.world, (name) => name === OPERATOR);

  it('is found through delegation', () => {
    assert.deepEqual(ask(admission.world.run('team', 'sub-1')), { kind: 'known', username: 'carol' });
  });

  it('is who wrote the commit too, where its signature is trusted: they do not approve what GitOps applied for them', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const stampKeys = readStampKeys(publicKey.export({ type: 'spki', format: 'pem' }) as string);
    const argo = 'system:serviceaccount:argocd:argocd-application-controller';
    const marks = {
      repo: 'https://github.com/acme/agents',
      path: 'pay.yaml',
      revision: 'a'.repeat(40),
      author: 'Dora@acme.example',
    };
    const spec = { agentRef: { name: 'billing' }, message: 'pay' };
    const signature = signStamp(privateKey, custom('Task', 'pay', spec), marks);
    const applied = (said: typeof marks) => {
      const { repo, path, revision, author } = GIT_MARKS;
      const annotations = {
        ...createdBy(argo).annotations,
        [repo]: said.repo,
        [path]: said.path,
        [revision]: said.revision,
        [author]: said.author,
        [GIT_MARKS.signature]: signature,
      };
      return [custom('Task', 'pay', spec, { annotations }), ...objects().filter(({ kind }) => kind !== 'Task')];
    };
    const allowed = ['dora@acme.example', 'oidc:dora@acme.example', 'bob'].map((who) => `${who} approve bank/transfer`);
    const asked = async (user: string, given: object[], keys = stampKeys) =>
      (await admit(approval(), createAdmission({ objects: given, allowed, stampKeys: keys }), { user })).answer;
    for (const dora of ['dora@acme.example', 'oidc:dora@acme.example'])
      assert.match(
        (await asked(dora, applied(marks))).message ?? '',
        /asked for the run; somebody else has to approve/,
      );
    assert.ok((await asked('bob', applied(marks))).allowed);
    const forged = applied({ ...marks, author: 'bob' });
    assert.ok((await asked('bob', forged)).allowed, 'what is not signed is no author');
    assert.ok((await asked('dora@acme.example', applied(marks), [])).allowed, 'no key is trusted here');
  });

  it('is unknown where nothing says so, and why is said', () => {
    const lost = ask(custom('TaskRun', 'x-1', { taskRef: { name: 'gone' } }));
    assert.deepEqual(lost, { kind: 'unknown', why: 'Task gone is not there' });
  });

  it('ends also where runs claim to be each other’s parents', () => {
    const circle = createAdmission({
      objects: [
        custom('TaskRun', 'r', { taskRef: { name: 't' }, taskRunToolCallRef: { name: 'c' } }),
        custom('TaskRunToolCall', 'c', { taskRunRef: { name: 'r' } }),
      ],
    });
    const found = requesterOf(circle.world.run('team', 'r') as TaskRun, circle.world, () => false);
    assert.equal(found.kind, 'unknown');
  });
});
