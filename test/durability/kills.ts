import { taskRuns } from '../../api/index.ts';
import { callsAllowed } from '../../controller/models/index.ts';
import { awaitsModel } from '../../controller/phases.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { Lane } from './lane.ts';

/** What became of kills that were spread over the writes of many runs. */
export interface Killing {
  kills: number;
  /** Runs whose answer was not written yet when the operator died, added up over the kills. */
  unanswered: number;
  /** How many of them may have had a model call under way, at the age of an operator that found such runs when it began, added up over the kills. */
  underWay: number;
  /** Resolves when the operator that follows the last kill so far has begun. */
  restarted(): Promise<unknown>;
}

/** Kills and restarts the operator of a lane `most` times, some 5 to 21 writes after each start, by turns before and after the write takes effect. */
export function killRepeatedly(client: KubeClient, lane: Lane, most: number): Killing {
  let left = 0;
  /** Such runs when the operator began. */
  let found = 0;
  const ends: Promise<void>[] = [];
  const state = { kills: 0, unanswered: 0, underWay: 0, restarted: () => Promise.all(ends) };
  const arm = () => {
    left = 5 + ((state.kills * 11) % 17);
  };
  lane.proxy.fateOf = () => {
    if (state.kills >= most || !lane.operator.alive) return 'pass';
    left -= 1;
    if (left > 0) return 'pass';
    left = Number.POSITIVE_INFINITY;
    return state.kills % 2 === 0 ? 'after' : 'before';
  };
  lane.proxy.onFate = () => {
    state.kills += 1;
    const { operator } = lane;
    operator.kill();
    // It dies a moment later.
    const ageMs = Date.now() - (operator.startedAt ?? Date.now()) + 100;
    ends.push(
      operator.exited
        .then(() => count(ageMs))
        .then(() => lane.restart())
        .then(arm),
    );
  };
  async function count(ageMs: number): Promise<void> {
    const { items } = await client.list(taskRuns, { namespace: lane.namespace });
    const unanswered = items.filter(awaitsModel).length;
    state.unanswered += unanswered;
    state.underWay += found === 0 ? unanswered : Math.min(unanswered, callsAllowed(ageMs));
    found = unanswered;
  }
  arm();
  return state;
}
