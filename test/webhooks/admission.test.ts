import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KINDS, STAMPS } from '../../api/index.ts';
import type { AnyPolicy } from '../../policies/engine/index.ts';
import { mutate } from '../../webhooks/admission/mutate.ts';
import { validate } from '../../webhooks/admission/validate.ts';
import type { AdmissionAnswer } from '../../webhooks/server/review.ts';
import { applyAdds, createAdmission, custom, NOW, OPERATOR, RESTORER, requestOf } from './support/world.ts';

const never = new AbortController().signal;
const by = (username: string) => ({ annotations: { [STAMPS.createdBy]: username } });
const agentSpec = { llmRef: { name: 'gpt' }, system: 'You help.', mcpServers: [{ name: 'shell' }] };
const policy = (name: string, spec: object): AnyPolicy =>
  ({
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind: 'ClusterAgentPolicy',
    metadata: { name },
    spec,
  }) as AnyPolicy;
const noShell = (mode = 'Enforce', more: object = {}) =>
  policy('production', { mode, mcpServers: { deny: ['shell'] }, ...more });

const judge = (object: object, admission = createAdmission(), more: Parameters<typeof requestOf>[1] = {}) =>
  validate(requestOf(object, more), admission, never) as AdmissionAnswer;

describe('the validating webhook', () => {
  const records = [
    custom('TaskRunToolCall', 'r-1-toolcall-01', {
      toolCallId: 'x',
      taskRunRef: { name: 'r-1' },
      toolRef: { name: 'f' },
      arguments: '{}',
    }),
    custom('AgentRevision', 'a-1', { agent: 'a', system: 's', llm: { name: 'l', provider: 'openai' }, tools: [] }),
    custom('TaskLedger', 'tasks', { entries: {} }),
    custom('ContextPage', 'r-1-1', { taskRunRef: { name: 'r-1' }, index: 1, firstMessage: 0, messages: [] }),
  ];
  for (const record of records) {
    it(`lets only the operator, and who restores a backup, create a ${record.kind}`, () => {
      const { code, message = '' } = judge(record);
      assert.equal(code, 403);
      assert.match(message, /^\[kubechain\/authority\] metadata: only the operator creates \w+, not "alice"; fix: /);
      assert.deepEqual(judge(record, createAdmission(), { user: OPERATOR }), { allowed: true });
      assert.deepEqual(judge(record, createAdmission(), { user: RESTORER }), { allowed: true });
      const relabelled = { ...record, metadata: { ...record.metadata, labels: { a: 'b' } } };
      assert.equal(judge(relabelled, createAdmission(), { oldObject: record as never }).allowed, false);
    });
  }

  it('refuses a Task whose expectations no answer could be judged by', () => {
    const expecting = (cel: string) =>
      judge(custom('Task', 't', { agentRef: { name: 'a' }, message: 'm', expect: [{ cel }] }, by('alice')));
    assert.equal(expecting('output.contains("42")').allowed, true);
    const { code, message = '' } = expecting('answer.contains("42")');
    assert.equal(code, 422);
    assert.match(
      message,
      /^\[kubechain\/schema\] spec\.expect\[0\]\.cel: undeclared reference to 'answer'.*; fix: write a condition over `output`/,
    );
  });

  it('lets only the operator write what it found', () => {
    for (const { plural } of KINDS) {
      const status = {
        subResource: 'status',
        resource: { group: KINDS[0]!.group, version: 'v1alpha1', resource: plural },
      };
      const run = custom('TaskRun', 'r-1', { taskRef: { name: 'r' } });
      assert.match(
        judge(run, createAdmission(), { ...status, oldObject: run as never }).message ?? '',
        /only the operator writes/,
      );
      assert.ok(judge(run, createAdmission(), { ...status, oldObject: run as never, user: OPERATOR }).allowed);
    }
  });

  it('refuses answers that others would slip into a tool call', () => {
    const run = custom('TaskRun', 'r-1', { taskRef: { name: 'r' }, taskRunToolCallRef: { name: 'c' } }, by('alice'));
    assert.match(judge(run).message ?? '', /spec\.taskRunToolCallRef: is set by the operator alone/);
    const owners = [{ apiVersion: 'x', kind: 'TaskRunToolCall', name: 'c', uid: 'u', controller: true }];
    const task = custom(
      'Task',
      't',
      { agentRef: { name: 'a' }, message: 'm' },
      { ...by('alice'), ownerReferences: owners },
    );
    assert.match(judge(task).message ?? '', /metadata\.ownerReferences: name a TaskRunToolCall/);
    const { ownerReferences: _, ...bare } = task.metadata as { ownerReferences?: unknown };
    assert.match(
      judge(task, createAdmission(), { oldObject: { ...task, metadata: bare } as never }).message ?? '',
      /ownerReferences/,
    );
  });

  it('believes no stamp that the webhook did not set, and keeps those it did', () => {
    const agent = (metadata: object) => custom('Agent', 'bot', agentSpec, metadata);
    assert.match(judge(agent(by('bob'))).message ?? '', /"bob" is not who creates the object \("alice"\)/);
    assert.match(judge(agent({})).message ?? '', /is missing: the mutating webhook did not set it/);
    assert.ok(judge(agent(by('alice'))).allowed);
    assert.ok(judge(agent(by('bob')), createAdmission(), { user: RESTORER }).allowed);
    for (const [now, before] of [
      [by('bob'), by('alice')],
      [{}, by('alice')],
      [by('alice'), {}],
    ] as const) {
      const answer = judge(agent(now), createAdmission(), { oldObject: agent(before) as never });
      assert.match(answer.message ?? '', /stays so; fix: leave the annotation as it is/);
    }
  });

  it('denies by policy, one line a finding, that names field, value and fix', () => {
    const agent = custom('Agent', 'bot', agentSpec, by('alice'));
    const answer = judge(agent, createAdmission({ policies: [noShell()] }));
    assert.equal(answer.code, 403);
    assert.match(
      answer.message ?? '',
      /^\[production\/mcpServers\.deny\] spec\.mcpServers\[0\]\.name: .*"shell".*; fix: /,
    );
    assert.equal(answer.auditAnnotations?.['denied-by'], 'production/mcpServers.deny');
  });

  it('warns where the mode is Warn, and records where it is Audit', () => {
    const agent = custom('Agent', 'bot', agentSpec, by('alice'));
    const warned = judge(agent, createAdmission({ policies: [noShell('Warn')] }));
    assert.ok(warned.allowed);
    assert.match(warned.warnings?.[0] ?? '', /^\[production\/mcpServers\.deny\]/);
    const audited = judge(agent, createAdmission({ policies: [noShell('Audit')] }));
    assert.deepEqual(audited, { allowed: true, auditAnnotations: { 'audited-by': 'production/mcpServers.deny' } });
  });

  it('judges every tool call with its arguments', () => {
    const call = (args: string) =>
      custom('TaskRunToolCall', 'r-1-toolcall-01', {
        toolCallId: 'x',
        taskRunRef: { name: 'r-1' },
        toolRef: { name: 'fetch__fetch' },
        arguments: args,
        tool: { kind: 'MCPServer', name: 'fetch', tool: 'fetch' },
      });
    const cel = "url(args.url).getHost().endsWith('.example.com')";
    const admission = createAdmission({
      policies: [policy('urls', { tools: { arguments: [{ tools: ['fetch/fetch'], cel, action: 'Deny' }] } })],
    });
    assert.ok(judge(call('{"url":"https://a.example.com/"}'), admission, { user: OPERATOR }).allowed);
    const answer = judge(call('{"url":"https://evil.example.org/"}'), admission, { user: OPERATOR });
    assert.match(answer.message ?? '', /^\[urls\/tools\.arguments/);
  });

  it('lets an object be changed that was there before its policy, but not made worse', () => {
    const old = custom('Agent', 'bot', agentSpec, by('alice'));
    const admission = createAdmission({
      policies: [policy('production', { mcpServers: { deny: ['shell', 'root'] } })],
    });
    const mended = { ...old, spec: { ...agentSpec, system: 'You help a lot.' } };
    const answer = judge(mended, admission, { oldObject: old as never });
    assert.ok(answer.allowed);
    assert.equal(answer.auditAnnotations?.ratcheted, 'production/mcpServers.deny');
    const worse = { ...old, spec: { ...agentSpec, mcpServers: [{ name: 'shell' }, { name: 'root' }] } };
    const refused = judge(worse, admission, { oldObject: old as never });
    assert.match(refused.message ?? '', /"root"/);
    assert.ok(!refused.message?.includes('"shell" '), 'what was there before is not counted');
  });

  it('does not take a new reference for an old finding', () => {
    const llm = (name: string, baseUrl: string) =>
      custom('LLM', name, { provider: 'openai', parameters: { baseUrl, model: 'm' } });
    const admission = createAdmission({
      objects: [llm('good', 'https://api.openai.com/v1'), llm('bad', 'https://evil.example/v1')],
      policies: [policy('models', { llms: { baseURLs: ['https://api.openai.com/'] } })],
    });
    const old = custom('Agent', 'bot', { llmRef: { name: 'good' }, system: 's' }, by('alice'));
    assert.ok(judge(old, admission).allowed);
    const answer = judge({ ...old, spec: { llmRef: { name: 'bad' }, system: 's' } }, admission, {
      oldObject: old as never,
    });
    assert.equal(answer.allowed, false);
  });

  it('stands in the way of nothing else: finalizers, deletion, other people’s annotations', () => {
    const old = custom('Agent', 'bot', agentSpec, { finalizers: ['a/b'] });
    const admission = createAdmission({ policies: [noShell()] });
    const passes = (metadata: object, more: object = {}) =>
      assert.deepEqual(
        judge({ ...old, metadata: { namespace: 'team', name: 'bot', ...metadata }, ...more }, admission, {
          oldObject: old as never,
        }),
        { allowed: true },
      );
    passes({});
    passes({ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } });
    passes({ deletionTimestamp: '2026-01-01T00:00:00Z', labels: { a: 'b' } });
    assert.ok(judge(old, admission, { operation: 'DELETE', object: null } as never).allowed);
  });

  it('refuses a policy that cannot work, with the place where it is wrong', () => {
    const broken = policy('broken', { rules: [{ name: 'r', expression: 'object.spec.(' }] });
    const answer = judge({ ...broken, metadata: { ...broken.metadata, ...by('alice') } });
    assert.equal(answer.code, 422);
    assert.match(answer.message ?? '', /^\[kubechain\/policy\] spec\.rules\[0\]\.expression: line 1, column \d+: /);
  });

  describe('of exceptions', () => {
    const exception = (expiresAt: string) =>
      custom(
        'AgentPolicyException',
        'e',
        {
          policies: [{ kind: 'ClusterAgentPolicy', name: 'production', rules: ['mcpServers.deny'] }],
          objects: [{ kind: 'Agent', name: 'bot' }],
          reason: 'agreed',
          expiresAt,
        },
        by('alice'),
      );
    const tomorrow = new Date(NOW + 86_400_000).toISOString();
    const lenient = noShell('Enforce', { exceptions: { allow: true, maxDuration: '48h' } });
    const ask = async (object: object, policies: AnyPolicy[], allowed: string[] = ['alice except production']) =>
      validate(requestOf(object), createAdmission({ policies, allowed }), never);

    it('asks the policy and RBAC', async () => {
      assert.ok((await ask(exception(tomorrow), [lenient])).allowed);
      assert.match((await ask(exception(tomorrow), [noShell()])).message ?? '', /"production" allows no exceptions/);
      assert.match((await ask(exception(tomorrow), [lenient], [])).message ?? '', /"alice" may not make exceptions/);
      const past = new Date(NOW - 1000).toISOString();
      assert.match((await ask(exception(past), [lenient])).message ?? '', /spec\.expiresAt: .* is past/);
      const late = new Date(NOW + 3 * 86_400_000).toISOString();
      const { message = '' } = await ask(exception(late), [lenient]);
      assert.match(message, /later than .* allows: 48h/);
      const latest = new Date(NOW + 2 * 86_400_000).toISOString();
      assert.ok(message.endsWith(`fix: give ${latest} at the latest`), message);
      assert.ok((await ask(exception(latest), [lenient])).allowed);
    });

    it('asks again when one is widened', async () => {
      const old = exception(tomorrow);
      const wider = structuredClone(old) as { spec: { objects: object[] } };
      wider.spec.objects.push({ kind: 'Agent', name: 'other' });
      const request = requestOf(wider, { user: 'mallory', oldObject: old as never });
      const answer = await validate(request, createAdmission({ policies: [lenient] }), never);
      assert.match(answer.message ?? '', /"mallory" may not make exceptions/);
    });

    it('lets one through what it takes away', () => {
      const agent = custom('Agent', 'bot', agentSpec, by('alice'));
      const admission = createAdmission({ policies: [lenient], objects: [exception(tomorrow)] });
      const answer = judge(agent, admission);
      assert.ok(answer.allowed, answer.message ?? '');
      assert.equal(answer.auditAnnotations?.excepted, 'production/mcpServers.deny');
    });
  });
});

