import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { GIT_MARKS } from '../../api/index.ts';
import type { SourceFacts } from '../../policies/provenance/index.ts';
import {
  marksOf,
  publicAddress,
  readSigningKey,
  readStampKeys,
  resolveProvenance,
  sameRepository,
  shortProvenance,
  signStamp,
  stampProblem,
} from '../../policies/provenance/index.ts';

const pem = (
  key: { export(options: { type: 'spki' | 'pkcs8'; format: 'pem' }): string | Buffer },
  type: 'spki' | 'pkcs8',
) => String(key.export({ type, format: 'pem' }));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = readStampKeys(pem(publicKey, 'spki'));

const agent = (metadata: object = {}, spec: object = { llmRef: { name: 'g' }, system: 's' }) => ({
  apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
  kind: 'Agent',
  metadata: { namespace: 'team', name: 'bot', ...metadata },
  spec,
});
const tracked = (id: string) => agent({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
const OWN = 'kubechain.humanlayer.dev/Agent:team/bot';

describe('what an object says of its commit', () => {
  for (const [id, expected] of [
    [`agents:${OWN}`, { name: 'agents' }],
    [`elsewhere_agents:${OWN}`, { namespace: 'elsewhere', name: 'agents' }],
    ['agents:kubechain.humanlayer.dev/Agent:team/other', undefined],
    ['agents:kubechain.humanlayer.dev/Task:team/bot', undefined],
    ['agents:apps/Agent:team/bot', undefined],
    ['agents', undefined],
    [`:${OWN}`, undefined],
    [`a:b:${OWN}`, undefined],
  ] as const) {
    it(`reads the tracking id ${id}`, () => assert.deepEqual(marksOf(tracked(id)).argo, expected));
  }

  it('reads nothing from a prototype', () => {
    const odd = agent({
      annotations: JSON.parse(`{"__proto__": {"${GIT_MARKS.repo}": "r"}}`),
      labels: { constructor: 'x' },
    });
    assert.deepEqual(marksOf(odd), {});
  });

  it('survives anything', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void marksOf(value)));
    fc.assert(fc.property(fc.string(), (id) => void marksOf(tracked(id))));
  });
});

describe('addresses of repositories', () => {
  for (const [a, b, same] of [
    ['git@github.com:acme/agents.git', 'https://github.com/acme/agents', true],
    ['ssh://git@github.com/acme/agents.git', 'https://GitHub.com/acme/agents/', true],
    ['https://u:p@github.com:443/acme/agents.git', 'git@github.com:acme/agents', true],
    ['https://github.com/acme/agents', 'https://github.com/evil/agents', false],
    ['https://github.com.evil.org/acme/agents', 'https://github.com/acme/agents', false],
    ['https://github.com/acme/agents', '', false],
    ['file:///srv/git/agents.git', 'file:///srv/git/agents', true],
  ] as const) {
    it(`${a} is ${same ? '' : 'not '}${b}`, () => assert.equal(sameRepository(a, b), same));
  }
  it('are shown without credentials', () => {
    assert.equal(publicAddress('https://user:token@github.com/a/b'), 'https://github.com/a/b');
    assert.equal(publicAddress('https://token@github.com/a/b'), 'https://github.com/a/b');
    assert.equal(publicAddress('git@github.com:a/b.git'), 'git@github.com:a/b.git');
    assert.equal(publicAddress('ssh://git@github.com/a/b.git'), 'ssh://git@github.com/a/b.git');
  });
});

