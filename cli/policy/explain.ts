import { stringify } from 'yaml';
import type { Explanation, PolicyTrace } from '../../policies/engine/index.ts';
import { explain, policyLabel, toolCallRequest, toolId } from '../../policies/engine/index.ts';
import { aroundTool, identify } from '../../policies/testing/index.ts';
import { CliError, EXIT } from '../exit.ts';
import { CHECK_EXIT } from '../findings/model.ts';
import type { Io } from '../io.ts';
import { readManifests } from '../manifests/load.ts';
import { nameOfObject, namespaceOf, treeOf } from '../manifests/tree.ts';
import { didYouMean } from '../runs/near.ts';
import { escapeControl } from '../terminal/escape.ts';
import { createStyle, type Style } from '../terminal/style.ts';
import { type ClusterInput, readCluster } from './cluster.ts';
import { exceptionsOf, policiesOf } from './judge.ts';

export interface ExplainOptions extends ClusterInput {
  /** Manifests instead of the cluster. */
  readonly files?: readonly string[];
  /** JSON. */
  readonly args?: string;
  readonly output: 'text' | 'json' | 'yaml';
  readonly place: 'runtime' | 'admission' | 'background' | 'cli';
  readonly now?: number;
}

/** `kubechain policy explain AGENT TOOL`: the verdict on a call, and the way to it. */
export async function policyExplain(agentName: string, id: string, options: ExplainOptions, io: Io): Promise<number> {
  const usage = (message: string) => new CliError(message, { exitCode: EXIT.usage });
  if (options.args !== undefined && options.args !== '') {
    try {
      JSON.parse(options.args);
    } catch {
      throw usage(`--args: is no JSON: write '{"url": "https://example.com"}'`);
    }
  }
  const manifests =
    options.files === undefined ? await readCluster(options, 'none', io) : await readManifests(options.files, io);
  const tree = treeOf(manifests, { namespace: options.namespace ?? 'default' });
  const agents = tree.ours.filter(({ object }) => object.kind === 'Agent' && nameOfObject(object) === agentName);
  const found = agents.find(
    ({ object }) => options.namespace === undefined || namespaceOf(object) === options.namespace,
  );
  if (found === undefined) {
    const names = tree.ours.filter(({ object }) => object.kind === 'Agent').map(({ object }) => nameOfObject(object));
    const where = options.files === undefined ? 'the cluster' : options.files.join(', ');
    throw usage(`there is no Agent ${agentName} in ${where}${didYouMean(agentName, names)}`);
  }
  const namespace = namespaceOf(found.object);
  const agent = tree.finder.agent(namespace, agentName);
  const tool = identify(id, namespace, tree.finder);
  if (tool === undefined || agent === undefined) {
    throw usage(
      `${id}: write <mcpserver>/<tool>, builtin/<name>, tool/<Tool>, agent/<Agent> or human/<ContactChannel>`,
    );
  }
  const namespaceObject = tree.namespaceObject(namespace);
  const { set } = policiesOf(tree);
  const explanation = explain(
    set,
    toolCallRequest({
      place: options.place,
      agent,
      tool,
      arguments: options.args ?? '{}',
      context: aroundTool(agent, tool, namespace, tree.finder),
      exceptions: exceptionsOf(tree).filter(({ metadata }) => metadata.namespace === namespace),
      ...(namespaceObject === undefined ? {} : { namespaceObject }),
      now: options.now ?? Date.now(),
    }),
  );
  const data = { agent: `${namespace}/${agentName}`, tool: toolId(tool), ...explanation };
  if (options.output === 'json') io.out.write(`${JSON.stringify(data, null, 2)}\n`);
  else if (options.output === 'yaml') io.out.write(stringify(data, { lineWidth: 0, aliasDuplicateObjects: false }));
  else io.out.write(asTree(data.agent, data.tool, explanation, createStyle(io.out, io.env)));
  if (set.problems.some(({ level }) => level === 'error')) return CHECK_EXIT.evaluation;
  return explanation.verdict.effect === 'deny' ? CHECK_EXIT.violations : CHECK_EXIT.clean;
}

const WORDS = { allow: 'allowed', deny: 'denied', requireApproval: 'needs approval' } as const;

function asTree(agent: string, tool: string, { verdict, policies }: Explanation, style: Style): string {
  const colour = { allow: style.good, deny: style.bad, requireApproval: style.warn }[verdict.effect];
  const { decidedBy, allowedBy, approval } = verdict;
  const by =
    decidedBy !== undefined
      ? `: ${decidedBy.message}`
      : allowedBy !== undefined
        ? `: ${policyLabel(allowedBy.policy)}/${allowedBy.rule} has ${JSON.stringify(allowedBy.pattern)}`
        : ': no policy says anything against it';
  const lines = [
    `${style.bold(escapeControl(`${agent} → ${tool}`))}: ${colour(WORDS[verdict.effect])}${escapeControl(by)}`,
  ];
  if (approval !== undefined) {
    const groups = approval.approverGroups.map((each) => each.join(' or ')).join(', and ');
    lines.push(
      escapeControl(
        `approvals: ${approval.minApprovals}${groups === '' ? '' : ` of ${groups}`}${approval.notRequester ? ', not by who asked for the run' : ''}`,
      ),
    );
  }
  policies.forEach((trace, index) => {
    lines.push(...branch(trace, index === policies.length - 1, style));
  });
  return `${lines.join('\n')}\n`;
}

function branch({ policy, mode, matched, why, result, steps }: PolicyTrace, last: boolean, style: Style): string[] {
  const head = `${policy.kind} ${policyLabel(policy)} (${mode}): ${matched ? result : `not about it: ${why}`}`;
  const stem = last ? '   ' : '│  ';
  return [
    `${last ? '└─' : '├─'} ${matched ? escapeControl(head) : style.dim(escapeControl(head))}`,
    ...steps.map(({ rule, outcome, pattern, detail }, index) => {
      const shown = pattern === undefined ? '' : ` ${JSON.stringify(pattern)}`;
      const text = escapeControl(`${rule}: ${outcome}${shown}${outcome === 'pass' ? '' : `: ${detail}`}`);
      return `${stem}${index === steps.length - 1 ? '└─' : '├─'} ${outcome === 'deny' ? style.bad(text) : text}`;
    }),
  ];
}
