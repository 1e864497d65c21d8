import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { startTestServer, type TestServer, testsRealServer } from '../../support/server.ts';
import { accessCases } from './access.cases.ts';
import { crdCases, installCrds } from './crd.cases.ts';
import { deleteCases } from './delete.cases.ts';
import { type Case, type Connection, connect, run, send } from './harness.ts';
import { listCases } from './list.cases.ts';
import { patchCases } from './patch.cases.ts';
import { writeCases } from './write.cases.ts';

const recordedPath = new URL('./recorded.json', import.meta.url);
const cases: readonly Case[] = [
  ...writeCases,
  ...patchCases,
  ...deleteCases,
  ...listCases,
  ...crdCases,
  ...accessCases,
];
const recording = testsRealServer && process.env.CONFORMANCE_RECORD === '1';

describe('answers as the real API server gives them', () => {
  let server: TestServer;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });
  const recorded: { [id: string]: unknown } = existsSync(recordedPath)
    ? JSON.parse(readFileSync(recordedPath, 'utf8'))
    : {};
  const table = new Map<string, { equal: number; total: number }>();

  before(async () => {
    server = await startTestServer();
    connection = connect(server.kubeconfigPath);
    for (const step of installCrds) {
      const answer = await send(connection, step, agent);
      assert.ok([200, 201, 409].includes(answer.code), JSON.stringify(answer.body));
    }
    for (const path of [
      '/apis/conformance.example.com/v1/widgets',
      '/apis/conformance.example.com/v1/plains',
      '/apis/conformance.example.com/v1/gadgets',
    ]) {
      const until = Date.now() + 10_000;
      while ((await send(connection, { path }, agent)).code !== 200 && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  after(async () => {
    agent.destroy();
    await server.close();
    if (recording) writeFileSync(recordedPath, `${JSON.stringify(recorded, null, 1)}\n`);
  });

  cases.forEach((item, index) => {
    const id = `${item.area}: ${item.name}`;
    it(id, async function () {
      if (item.differs !== undefined && !testsRealServer) this.skip();
      const answers = await run(connection, agent, item, `conf-${index}-${Math.random().toString(36).slice(2, 8)}`);
      if (recording) {
        recorded[id] = answers;
        return;
      }
      const row = table.get(item.area) ?? { equal: 0, total: 0 };
      row.total++;
      table.set(item.area, row);
      assert.deepEqual(answers, recorded[id]);
      row.equal++;
    });
  });
});
