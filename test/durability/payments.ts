import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TaskRun } from '../../api/index.ts';
import { agents, mcpServers, taskRunToolCalls } from '../../api/index.ts';
import type { Script } from '../../cli/simulate-openai/index.ts';
import type { KubeClient, KubeObject } from '../../kube/index.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { agent, GOOD_KEY, llm, mcpServer, secret, tool } from '../support/objects.ts';
import { resourceOf } from '../support/operator.ts';
import { until } from '../support/waiting.ts';

const SERVER = fileURLToPath(new URL('programs/invoices.ts', import.meta.url));

/**
 * The model of the payment tests: a message `pay N` pays invoice N; `settle N` pays it, looks it up and asks the clerk, all in one
 * answer.
 */
export const PAYMENT_SCRIPT: Script = {
  rules: [
    { when: { system: 'I am the clerk' }, text: 'The clerk agrees.' },
    {
      when: { userMatches: '^settle (\\w+)', turn: 1 },
      toolCalls: [
        { name: 'invoices__pay', arguments: { invoice: '{{1}}' }, id: 'call_pay' },
        { name: 'invoices__look_up', arguments: { invoice: '{{1}}' }, id: 'call_look' },
        { name: 'ask-clerk', arguments: { message: 'clerk, about {{1}}' }, id: 'call_clerk' },
      ],
    },
    {
      when: { userMatches: '^pay (\\w+)', turn: 1 },
      toolCalls: [{ name: 'invoices__pay', arguments: { invoice: '{{1}}' }, id: 'call_pay' }],
    },
    { text: 'settled' },
  ],
};

/** The objects of a namespace in which payments are made; waits until the paymaster is ready. */
export async function setUpPayments(
  client: KubeClient,
  namespace: string,
  model: ModelServer,
  ledger: string,
): Promise<void> {
  const objects: KubeObject[] = [
    secret(namespace, 'openai', { OPENAI_API_KEY: GOOD_KEY }),
    llm(namespace, 'gpt-4o', model.url),
    mcpServer(namespace, 'invoices', {
      transport: 'stdio',
      command: process.execPath,
      args: [SERVER, ledger],
      idempotentTools: ['look_up'],
    }),
    agent(namespace, 'clerk', { system: 'I am the clerk' }),
    tool(namespace, 'ask-clerk', { agentRef: { name: 'clerk' } }),
    agent(namespace, 'paymaster', {
      system: 'I am the paymaster',
      tools: [{ name: 'ask-clerk' }],
      mcpServers: [{ name: 'invoices' }],
    }),
  ];
  for (const object of objects) await client.create(resourceOf(object), object);
  await until(client, mcpServers, { namespace, name: 'invoices' }, ({ status }) => status?.ready);
  await until(client, agents, { namespace, name: 'paymaster' }, ({ status }) => status?.ready);
}

/** The payments in a ledger: invoice → how often it was paid. */
export function paymentsIn(ledger: string): Map<string, number> {
  const paid = new Map<string, number>();
  const lines = existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n') : [];
  for (const line of lines) {
    const invoice = line.split(' ', 1)[0] ?? '';
    if (invoice !== '') paid.set(invoice, (paid.get(invoice) ?? 0) + 1);
  }
  return paid;
}

/** The conversations that the model was led into, by their first user message: no request takes anything back. */
export function conversations(model: ModelServer): Map<string, number> {
  const last = new Map<string, readonly object[]>();
  const calls = new Map<string, number>();
  for (const { status, messages } of model.chats()) {
    // 0: the asker died before the answer.
    assert.ok(status === 200 || status === 0, `the model refused a request: ${status} ${JSON.stringify(messages)}`);
    const about = String(messages.find(({ role }) => role === 'user')?.content);
    const before = last.get(about) ?? [];
    assert.deepEqual(messages.slice(0, before.length), before, `${about}: a request took something back`);
    last.set(about, messages);
    calls.set(about, (calls.get(about) ?? 0) + 1);
  }
  return calls;
}

/** A run that ended well: every tool call is answered once, and what the model reads is what the calls' objects say. */
export async function checkRun(client: KubeClient, run: TaskRun, ledger: string): Promise<string[]> {
  const { namespace = '', name = '' } = run.metadata;
  assert.equal(run.status?.phase, 'FinalAnswer', `${name}: ${run.status?.statusDetail}`);
  const window = run.status?.contextWindow ?? [];
  const asked = window.flatMap(({ toolCalls }) => toolCalls ?? []).map(({ id }) => id);
  const answered = window.filter(({ role }) => role === 'tool');
  assert.deepEqual(
    answered.map(({ toolCallId }) => toolCallId),
    asked,
  );
  const { items } = await client.list(taskRunToolCalls, { namespace });
  const own = items.filter(({ spec }) => spec.taskRunRef.name === name);
  assert.equal(own.length, asked.length);
  const phases: string[] = [];
  for (const call of own.sort((a, b) => (a.metadata.name ?? '').localeCompare(b.metadata.name ?? ''))) {
    const { phase = '', result, error } = call.status ?? {};
    phases.push(`${call.spec.toolRef.name} ${phase}`);
    const read = answered.find(({ toolCallId }) => toolCallId === call.spec.toolCallId)?.content;
    assert.equal(read, phase === 'Succeeded' ? result : error);
    if (call.spec.toolRef.name !== 'invoices__pay') {
      assert.equal(phase, 'Succeeded', `${call.metadata.name}: ${error}`);
      continue;
    }
    const paid = paymentsIn(ledger).get((JSON.parse(call.spec.arguments) as { invoice: string }).invoice) ?? 0;
    if (phase === 'Succeeded') assert.equal(paid, 1);
    else {
      assert.equal(phase, 'OutcomeUnknown');
      assert.match(error ?? '', /may or may not have taken effect; verify before repeating/);
      assert.ok(paid <= 1, `paid ${paid} times`);
    }
  }
  return phases;
}
