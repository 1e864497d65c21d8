import assert from 'node:assert/strict';
import { type AdmissionServer, messageOf, startAdmissionServer } from './admission.server.ts';

type Fields = { readonly [field: string]: unknown };

const apply = (expression: string): Fields => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patch = (expression: string): Fields => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

describe('mutating admission policies', () => {
  let server: AdmissionServer;

  before(async () => {
    server = await startAdmissionServer('admission-mutations');
  });

  after(() => server[Symbol.asyncDispose]());

  const policy = async (name: string, mutations: readonly Fields[], more: Fields = {}): Promise<void> => {
    const type = 'admissionregistration.k8s.io/v1';
    const resourceRules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }];
    const answers = [
      await server.configure('mutatingadmissionpolicies', {
        apiVersion: type,
        kind: 'MutatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: { resourceRules, objectSelector: { matchLabels: { t: name } } },
          reinvocationPolicy: 'Never',
          mutations,
          ...more,
        },
      } as { metadata: { name: string } }),
      await server.configure('mutatingadmissionpolicybindings', {
        apiVersion: type,
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: `${name}-binding` },
        spec: { policyName: name },
      } as { metadata: { name: string } }),
    ];
    for (const answer of answers) assert.equal(answer.code, 201, JSON.stringify(answer.body));
  };

  it('applies configurations and patches, one after the other', async () => {
    await policy(
      'changes',
      [
        apply('Object{metadata: Object.metadata{annotations: {"n": variables.n}}}'),
        patch(
          '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("seen"), value: object.metadata.annotations.n}]',
        ),
      ],
      { variables: [{ name: 'n', expression: 'object.data.n' }] },
    );
    await server.effective('changes', (answer) => JSON.stringify(answer.body).includes('seen'));
    const { body } = await server.create('changes');
    const { metadata, data } = body as { metadata: { annotations: unknown; labels: unknown }; data: unknown };
    assert.deepEqual(metadata.annotations, { n: '4' });
    assert.deepEqual(metadata.labels, { t: 'changes' });
    assert.deepEqual(data, { n: '4', seen: '4' });
  });

  it('refuses where a mutation fails', async () => {
    await policy('fails', [apply('Object{metadata: Object.metadata{annotations: {"n": object.data.nope}}}')]);
    await server.effective('fails', (answer) => answer.code !== 201);
    const answer = await server.create('fails');
    assert.equal(answer.code, 403);
    assert.equal(
      messageOf(answer),
      `policy 'fails' with binding 'fails-binding' denied request: expression 'Object{metadata: Object.metadata{annotations: {"n": object.data.nope}}}' resulted in error: no such key: nope`,
    );
  });

  it('refuses expressions of the wrong type', async () => {
    const answer = await server.configure('mutatingadmissionpolicies', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'untyped' },
      spec: {
        matchConstraints: {
          resourceRules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        },
        reinvocationPolicy: 'Never',
        mutations: [apply('"text"')],
      },
    } as { metadata: { name: string } });
    assert.equal(answer.code, 422);
    assert.match(
      messageOf(answer),
      /spec\.mutations\[0\]\.applyConfiguration\.expression: Invalid value: "\\"text\\"": must evaluate to Object but got string/,
    );
  });
});