describe('a signed stamp', () => {
  const marks = { repo: 'https://github.com/a/b', path: 'x.yaml', revision: 'c'.repeat(40), author: 'ann@example.com' };
  const signature = signStamp(privateKey, agent(), marks);

  it('is about the spec, the name, and the commit: nothing of it can be exchanged', () => {
    assert.equal(stampProblem(keys, agent(), { ...marks, signature }), undefined);
    assert.equal(
      stampProblem(keys, agent({ labels: { a: 'b' } }, { system: 's', llmRef: { name: 'g' } }), {
        ...marks,
        signature,
      }),
      undefined,
    );
    for (const other of [
      agent({ name: 'other' }),
      agent({ namespace: 'other' }),
      agent({}, { llmRef: { name: 'g' }, system: 'evil' }),
      { ...agent(), kind: 'Tool' },
    ]) {
      assert.match(stampProblem(keys, other, { ...marks, signature }) ?? '', /not about this object/);
    }
    for (const field of ['repo', 'path', 'revision', 'author'] as const) {
      assert.match(
        stampProblem(keys, agent(), { ...marks, [field]: 'other', signature }) ?? '',
        /not about this object/,
      );
    }
    const shifted = { ...marks, path: `${marks.path}${marks.revision}`, revision: '', signature };
    assert.match(stampProblem(keys, agent(), shifted) ?? '', /not about this object/);
  });

  it('counts only with a key that is trusted', () => {
    const stranger = generateKeyPairSync('ed25519');
    assert.match(
      stampProblem(keys, agent(), { ...marks, signature: signStamp(stranger.privateKey, agent(), marks) }) ?? '',
      /not trusted/,
    );
    const posing = signStamp(stranger.privateKey, agent(), marks).replace(
      /^v1\.[^.]+/,
      signature.slice(0, signature.lastIndexOf('.')),
    );
    assert.match(stampProblem(keys, agent(), { ...marks, signature: posing }) ?? '', /not about this object/);
    for (const rubbish of ['', 'v1', 'v2.a.b', `v1.${keys[0]?.id}.`, `v1.${keys[0]?.id}.AAAA`]) {
      assert.notEqual(stampProblem(keys, agent(), { ...marks, signature: rubbish }), undefined, rubbish);
    }
  });

  it('refuses keys of other kinds, and private keys where public ones belong', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    assert.throws(() => readStampKeys(pem(rsa.publicKey, 'spki')), /the key is rsa: it must be Ed25519/);
    assert.throws(() => readStampKeys(pem(privateKey, 'pkcs8')), /only the public key belongs here/);
    assert.throws(() => readStampKeys('hello'), /no PEM block/);
    assert.throws(() => readSigningKey(pem(rsa.privateKey, 'pkcs8')), /must be Ed25519/);
    assert.throws(() => readSigningKey('hello'), /no private key in PEM/);
  });
});

describe('where an object comes from', () => {
  const found: SourceFacts = {
    kind: 'found',
    name: 'argocd/agents',
    lists: true,
    repo: 'https://github.com/a/b',
    revision: 'c'.repeat(40),
  };
  const facts = {
    keys,
    writer: 'argo',
    isGitOps: (name: string) => name === 'argo',
    source: found as SourceFacts | undefined,
  };
  const object = tracked(`agents:${OWN}`);
  const stamped = agent({
    annotations: {
      ...object.metadata,
      [GIT_MARKS.repo]: 'git@github.com:a/b.git',
      [GIT_MARKS.revision]: 'd'.repeat(40),
    } as never,
  });

  for (const [what, changed, detail] of [
    ['nothing sealed the last change', { writer: undefined }, /has not sealed/],
    ['somebody else made it', { writer: 'mallory' }, /"mallory" changed the object last/],
    ['its Application does not list it', { source: { ...found, lists: false } }, /does not list/],
    [
      'its Application cannot be read',
      { source: { kind: 'unreadable', name: 'n', why: 'forbidden' } as const },
      /could not be read: forbidden/,
    ],
    ['nothing was asked', { source: undefined }, /no Argo CD Application/],
  ] as const) {
    it(`is claimed where ${what}`, () => {
      const result = resolveProvenance(object, { ...facts, ...changed });
      assert.equal(result?.trust, 'Claimed');
      assert.match(result?.detail ?? '', detail);
      assert.equal(resolveProvenance(stamped, { ...facts, ...changed })?.trust, 'Claimed');
    });
  }

  it('is verified where all of that is proven', () => {
    assert.equal(resolveProvenance(object, facts)?.trust, 'Verified');
    assert.equal(resolveProvenance(stamped, facts)?.trust, 'Verified');
    assert.equal(resolveProvenance(stamped, facts)?.revision, 'd'.repeat(40));
  });

  it('believes no unsigned stamp about another repository than the Application syncs from', () => {
    const result = resolveProvenance(stamped, { ...facts, source: { ...found, repo: 'https://github.com/evil/b' } });
    assert.match(result?.detail ?? '', /names another repository/);
  });

  it('believes no bad signature, whoever applied it', () => {
    const bad = agent({
      annotations: {
        ...stamped.metadata,
        [GIT_MARKS.repo]: 'r',
        [GIT_MARKS.revision]: 'x',
        [GIT_MARKS.signature]: 'v1.a.b',
      },
    });
    assert.equal(resolveProvenance(bad, facts)?.trust, 'Claimed');
  });

  it('is told in a few words', () => {
    assert.equal(
      shortProvenance({
        source: 'Stamp',
        trust: 'Claimed',
        repo: 'git@github.com:acme/agents.git',
        revision: 'a'.repeat(40),
      }),
      'acme/agents@aaaaaaa (Claimed)',
    );
    assert.equal(
      shortProvenance({ source: 'ArgoCD', trust: 'Claimed', application: 'argocd/x' }),
      'argocd/x (Claimed)',
    );
  });
});
