import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { PolicyPlace } from '../../api/index.ts';
import { POLICY_PLACES } from '../../api/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import { atRunTime, fromBackground, fromCommandLine, fromWebhook } from './places.ts';
import { compile } from './support.ts';
import { atObjects, counted, inModes, nameOf, policiesOf, sorted, type Told, world } from './worlds.ts';

/** How many worlds are made; each has eight things to be judged, in up to four places. `.ci/run` makes thousands. */
const WORLDS = Number(process.env.KUBECHAIN_WORLDS ?? 100);

describe('the four places', () => {
  it('find the same in whatever there is, with the effect that each place’s mode says', async function () {
    this.timeout(120_000 + WORLDS * 500);
    let findings = 0;
    await fc.assert(
      fc.asyncProperty(world, async (each) => {
        const strict = policiesOf(each, true);
        const webhook = fromWebhook(each, strict);
        const calls = webhook.get(nameOf(each.call as KubeObject)) ?? [];
        const runs = webhook.get(nameOf(each.run as KubeObject)) ?? [];
        const objects = [...webhook].flatMap(([name, all]) => (name.startsWith('TaskRun') ? [] : all));
        const agents = objects.filter((finding) => finding.startsWith('Agent/'));
        findings += objects.length + runs.length + calls.length;

        // Enforced everywhere: all find the same.
        const set = compile(...strict);
        const live = atRunTime(each, set);
        assert.deepEqual(sorted(await fromCommandLine(each, strict)), sorted(atObjects(objects)), 'command line');
        assert.deepEqual(
          sorted(await fromBackground(each, set)),
          sorted(counted([...objects, ...runs, ...calls])),
          'background',
        );
        assert.deepEqual(sorted(live.agent), sorted(agents), 'run time, the agent');
        assert.deepEqual(sorted(live.call), sorted(calls), 'run time, the call');

        // Each in its own mode: the same findings, the effect of the mode.
        const own = policiesOf(each, false);
        const ownSet = compile(...own);
        const admitted = fromWebhook(each, own);
        const running = atRunTime(each, ownSet);
        const expected = (place: PolicyPlace, of: readonly Told[]): Told[] => sorted(inModes(each, place, of));
        assert.deepEqual(sorted([...admitted.values()].flat()), expected('admission', [...objects, ...runs, ...calls]));
        assert.deepEqual(sorted(await fromCommandLine(each, own)), expected('cli', atObjects(objects)));
        assert.deepEqual(
          sorted(await fromBackground(each, ownSet)),
          sorted(counted(inModes(each, 'background', [...objects, ...runs, ...calls]))),
        );
        assert.deepEqual(sorted(running.agent), expected('runtime', agents));
        assert.deepEqual(sorted(running.call), expected('runtime', calls));
      }),
      { numRuns: WORLDS },
    );
    assert.equal(POLICY_PLACES.length, 4);
    assert.ok(findings > WORLDS, 'the worlds are too tame to tell anything');
  });
});
