import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import {
  ANNOTATIONS,
  API_VERSION,
  agents,
  contactChannels,
  mcpServers,
  taskRuns,
  taskRunToolCalls,
} from '../../api/index.ts';
import { mcpServer, secret, task, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';

const HOSTILE = fileURLToPath(new URL('../mcp/servers/hostile.ts', import.meta.url));
const INVOICES = fileURLToPath(new URL('../durability/programs/invoices.ts', import.meta.url));

/** Resolves when the file is written to. */
async function watchFile(path: string): Promise<void> {
  for await (const _ of watch(path, { signal: AbortSignal.timeout(30_000) })) return;
}

describe('MCP servers and approvals', function () {
  this.timeout(60_000);
  let stage: Stage;
  let folder: string;
  before(async () => {
    stage = await startStage();
    folder = await mkdtemp(join(tmpdir(), 'mcp-'));
  });
  after(async () => {
    await stage?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const invoices = (room: Room, ledger: string) =>
    mcpServer(room.namespace, 'invoices', { transport: 'stdio', command: process.execPath, args: [INVOICES, ledger] });

  it('calls a tool of a server, once, with the call’s UID as its idempotency key', async () => {
    const room = await stage.room({
      script: {
        rules: [
          { when: { turn: 1 }, toolCalls: [{ name: 'invoices__pay', arguments: { invoice: 'i1' } }] },
          { text: 'done' },
        ],
      },
    });
    const ledger = join(folder, 'once');
    await room.create(invoices(room, ledger));
    await room.agent({ mcpServers: [{ name: 'invoices' }] });
    const run = await room.run('pay', 'go');
    assert.equal(run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content, 'paid i1');
    const call = await stage.client.get(taskRunToolCalls, room.key('pay-1-toolcall-01'));
    assert.deepEqual(call.spec.tool, { kind: 'MCPServer', name: 'invoices', tool: 'pay' });
    const lines = (await readFile(ledger, 'utf8')).trim().split('\n');
    assert.equal(lines.length, 1);
    assert.ok(lines[0]?.includes(call.metadata.uid ?? '-'), String(lines[0]));
    assert.equal(
      (await room.untilEvent('ExecutionSucceeded', 'pay-1-toolcall-01')).message,
      'MCP tool executed successfully',
    );
    await room.untilEvent('Connected', 'invoices');
  });

  it('is connected anew when an annotation asks for it', async () => {
    const room = await stage.room();
    const starts = join(folder, 'starts');
    const program = `echo start >> ${starts}; exec ${process.execPath} ${INVOICES} ${join(folder, 'anew')}`;
    await room.create(
      mcpServer(room.namespace, 'invoices', { transport: 'stdio', command: '/bin/sh', args: ['-c', program] }),
    );
    await room.until(mcpServers, 'invoices', ({ status }) => status?.ready);
    const again = watchFile(starts);
    await stage.client.patch(mcpServers, room.key('invoices'), {
      type: 'merge',
      body: { metadata: { annotations: { [ANNOTATIONS.reconnect]: '1' } } },
    });
    await again;
    assert.equal(await readFile(starts, 'utf8'), 'start\nstart\n');
    await room.untilEvent('Reconnecting', 'invoices');
  });

  it('gives up the old tools when the server is changed, and the server when it is deleted', async () => {
    const room = await stage.room({
      script: {
        rules: [
          { when: { turn: 1 }, toolCalls: [{ name: 'invoices__pay', arguments: { invoice: 'i2' } }] },
          { text: 'done' },
        ],
      },
    });
    await room.create(invoices(room, join(folder, 'changed')));
    const first = await room.agent({ mcpServers: [{ name: 'invoices' }] });
    assert.deepEqual(first.status?.validMCPServers, [{ name: 'invoices', tools: ['pay', 'look_up'] }]);
    await stage.client.patch(mcpServers, room.key('invoices'), {
      type: 'merge',
      body: { spec: { args: [HOSTILE, ''] } },
    });
    const second = await room.until(
      agents,
      'assistant',
      ({ status }) => status?.ready && status.validMCPServers?.[0]?.tools?.[0] === 'echo',
    );
    assert.notEqual(second.status?.currentRevision, first.status?.currentRevision);
    // The model asks for a tool that it was not offered.
    const run = await room.run('stale', 'go');
    assert.match(
      run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '',
      /Unknown tool "invoices__pay"/,
    );
    await stage.client.delete(mcpServers, room.key('invoices'));
    await room.until(
      agents,
      'assistant',
      ({ status }) => status?.statusDetail === 'Waiting for MCPServer "invoices" to exist',
    );
  });

  it('tells the model when the server goes while the model thinks', async () => {
    const room = await stage.room({
      script: {
        rules: [
          { when: { turn: 1 }, toolCalls: [{ name: 'invoices__pay', arguments: { invoice: 'i3' } }] },
          { text: 'done' },
        ],
      },
    });
    await room.create(invoices(room, join(folder, 'gone')));
    await room.agent({ mcpServers: [{ name: 'invoices' }] });
    room.model.hold();
    await room.create(task(room.namespace, 'late', 'go'));
    await room.model.untilHeld(1);
    await stage.client.delete(mcpServers, room.key('invoices'));
    await room.until(agents, 'assistant', ({ status }) => status?.ready === false);
    room.model.release();
    const run = await room.untilEnded('late-1');
    assert.match(
      run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '',
      /MCPServer "invoices" was deleted/,
    );
    assert.equal(run.status?.output, 'done');
  });

  it('waits for the Secret that a variable comes from, and for the channel that approvals go over', async () => {
    const room = await stage.room();
    await room.create(
      mcpServer(room.namespace, 'keyed', {
        transport: 'stdio',
        command: process.execPath,
        args: [HOSTILE, ''],
        env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'later', key: 'token' } } }],
        approvalContactChannel: { name: 'ops' },
      }),
    );
    const detail = (text: string) => room.until(mcpServers, 'keyed', ({ status }) => status?.statusDetail === text);
    await detail('ContactChannel "ops" not found');
    await room.create(secret(room.namespace, 'slack', { key: 'xoxb' }));
    await stage.client.create(contactChannels, {
      apiVersion: API_VERSION,
      kind: 'ContactChannel',
      metadata: room.key('ops'),
      spec: {
        type: 'slack',
        apiKeyFrom: { secretKeyRef: { name: 'slack', key: 'key' } },
        slack: { channelOrUserID: 'C123' },
      },
    });
    await room.until(contactChannels, 'ops', ({ status }) => status?.ready);
    await detail('TOKEN: secret "later" not found');
    await room.create(secret(room.namespace, 'later', { token: 't' }));
    await room.until(mcpServers, 'keyed', ({ status }) => status?.ready);
  });

  it('does not run a tool that a human has to approve', async () => {
    const room = await stage.room({ script: { rules: [{ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }] } });
    await room.create(tool(room.namespace, 'add', { requiresApproval: true, execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    await room.create(task(room.namespace, 'asks', 'go'));
    const call = await room.until(
      taskRunToolCalls,
      'asks-1-toolcall-01',
      ({ status }) => status?.status === 'AwaitingHumanApproval',
    );
    assert.equal(call.status?.phase, 'Pending');
    assert.equal(call.status?.result, undefined);
    await room.untilEvent('AwaitingHumanApproval', 'asks-1-toolcall-01');
    const run = await stage.client.get(taskRuns, room.key('asks-1'));
    assert.equal(run.status?.phase, 'ToolCallsPending');
    await stage.client.patch(taskRuns, room.key('asks-1'), { type: 'merge', body: { spec: { cancel: true } } });
    await room.until(taskRunToolCalls, 'asks-1-toolcall-01', ({ status }) => status?.phase === 'Cancelled');
  });
});
