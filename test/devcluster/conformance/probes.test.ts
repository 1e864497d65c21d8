import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { startTestServer, testsRealServer } from '../../support/server.ts';
import { startWebhookServer } from '../../support/webhookServer.ts';
import { idOf, prepare } from './cases.ts';
import { type Case, connect, run } from './harness.ts';
import { probes } from './probes.cases.ts';
import { differingProbes } from './probes.differences.ts';

/** `1`, or the areas to record alone. */
const record = process.env.CONFORMANCE_RECORD ?? '';
const recording = testsRealServer && record !== '';
const isRecorded = (area: string): boolean => record === '1' || record.split(',').includes(area);
const everyOne = testsRealServer || process.env.DEVCLUSTER_PROBES === 'all';
/** Most cases wait for something; the real server's controllers have less patience with many. */
const atOnce = testsRealServer ? 16 : everyOne ? 8 : 32;
const areas = [...new Set(probes.map((item) => item.area))];
const fileOf = (area: string): URL => new URL(`./recorded/${area}.json`, import.meta.url);

function load(area: string): { [id: string]: unknown } {
  return existsSync(fileOf(area)) ? JSON.parse(readFileSync(fileOf(area), 'utf8')) : {};
}

/** As a file keeps it: without what is undefined. */
const asWritten = (answers: unknown): unknown => JSON.parse(JSON.stringify(answers));

describe('what a stranger would ask, as the real API server answers it', () => {
  const recorded: { [id: string]: unknown } = Object.assign({}, ...areas.map(load));
  const answers = new Map<Case, unknown>();
  const same = probes.filter((item) => !differingProbes.has(idOf(item)) && (!recording || isRecorded(item.area)));
  // All of them take a minute of a processor, and many wait for something: `npm test` asks some seven hundred of those that wait for nothing,
  // DEVCLUSTER_PROBES=all and a real server get every one.
  const waits = ({ area, steps, hooks }: Case): boolean =>
    area === 'probes-controllers' ||
    hooks !== undefined ||
    steps.some((step) => step.watchFor !== undefined || step.until !== undefined);
  const quick = same.filter((item) => !waits(item));
  const share = Math.ceil(quick.length / 700);
  const compared = everyOne ? same : quick.filter((_, index) => index % share === 0);

  before('ask everything', async function () {
    this.timeout(everyOne ? 1_200_000 : 120_000);
    const server = await startTestServer();
    const hooks = await startWebhookServer();
    const agent = new Agent({ keepAlive: true });
    const connection = connect(server.kubeconfigPath);
    await prepare(connection, agent);
    const waiting = [...compared];
    const worker = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        // The real server's controllers act in their own time: a case that met them at another moment is played again.
        for (let left = testsRealServer && !recording ? 3 : 1; left > 0; left--) {
          const namespace = `conf-${Math.random().toString(36).slice(2, 10)}`;
          const own = item.hooks === undefined ? undefined : hooks;
          const got: unknown = await run(connection, agent, item, namespace, own).then(
            asWritten,
            (error: unknown) => error,
          );
          answers.set(item, got);
          if (isDeepStrictEqual(got, recorded[idOf(item)])) break;
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    agent.destroy();
    await hooks[Symbol.asyncDispose]();
    await server.close();
    if (!recording) return;
    for (const area of areas.filter(isRecorded)) {
      const lines = compared
        .filter((item) => item.area === area)
        .map((item) => `${JSON.stringify(idOf(item))}:${JSON.stringify(answers.get(item))}`);
      writeFileSync(fileOf(area), `{\n${lines.join(',\n')}\n}\n`);
    }
  });

  for (const item of compared)
    it(idOf(item), () => {
      const got = answers.get(item);
      if (got instanceof Error) throw got;
      if (!recording) assert.deepEqual(got, recorded[idOf(item)]);
    });
});
