import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createAbortListeners } from '../../kube/abortListeners.ts';

describe('listeners on the abort of a signal', () => {
  it('are all told, once, whatever signal they wait for', () => {
    const listeners = createAbortListeners();
    const [one, other] = [new AbortController(), new AbortController()];
    const told: string[] = [];
    listeners.add(one.signal, () => told.push('a'));
    listeners.add(one.signal, () => told.push('b'));
    listeners.add(other.signal, () => told.push('c'));
    one.abort();
    assert.deepEqual(told, ['a', 'b']);
    other.abort();
    assert.deepEqual(told, ['a', 'b', 'c']);
  });

  it('are one on the signal, and none when nobody waits any more', () => {
    const listeners = createAbortListeners();
    const { signal } = new AbortController();
    const waiting = Array.from({ length: 20 }, () => () => assert.fail('nothing was aborted'));
    for (const each of waiting) listeners.add(signal, each);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    for (const each of waiting) listeners.remove(signal, each);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('may be removed by one that is told before them, and when it is over', () => {
    const listeners = createAbortListeners();
    const controller = new AbortController();
    const told: string[] = [];
    const second = (): void => void told.push('second');
    listeners.add(controller.signal, () => {
      told.push('first');
      listeners.remove(controller.signal, second);
    });
    listeners.add(controller.signal, second);
    controller.abort();
    listeners.remove(controller.signal, second);
    assert.deepEqual(told, ['first']);
  });
});
