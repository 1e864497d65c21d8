import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { GIT_MARKS, STAMPS } from '../../api/index.ts';
import type { AnyPolicy } from '../../policies/engine/index.ts';
import { lastWriterOf, readStampKeys, signStamp } from '../../policies/provenance/index.ts';
import { mutate } from '../../webhooks/admission/mutate.ts';
import { validate } from '../../webhooks/admission/validate.ts';
import type { AdmissionAnswer } from '../../webhooks/server/review.ts';
import { applyAdds, createAdmission, custom, KEY, RESTORER, requestOf } from './support/world.ts';

const never = new AbortController().signal;
const ARGO = 'system:serviceaccount:argocd:argocd-application-controller';
const TRACKED = { 'argocd.argoproj.io/tracking-id': 'agents:kubechain.humanlayer.dev/Agent:team/bot' };
type Made = ReturnType<typeof custom> & { metadata: { annotations?: Record<string, string> } };

const agent = (system: string, annotations: Record<string, string> = {}): Made =>
  custom('Agent', 'bot', { llmRef: { name: 'gpt' }, system }, { annotations }) as Made;
const annotated = (object: Made, annotations: Record<string, string | undefined>): Made => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } as never },
});

/** What is stored when `user` writes `object`: after the mutating webhook. */
async function written(object: Made, user: string, oldObject?: Made): Promise<Made> {
  const request = requestOf(object, { user, ...(oldObject === undefined ? {} : { oldObject: oldObject as never }) });
  const { patch = [] } = await mutate(request, createAdmission(), never);
  return applyAdds(object, patch) as unknown as Made;
}
const judged = (object: Made, user: string, oldObject?: Made, admission = createAdmission()) =>
  validate(
    requestOf(object, { user, ...(oldObject === undefined ? {} : { oldObject: oldObject as never }) }),
    admission,
    never,
  ) as AdmissionAnswer;
const writer = (object: Made) => lastWriterOf([KEY], object);

describe('who changed a definition last', () => {
  it('is sealed by the webhook for who is authenticated', async () => {
    const first = await written(agent('One.', TRACKED), ARGO);
    assert.equal(writer(first), ARGO);
    assert.ok(judged(first, ARGO).allowed);
    const edited = await written(
      { ...first, spec: { llmRef: { name: 'gpt' }, system: 'Two.' } as never },
      'mallory',
      first,
    );
    assert.equal(writer(edited), 'mallory');
    assert.equal(edited.metadata.annotations?.[STAMPS.createdBy], ARGO);
    assert.equal(writer(await written({ ...edited, spec: first.spec }, ARGO, edited)), ARGO);
  });

  it('is whoever changes what the object says of its commit, too', async () => {
    const first = await written(agent('One.', { ...TRACKED, [GIT_MARKS.repo]: 'r', [GIT_MARKS.revision]: 'a' }), ARGO);
    assert.equal(writer(await written(annotated(first, { [GIT_MARKS.revision]: 'b' }), 'mallory', first)), 'mallory');
    const untracked = annotated(first, { 'argocd.argoproj.io/tracking-id': 'other:x/Agent:team/bot' });
    assert.equal(writer(await written(untracked, 'mallory', first)), 'mallory');
  });

  it('stays as it was when anything else changes, whatever the writer sends', async () => {
    const first = await written(agent('One.', TRACKED), ARGO);
    const relabelled = { ...first, metadata: { ...first.metadata, labels: { a: 'b' } } };
    assert.equal(writer(await written(relabelled, 'bob', first)), ARGO);
    const bare = agent('One.', TRACKED);
    const restored = await written(bare, 'bob', first);
    assert.equal(writer(restored), ARGO, 'a manifest without the stamps does not take them away');
    const forged = annotated(first, { [STAMPS.changedBy]: 'bob' });
    assert.equal(writer(await written(forged, 'bob', first)), ARGO);
    assert.match(judged(forged, 'bob', first).message ?? '', /is not what the webhook sets/);
  });

  it('cannot be forged where the mutating webhook was not asked', async () => {
    const first = await written(agent('One.', TRACKED), ARGO);
    const edited = { ...first, spec: { llmRef: { name: 'gpt' }, system: 'Evil.' } as never };
    assert.match(judged(edited, 'mallory', first).message ?? '', /changed-by.*is not what the webhook sets/);
    assert.equal(writer(edited), undefined, 'the seal is about another spec');
    const renamed = { ...first, metadata: { ...first.metadata, name: 'other' } };
    assert.equal(writer(renamed), undefined, 'or about another object');
    const claimed = annotated(agent('Evil.', TRACKED), { [STAMPS.changedBy]: ARGO, [STAMPS.changeSeal]: 'v1.x.y' });
    assert.equal(writer(claimed), undefined);
    assert.equal(lastWriterOf([Buffer.alloc(32, 9)], first), undefined, 'nor sealed with another key');
  });

  it('comes back with a backup', async () => {
    const first = await written(agent('One.', TRACKED), ARGO);
    const restored = await written(first, RESTORER);
    assert.equal(writer(restored), ARGO);
    assert.ok(judged(restored, RESTORER).allowed);
  });
});

