import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { startTestServer, type TestServer, testsRealServer } from '../../support/server.ts';
import { allCases, idOf, prepare } from './cases.ts';
import { type Connection, connect, run } from './harness.ts';

const recording = testsRealServer && process.env.CONFORMANCE_RECORD === '1';
const areas = [...new Set(allCases.map((item) => item.area))];
const fileOf = (area: string): URL => new URL(`./recorded/${area}.json`, import.meta.url);

function load(area: string): { [id: string]: unknown } {
  return existsSync(fileOf(area)) ? JSON.parse(readFileSync(fileOf(area), 'utf8')) : {};
}

describe('answers as the real API server gives them', () => {
  let server: TestServer;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });
  const recorded: { [id: string]: unknown } = Object.assign({}, ...areas.map(load));

  before(async () => {
    server = await startTestServer();
    connection = connect(server.kubeconfigPath);
    await prepare(connection, agent);
  });

  after(async () => {
    agent.destroy();
    await server.close();
    if (!recording) return;
    for (const area of areas) {
      const ids = allCases.filter((item) => item.area === area && item.differs === undefined).map(idOf);
      const lines = ids.map((id) => `${JSON.stringify(id)}:${JSON.stringify(recorded[id])}`);
      writeFileSync(fileOf(area), `{\n${lines.join(',\n')}\n}\n`);
    }
  });

  allCases.forEach((item, index) => {
    const id = idOf(item);
    it(id, async function () {
      if (item.differs !== undefined) this.skip();
      const namespace = `conf-${index}-${Math.random().toString(36).slice(2, 8)}`;
      const answers = await run(connection, agent, item, namespace);
      if (recording) recorded[id] = answers;
      else assert.deepEqual(answers, recorded[id]);
    });
  });
});
