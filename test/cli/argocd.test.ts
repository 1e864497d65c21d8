import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { parse, parseAllDocuments } from 'yaml';
import { KINDS } from '../../api/index.ts';
import { CUSTOMIZATIONS } from '../../argocd/actions.ts';
import { gen } from '../../cli/argocd/gen.ts';
import { actions, health } from '../../cli/argocd/inspect.ts';
import { CliError } from '../../cli/exit.ts';
import type { Io } from '../../cli/io.ts';

function stage(input = '') {
  const said = { out: '', err: '' };
  const io: Io = {
    out: { write: (text) => (said.out += text) },
    err: { write: (text) => (said.err += text) },
    env: {},
    cwd: CUSTOMIZATIONS,
    readInput: async () => input,
    signals: new EventEmitter(),
    programName: 'kubechain',
  };
  return { io, said };
}

const refused = (message: RegExp, exitCode: number) => (error: unknown) => {
  assert.ok(error instanceof CliError, String(error));
  assert.match(error.message, message);
  assert.equal(error.exitCode, exitCode);
  return true;
};

describe('kubechain argocd', () => {
  it('prints three ConfigMaps for the namespace, the tracking method and the links that it is given', () => {
    const { io, said } = stage();
    const link = ['Trace=https://tempo.example/{{.resource.metadata.uid}}'];
    gen(
      {
        namespace: 'gitops',
        trackingMethod: 'label',
        instanceLabelKey: 'argocd.argoproj.io/instance',
        link,
        for: 'argocd',
      },
      io,
    );
    const maps = parseAllDocuments(said.out).map((document) => document.toJS());
    assert.deepEqual(
      maps.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      ['gitops/argocd-cm', 'gitops/argocd-cmd-params-cm', 'gitops/argocd-notifications-cm'],
    );
    const { data } = maps[0];
    assert.equal(data['application.resourceTrackingMethod'], 'label');
    assert.equal(data['application.instanceLabelKey'], 'argocd.argoproj.io/instance');
    assert.match(data['resource.links'], /tempo\.example/);
    const { definitions } = parse(data['resource.customizations.actions.kubechain.humanlayer.dev_Task']);
    assert.deepEqual(
      definitions.map(({ name }: { name: string }) => name),
      ['resume', 'run-now', 'suspend'],
    );
    assert.throws(
      () => gen({ namespace: 'a', link: ['javascript:alert(1)'], for: 'argocd' }, io),
      refused(/--link/, 2),
    );
    assert.throws(
      () => gen({ namespace: 'a', instanceLabelKey: 'a b', for: 'argocd' }, io),
      refused(/--instance-label-key "a b"/, 2),
    );
  });

  it('prints health checks for Flux', () => {
    const { io, said } = stage();
    gen({ namespace: 'argocd', for: 'flux' }, io);
    const { healthCheckExprs } = parse(said.out);
    assert.ok(healthCheckExprs.length > 10);
    for (const check of healthCheckExprs) assert.equal(typeof check.current, 'string');
  });

  it('says the health of objects in files, with control characters escaped', async () => {
    const { io, said } = stage();
    assert.equal(await health(['Task/testdata/failed.yaml', 'LLM/testdata/ready.yaml'], { output: 'text' }, io), 0);
    assert.equal(
      said.out,
      'Task team-a/digest: Degraded: Denied by policy production/limits.maxTurns: 30 model calls are allowed\n' +
        'LLM team-a/gpt-4o: Healthy: OpenAI API key validated successfully\n',
    );
    const evil = stage(
      'apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: Task\nmetadata: {name: t, generation: 1}\nspec: {}\n' +
        'status: {observedGeneration: 1, ready: true, statusDetail: "\\e[31mred"}\n',
    );
    await health(['-'], { output: 'text' }, evil.io);
    assert.equal(evil.said.out, 'Task t: Healthy: \\u001b[31mred\n');
    await assert.rejects(health(['-'], { output: 'text' }, stage('a: b').io), refused(/no object of/, 1));
  });

  it('says what is wrong with an object that no API server would have kept', async () => {
    const head = 'apiVersion: kubechain.humanlayer.dev/v1alpha1\n';
    const odd = (kind: string) => stage(`${head}kind: ${kind}\nmetadata: {name: a}\nspec: x\nstatus: 5\n`).io;
    const fails =
      /^-:\d+:\d+: the script fails on \w+ a: .*; fix: give it an object as `kubectl get -o yaml` prints it$/;
    for (const { kind } of KINDS) {
      await health(['-'], { output: 'text' }, odd(kind)).catch(refused(fails, 1));
      await actions('-', undefined, {}, odd(kind)).catch(refused(fails, 1));
    }
    await assert.rejects(health(['-'], { output: 'text' }, odd('Agent')), refused(fails, 1));
    await assert.rejects(
      health(['-'], { output: 'text' }, odd('Agnt')),
      refused(/^-:2:7: "Agnt" is no kind .*; is Agent meant\?$/, 1),
    );
  });

  it('lists actions and runs one, and says why one cannot be run', async () => {
    const call = join('TaskRunToolCall', 'testdata', 'awaiting_approval.yaml');
    const listed = stage();
    await actions(call, undefined, {}, listed.io);
    assert.equal(listed.said.out, 'approve\nreject [reason]\n');
    const ran = stage();
    await actions(call, 'reject', { param: ['reason=not today'] }, ran.io);
    assert.match(ran.said.out, /^# create\n/);
    assert.equal(parse(ran.said.out).spec.reason, 'not today');
    const running = join('TaskRunToolCall', 'testdata', 'running.yaml');
    await assert.rejects(actions(running, 'approve', {}, ran.io), refused(/disabled/, 1));
    await assert.rejects(actions(call, 'explode', {}, ran.io), refused(/it has approve, reject/, 1));
    await assert.rejects(actions(call, 'reject', { param: ['reason'] }, ran.io), refused(/NAME=VALUE/, 2));
  });
});