describe('a policy that requires verified provenance, at admission', () => {
  const policy = {
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind: 'ClusterAgentPolicy',
    metadata: { name: 'gitops' },
    spec: { mode: 'Enforce', require: { provenanceTrust: 'Verified' } },
  } as AnyPolicy;
  const admission = createAdmission({ policies: [policy] });

  it('lets Argo CD write what it tracks, and nobody else', async () => {
    const first = await written(agent('One.', TRACKED), ARGO);
    assert.ok(judged(first, ARGO, undefined, admission).allowed);
    const byHand = await written(agent('One.', TRACKED), 'mallory');
    assert.match(
      judged(byHand, 'mallory', undefined, admission).message ?? '',
      /^\[gitops\/require\.provenance\].*claimed, not verified: "mallory" changes it, which is no GitOps identity; fix: /,
    );
    const edited = await written(
      { ...first, spec: { llmRef: { name: 'gpt' }, system: 'Two.' } as never },
      'mallory',
      first,
    );
    assert.equal(judged(edited, 'mallory', first, admission).allowed, false, 'the ratchet does not let it through');
    const relabelled = { ...first, metadata: { ...first.metadata, labels: { a: 'b' } } };
    assert.ok(judged(relabelled, 'bob', first, admission).allowed, 'labels are no change of the definition');
    assert.match(
      judged(await written(agent('One.'), ARGO), ARGO, undefined, admission).message ?? '',
      /nothing says which commit/,
    );
  });

  it('lets anybody write what carries a valid signature', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const stampKeys = readStampKeys(publicKey.export({ type: 'spki', format: 'pem' }) as string);
    const marks = { repo: 'https://github.com/acme/agents', path: 'a.yaml', revision: 'a'.repeat(40) };
    const bare = agent('One.', {
      [GIT_MARKS.repo]: marks.repo,
      [GIT_MARKS.path]: marks.path,
      [GIT_MARKS.revision]: marks.revision,
    });
    const signed = annotated(bare, { [GIT_MARKS.signature]: signStamp(privateKey, bare, marks) });
    const trusting = createAdmission({ policies: [policy], stampKeys });
    assert.ok(judged(await written(signed, 'alice'), 'alice', undefined, trusting).allowed);
    const other = await written({ ...signed, spec: { llmRef: { name: 'gpt' }, system: 'Evil.' } as never }, 'alice');
    assert.match(judged(other, 'alice', undefined, trusting).message ?? '', /not about this object as it is now/);
    const stamped = await written(signed, 'alice');
    assert.match(judged(stamped, 'alice', undefined, admission).message ?? '', /a key that is not trusted here/);
  });
});