describe('the mutating webhook', () => {
  const metadata = fc.record(
    {
      annotations: fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom(STAMPS.createdBy, STAMPS.changedBy, STAMPS.changeSeal)),
        fc.string(),
      ),
      labels: fc.dictionary(fc.string(), fc.string()),
      name: fc.string(),
    },
    { requiredKeys: [] },
  );
  const object = fc
    .record({
      kind: fc.constantFrom(...KINDS.map(({ kind }) => kind)),
      metadata,
      spec: fc.record(
        {
          approver: fc.record({ username: fc.string(), groups: fc.array(fc.string()) }, { requiredKeys: [] }),
          decision: fc.constantFrom('Approve', 'Reject'),
          toolCallRef: fc.constant({ name: 'c' }),
          other: fc.jsonValue(),
        },
        { requiredKeys: ['toolCallRef', 'decision'] },
      ),
    })
    // As it comes off the wire: fast-check also makes maps without a prototype.
    .map((made): typeof made => JSON.parse(JSON.stringify(made)));

  it('only ever adds map fields that are absent and sets its own stamps, and does nothing when asked again', async () => {
    const call = custom('TaskRunToolCall', 'c', { arguments: '{}' }, { uid: 'u' });
    const admission = createAdmission({ objects: [call] });
    await fc.assert(
      fc.asyncProperty(object, fc.option(object, { nil: undefined }), async (given, old) => {
        const request = requestOf(given, old === undefined ? {} : { oldObject: old as never });
        const { allowed, patch = [] } = await mutate(request, admission, never);
        assert.ok(allowed);
        const patched = applyAdds(given, patch);
        const again = await mutate({ ...request, object: patched } as typeof request, admission, never);
        assert.deepEqual(again.patch ?? [], []);
      }),
      { numRuns: 500 },
    );
  });

  it('says who created an object, and lets no manifest take that away', async () => {
    const bare = custom('Task', 't', { agentRef: { name: 'a' }, message: 'm' });
    const created = await mutate(requestOf(bare), createAdmission(), never);
    const stamps = applyAdds(bare, created.patch ?? []) as unknown as typeof bare & { metadata: ReturnType<typeof by> };
    assert.equal(stamps.metadata.annotations[STAMPS.createdBy], 'alice');
    const old = { ...bare, metadata: { ...bare.metadata, ...by('carol') } };
    const replaced = await mutate(requestOf(bare, { oldObject: old as never, user: 'bob' }), createAdmission(), never);
    assert.deepEqual(replaced.patch, [
      { op: 'add', path: '/metadata/annotations', value: { [STAMPS.createdBy]: 'carol' } },
    ]);
  });
});
