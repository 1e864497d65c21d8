import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Condition,
  childName,
  controllerOf,
  controllerRef,
  isConditionTrue,
  isNewerVersion,
  keyOf,
  labelValue,
  setCondition,
  splitKey,
} from '../../kube/index.ts';

const T1 = Date.parse('2026-01-01T00:00:01.500Z');
const T2 = Date.parse('2026-01-01T00:00:02Z');

describe('conditions', () => {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Checked',
    message: 'all is well',
    observedGeneration: 1,
  } as const;

  it('are added, and stay the same array while nothing changes', () => {
    const one = setCondition(undefined, ready, T1);
    assert.deepEqual(one, [{ ...ready, lastTransitionTime: '2026-01-01T00:00:01Z' }]);
    assert.equal(setCondition(one, { ...ready }, T2), one);
    assert(isConditionTrue(one, 'Ready') && !isConditionTrue(one, 'Complete'));
  });

  it('move their transition time with the status only, and edit nothing', () => {
    const one = Object.freeze(
      setCondition([{ ...ready, type: 'Other', lastTransitionTime: 'x' }], ready, T1),
    ) as Condition[];
    const two = setCondition(one, { ...ready, reason: 'CheckedAgain', observedGeneration: 2 }, T2);
    assert.deepEqual(two[1], {
      ...ready,
      reason: 'CheckedAgain',
      observedGeneration: 2,
      lastTransitionTime: '2026-01-01T00:00:01Z',
    });
    const three = setCondition(two, { ...ready, status: 'False' }, T2);
    assert.equal(three[1]?.lastTransitionTime, '2026-01-01T00:00:02Z');
    assert.deepEqual([one[1]?.reason, one[0]?.type, three[0]], ['Checked', 'Other', one[0]]);
  });
});

describe('names', () => {
  it('a label value stays as it is where it is valid, else keeps a prefix and a hash', () => {
    for (const text of ['', 'a', 'my-task.1_x', 'x'.repeat(63)]) assert.equal(labelValue(text), text);
    assert.match(labelValue('x'.repeat(64)), /^x{54}-[0-9a-f]{8}$/);
    assert.match(labelValue('server/tool name'), /^server-tool-name-[0-9a-f]{8}$/);
    assert.notEqual(labelValue('a/b'), labelValue('a.b/'));
    assert.match(labelValue('日本'), /^[0-9a-f]{8}$/);
  });

  it('every label value is valid, and different texts give different ones', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, size: 'max', unit: 'binary' }),
        fc.string({ maxLength: 200, size: 'max' }),
        (a, b) => {
          assert.match(labelValue(a), /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/);
          if (a !== b) assert.notEqual(labelValue(a), labelValue(b));
          assert.equal(labelValue(labelValue(a)), labelValue(a));
        },
      ),
    );
  });

  it('a child is named after its parent, within the length, the suffix whole', () => {
    assert.equal(childName('run', 'toolcall-01'), 'run-toolcall-01');
    const long = childName('r'.repeat(70), 'toolcall-01');
    assert.match(long, /^r{42}-[0-9a-f]{8}-toolcall-01$/);
    assert.equal(long.length, 63);
    assert.notEqual(long, childName(`${'r'.repeat(69)}x`, 'toolcall-01'));
    assert.throws(() => childName('a'.repeat(20), 'b'.repeat(60)), /leaves no room/);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/, { size: 'max' }),
        fc.integer({ min: 0, max: 9999 }),
        (parent, index) => {
          assert.match(childName(parent, `c-${index}`), /^(?=.{1,63}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
        },
      ),
    );
  });

  it('an ownerReference needs an owner that exists', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid: 'u', namespace: 'n' } };
    const reference = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'a',
      uid: 'u',
      controller: true,
      blockOwnerDeletion: true,
    };
    assert.deepEqual(controllerRef(owner), reference);
    assert.deepEqual(
      controllerOf({ metadata: { ownerReferences: [{ ...reference, controller: false }, reference] } }),
      reference,
    );
    assert.throws(() => controllerRef({ ...owner, metadata: { name: 'a' } }), /metadata\.uid/);
  });

  it('keys split as they were joined', () => {
    for (const metadata of [{ namespace: 'ns', name: 'a' }, { name: 'a' }])
      assert.deepEqual(splitKey(keyOf({ metadata })), metadata);
  });
});

describe('resource versions', () => {
  it('compare as numbers of any length, and as nothing where they are none', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), fc.bigInt({ min: 0n, max: 2n ** 200n }), (a, b) => {
        assert.equal(isNewerVersion(String(a), String(b)), a > b);
      }),
    );
    assert(isNewerVersion('9007199254740993', '9007199254740992'), 'beyond doubles');
    for (const [a, b] of [
      ['b', 'a'],
      ['01', '0'],
      ['', '1'],
      ['2', ''],
      [undefined, '1'],
      ['2', undefined],
      ['-1', '-2'],
    ] as const)
      assert.equal(isNewerVersion(a, b), false);
  });
});
