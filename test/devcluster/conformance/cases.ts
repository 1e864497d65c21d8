/** All conformance cases, and what must be there before them. */
import assert from 'node:assert/strict';
import type { Agent } from 'node:https';
import { accessCases } from './cases/access.cases.ts';
import { applyCases } from './cases/apply/index.ts';
import { askCases } from './cases/asks/index.ts';
import { behaviourCases } from './cases/behaviours/index.ts';
import { columnCases } from './cases/columns/index.ts';
import { crdCases, installCrds } from './cases/crd.cases.ts';
import { definitionCases } from './cases/definitions/index.ts';
import { deleteCases } from './cases/delete.cases.ts';
import { editCases } from './cases/edits/index.ts';
import { fieldCases } from './cases/fields/index.ts';
import { kindCases } from './cases/kinds.cases.ts';
import { listCases } from './cases/list.cases.ts';
import { patchCases } from './cases/patch.cases.ts';
import { podSecurityCases } from './cases/podsecurity.cases.ts';
import { podSpecCases } from './cases/podspec.cases.ts';
import { protocolCases } from './cases/protocol.cases.ts';
import { schemaCases } from './cases/schemas/index.ts';
import { installZoo } from './cases/schemas/zoo.cases.ts';
import { workloadCases } from './cases/workloads.cases.ts';
import { writeCases } from './cases/write.cases.ts';
import { knownDifferences } from './differences.ts';
import { type Case, type Connection, send } from './harness.ts';

const everyCase: readonly Case[] = [
  ...writeCases,
  ...patchCases,
  ...deleteCases,
  ...listCases,
  ...crdCases,
  ...accessCases,
  ...kindCases,
  ...protocolCases,
  ...workloadCases,
  ...fieldCases,
  ...schemaCases,
  ...applyCases,
  ...podSecurityCases,
  ...askCases,
  ...columnCases,
  ...behaviourCases,
  ...definitionCases,
  ...editCases,
  ...podSpecCases,
];

const known = (item: Case): Case => {
  const differs = item.differs ?? knownDifferences.get(idOf(item));
  return differs === undefined ? item : { ...item, differs };
};

export function idOf(item: Case): string {
  return `${item.area}: ${item.name}`;
}

export const allCases: readonly Case[] = everyCase.map(known);

/** Installs the kinds that all cases share, and waits until they are served. */
export async function prepare(connection: Connection, agent: Agent): Promise<void> {
  for (const step of [...installCrds, installZoo]) {
    const answer = await send(connection, step, agent);
    assert.ok([200, 201, 409].includes(answer.code), JSON.stringify(answer.body));
  }
  for (const path of [
    ...['widgets', 'plains', 'gadgets'].map((plural) => `/apis/conformance.example.com/v1/${plural}`),
    '/apis/conf5.example.com/v1/zoos',
  ]) {
    const until = Date.now() + 10_000;
    while ((await send(connection, { path }, agent)).code !== 200 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
