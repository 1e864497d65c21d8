import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'mocha';
import type { AgentPolicy } from '../../../../../api/index.ts';
import { startHttp } from '../../../../support/http.ts';
import type { Lab, Platform } from '../platform.ts';
import { ours, platform } from '../platform.ts';

const SUBSCRIBE = 'notifications.argoproj.io/subscribe';
const TRIGGERS = ['on-kubechain-run-failed', 'on-kubechain-approval-needed', 'on-kubechain-policy-violated'];

/** The real notifications controller, which tells a web hook of ours. */
describe('notifications of Argo CD', function () {
  this.timeout(300_000);
  let on: Platform;
  let lab: Lab;
  const told: string[] = [];
  let hook: Awaited<ReturnType<typeof startHttp>>;
  before(async function () {
    on = await platform(this);
    hook = await startHttp((request, response) => {
      void text(request).then((body) => {
        told.push(body);
        response.end();
      });
    });
    const data = { 'service.webhook.hook': `url: ${hook.url}\n` };
    await on.stage.kubectl([
      ...['-n', 'argocd', 'patch', 'cm', 'argocd-notifications-cm', '--type=merge', '-p', JSON.stringify({ data })],
    ]);
    lab = await on.lab('told', {
      'all.yaml': [
        ours('Tool', 'add', { execute: { builtin: { name: 'add' } } }),
        ours('Agent', 'assistant', { llmRef: { name: 'default' }, system: 'You add.', tools: [{ name: 'add' }] }),
        ours('AgentPolicy', 'careful', {
          tools: { requireApproval: ['builtin/add'] },
          mcpServers: { deny: ['shell'] },
        }),
      ],
    });
    const subscriptions = TRIGGERS.map((trigger) => `${SUBSCRIBE}.${trigger}.hook=`);
    await on.stage.kubectl(['-n', 'argocd', 'annotate', 'app', lab.name, ...subscriptions]);
    await lab.sync();
    await on.settled(lab.name);
    const policy = await on.stage.get<AgentPolicy>('agentpolicy', 'careful', lab.namespace);
    assert.equal(policy?.status?.conditions?.[0]?.status, 'True');
  });
  after(() => hook?.[Symbol.asyncDispose]());
  const hears = (pattern: RegExp) =>
    on.stage.eventually(String(pattern), async () => told.some((message) => pattern.test(message)));

  it('tell of a call that waits for a human, and of a run that failed', async () => {
    const agentRef = { name: 'assistant' };
    await lab.commit({
      'tasks.yaml': [
        ours('Task', 'sum', { agentRef, message: 'add 2 and 3' }),
        ours('Task', 'wrong', { agentRef, message: 'Who are you?', expect: [{ cel: 'output == "42"' }] }),
      ],
    });
    await lab.sync();
    await hears(
      /^An agent waits for a human in Application told:\s+- Task agents-told\/sum: Waiting for a human: approval of add/,
    );
    await hears(
      /^An agent run failed in Application told:\s+- Task agents-told\/wrong: The answer is not what is expected: output == "42"/,
    );
  });

  it('tell of what a policy refused', async () => {
    const mcpServers = [{ name: 'shell' }];
    await lab.commit({
      'bad.yaml': [ours('Agent', 'bad', { llmRef: { name: 'default' }, system: 'You.', mcpServers })],
    });
    await assert.rejects(lab.sync());
    await hears(
      /^A policy refused what Git asks for in Application told:\s+- Agent agents-told\/bad: .*\[agents-told\/careful\/mcpServers\.deny\]/,
    );
  });
});
