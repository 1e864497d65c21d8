import type { PolicySpec } from '../../api/index.ts';
import { DEFAULT_MODELS } from '../../api/index.ts';
import { createExpressionCompiler } from '../engine/cel.ts';
import { compileGlob } from '../engine/glob.ts';
import { hostsRule, networksRule } from './egress.ts';
import { podRules } from './pods.ts';
import type { CelRule } from './rule.ts';
import { listOf, matchesGlobs, quoted } from './text.ts';

const DEFINITIONS = ['Agent', 'LLM', 'MCPServer', 'Tool', 'ContactChannel'];
/** What CEL in the API server has besides the object, and what it has not. */
const ELSEWHERE = ['agent', 'llm', 'task', 'run', 'tool', 'mcpServer', 'toolCall', 'args', 'params', 'now'] as const;

const isNew = 'oldObject == null';
const oldHas = (list: string, item: string): string =>
  `(oldObject != null && has(oldObject.spec.${list}) && oldObject.spec.${list}.exists(o, o.name == ${item}.name))`;
const each = (list: string, item: string, passes: string): string =>
  `!has(object.spec.${list}) || object.spec.${list}.all(${item}, ${passes} || ${oldHas(list, item)})`;

/** Of patterns of tools, those of names of a server; split at the first slash. */
function namesFor(patterns: readonly string[] | undefined, server: string): string[] {
  return (patterns ?? []).flatMap((pattern) => {
    const [before, name] = split(pattern);
    return compileGlob(before).test(server) ? [name] : [];
  });
}

function split(pattern: string): [string, string] {
  const slash = pattern.indexOf('/');
  return slash < 0 ? [pattern, '*'] : [pattern.slice(0, slash), pattern.slice(slash + 1)];
}

/** Whether a tool of a server matches: `server` and `name` are expressions. */
const matchesTool = (server: string, name: string, patterns: readonly string[] | undefined): string =>
  (patterns ?? [])
    .map(split)
    .map(([before, after]) => `(${matchesGlobs(server, [before])} && ${matchesGlobs(name, [after])})`)
    .join(' || ') || 'false';

/** What of a policy's sections can be said of objects of a kind. */
export function celRules(spec: PolicySpec, kind: string): CelRule[] {
  switch (kind) {
    case 'Agent':
      return [...agentTools(spec), ...agentServers(spec), ...labels(spec, kind), ...own(spec, kind)];
    case 'TaskRunToolCall':
      return [...callTools(spec), ...own(spec, kind)];
    case 'LLM':
      return [...models(spec), ...labels(spec, kind), ...own(spec, kind)];
    case 'MCPServer':
      return [...servers(spec), ...serverEgress(spec), ...serverPods(spec), ...labels(spec, kind), ...own(spec, kind)];
    case 'Tool':
      return [...containers(spec), ...labels(spec, kind), ...own(spec, kind)];
    default:
      return [...labels(spec, kind), ...own(spec, kind)];
  }
}

function agentTools({ tools, defaultAction }: PolicySpec): CelRule[] {
  const rules: CelRule[] = [];
  const named = namesFor(tools?.deny, 'tool');
  const whole = (tools?.deny ?? []).map(split).flatMap(([server, name]) => (/^\*+$/.test(name) ? [server] : []));
  const message = `spec.tools, spec.mcpServers: denied are ${(tools?.deny ?? []).join(', ')}`;
  if (named.length > 0) {
    rules.push({ rule: 'tools.deny', expression: each('tools', 't', `!(${matchesGlobs('t.name', named)})`), message });
  }
  if (whole.length > 0) {
    const expression = each('mcpServers', 's', `!(${matchesGlobs('s.name', whole)})`);
    rules.push({ rule: 'tools.deny', expression, message });
  }
  if (defaultAction === 'Deny') {
    const reached = [...(tools?.allow ?? []), ...(tools?.requireApproval ?? [])].map((pattern) => split(pattern)[0]);
    rules.push({
      rule: 'defaultAction',
      // What is denied by name is found by the other rule.
      expression: each('mcpServers', 's', `(${matchesGlobs('s.name', [...reached, ...whole])})`),
      message: `spec.mcpServers: allowed are tools ${[...(tools?.allow ?? []), ...(tools?.requireApproval ?? [])].join(', ')}`,
    });
  }
  return rules;
}

function agentServers({ mcpServers }: PolicySpec): CelRule[] {
  return [
    ...(mcpServers?.deny === undefined
      ? []
      : [
          {
            rule: 'mcpServers.deny',
            expression: each('mcpServers', 's', `!(${matchesGlobs('s.name', mcpServers.deny)})`),
            message: `spec.mcpServers: denied are ${mcpServers.deny.join(', ')}`,
          },
        ]),
    ...(mcpServers?.allow === undefined
      ? []
      : [
          {
            rule: 'mcpServers.allow',
            expression: each('mcpServers', 's', `(${matchesGlobs('s.name', mcpServers.allow)})`),
            message: `spec.mcpServers: allowed are ${mcpServers.allow.join(', ')}`,
          },
        ]),
  ];
}

function callTools({ tools, defaultAction }: PolicySpec): CelRule[] {
  const isServer = 'has(object.spec.tool) && object.spec.tool.kind == "MCPServer"';
  const isTool = 'has(object.spec.tool) && object.spec.tool.kind == "Tool"';
  const name = '(has(object.spec.tool.tool) ? object.spec.tool.tool : "")';
  const rules: CelRule[] = [];
  if ((tools?.deny?.length ?? 0) > 0) {
    const denied = matchesTool('object.spec.tool.name', name, tools?.deny);
    const named = matchesGlobs('object.spec.tool.name', namesFor(tools?.deny, 'tool'));
    rules.push({
      rule: 'tools.deny',
      // The spec of a call never changes.
      expression: `!(${isNew}) || !((${isServer} && (${denied})) || (${isTool} && (${named})))`,
      message: `spec.tool: denied are ${(tools?.deny ?? []).join(', ')}`,
    });
  }
  if (defaultAction === 'Deny') {
    const listed = [...(tools?.allow ?? []), ...(tools?.requireApproval ?? []), ...(tools?.deny ?? [])];
    rules.push({
      rule: 'defaultAction',
      expression: `!(${isNew}) || !(${isServer}) || (${matchesTool('object.spec.tool.name', name, listed)})`,
      message: `spec.tool: allowed are ${[...(tools?.allow ?? []), ...(tools?.requireApproval ?? [])].join(', ')}`,
    });
  }
  return rules;
}

/** A field of an LLM, where it may stand in two places; `absent` where it stands in none. */
const llmField = (object: string, field: string, absent: string, isText = true): string => {
  const at = (path: string): string =>
    `has(${object}.spec.${path})${isText ? ` && ${object}.spec.${path} != ""` : ''} ? ${object}.spec.${path} : `;
  const both = field === 'model' ? '' : at(field);
  return `(has(${object}.spec.parameters) && ${at(`parameters.${field}`)}(${both}${absent}))`;
};

const modelOf = (object: string): string => {
  const fallback = Object.entries(DEFAULT_MODELS).reduceRight(
    (rest, [provider, model]) => `${object}.spec.provider == ${quoted(provider)} ? ${quoted(model)} : ${rest}`,
    '""',
  );
  return `(${object}.spec.provider + "/" + ${llmField(object, 'model', fallback)})`;
};

function models({ llms }: PolicySpec): CelRule[] {
  const rules: CelRule[] = [];
  const add = (rule: string, of: (object: string) => string, passes: (value: string) => string, message: string) =>
    rules.push({
      rule,
      expression: `${passes(of('object'))} || (oldObject != null && ${of('oldObject')} == ${of('object')})`,
      message,
    });
  if (llms?.deny !== undefined) {
    const { deny } = llms;
    add('llms.deny', modelOf, (id) => `!(${matchesGlobs(id, deny)})`, `the model: denied are ${deny.join(', ')}`);
  }
  if (llms?.allow !== undefined) {
    const { allow } = llms;
    add('llms.allow', modelOf, (id) => `(${matchesGlobs(id, allow)})`, `the model: allowed are ${allow.join(', ')}`);
  }
  if (llms?.maxTemperature !== undefined) {
    const most = Number(llms.maxTemperature);
    add(
      'llms.maxTemperature',
      (object) => llmField(object, 'temperature', '"1"'),
      (value) => `double(${value}) <= double(${quoted(String(most))})`,
      `temperature (1 when absent): at most ${llms.maxTemperature}`,
    );
  }
  if (llms?.maxTokens !== undefined) {
    const most = llms.maxTokens;
    add(
      'llms.maxTokens',
      (object) => llmField(object, 'maxTokens', '-1', false),
      (value) => `(${value} >= 0 && ${value} <= ${most})`,
      `maxTokens (no limit when absent): at most ${most}`,
    );
  }
  return rules;
}

function servers({ mcpServers }: PolicySpec): CelRule[] {
  const rules: CelRule[] = [];
  const name = 'object.metadata.name';
  if (mcpServers?.deny !== undefined) {
    const expression = `!(${isNew}) || !(${matchesGlobs(name, mcpServers.deny)})`;
    rules.push({ rule: 'mcpServers.deny', expression, message: `denied are ${mcpServers.deny.join(', ')}` });
  }
  if (mcpServers?.allow !== undefined) {
    const expression = `!(${isNew}) || (${matchesGlobs(name, mcpServers.allow)})`;
    rules.push({ rule: 'mcpServers.allow', expression, message: `allowed are ${mcpServers.allow.join(', ')}` });
  }
  if (mcpServers?.transports !== undefined) {
    rules.push({
      rule: 'mcpServers.transports',
      expression: `object.spec.transport in ${listOf(mcpServers.transports)} || (oldObject != null && oldObject.spec.transport == object.spec.transport)`,
      message: `spec.transport: allowed are ${mcpServers.transports.join(', ')}`,
    });
  }
  return rules;
}

const isStdio = (object: string): string => `${object}.spec.transport == "stdio"`;

const serverPods = ({ mcpServers }: PolicySpec): CelRule[] =>
  podRules('mcpServers.podTemplate', { path: [], when: isStdio }, mcpServers?.podTemplate);

function serverEgress({ mcpServers: { egress = {} } = {} }: PolicySpec): CelRule[] {
  const { networks, hosts, privateHosts } = egress;
  const place = (list: string) => ({ path: [list], when: isStdio });
  const rule = 'mcpServers.egress';
  return [
    ...(networks === undefined ? [] : [networksRule(`${rule}.networks`, place('egress'), networks)]),
    ...(hosts === undefined ? [] : [hostsRule(`${rule}.hosts`, place('egressHosts'), hosts)]),
    ...(privateHosts === undefined
      ? []
      : [hostsRule(`${rule}.privateHosts`, place('egressHosts'), privateHosts, true)]),
  ];
}

/** Tools that run a container; the images are compared with their registry written out, as `fullImage` has it. */
function containers({ containers: { images, egress, podTemplate } = {} }: PolicySpec): CelRule[] {
  const path = ['execute', 'container'];
  const rules: CelRule[] = [];
  if (images !== undefined) {
    const image = (object: string): string => `${object}.spec.execute.container.image`;
    const first = `${image('object')}.split("/")[0]`;
    const full = `(!${image('object')}.contains("/") ? "docker.io/library/" + ${image('object')} : ((${first}.contains(".") || ${first}.contains(":") || ${first} == "localhost") ? "" : "docker.io/") + ${image('object')})`;
    const has = (object: string): string => `has(${object}.spec.execute) && has(${object}.spec.execute.container)`;
    rules.push({
      rule: 'containers.images',
      expression: `!(${has('object')}) || [${full}].all(i, ${matchesGlobs('i', images)}) || (oldObject != null && ${has('oldObject')} && ${image('oldObject')} == ${image('object')})`,
      message: `spec.execute.container.image: allowed are ${images.join(', ')}`,
    });
  }
  if (egress?.networks !== undefined) {
    rules.push(networksRule('containers.egress.networks', { path: [...path, 'egress'] }, egress.networks));
  }
  rules.push(...podRules('containers.podTemplate', { path }, podTemplate));
  return rules;
}

function labels({ require, match }: PolicySpec, kind: string): CelRule[] {
  if (!DEFINITIONS.includes(kind) && !(kind === 'Task' && match?.kinds?.includes('Task') === true)) return [];
  const has = (object: string, label: string): string =>
    `(has(${object}.metadata.labels) && ${quoted(label)} in ${object}.metadata.labels && ${object}.metadata.labels[${quoted(label)}] != "")`;
  return (require?.labels ?? []).map((label) => ({
    rule: 'require.labels',
    expression: `${has('object', label)} || (oldObject != null && !${has('oldObject', label)})`,
    message: `metadata.labels[${label}]: is required`,
  }));
}

/** The rules in CEL whose variables the API server has, too. What the old object did not pass either is let pass. */
function own({ rules = [] }: PolicySpec, kind: string): CelRule[] {
  return rules.flatMap(({ name, expression, when, kinds, action, message }) => {
    if (kinds !== undefined && !(kinds as readonly string[]).includes(kind)) return [];
    if (action === 'RequireApproval' || ownProblem({ expression, when }) !== undefined) return [];
    const passes = when === undefined ? `(${expression})` : `(!(${when}) || (${expression}))`;
    return [
      {
        rule: name,
        // Within it, `object` is the old one.
        expression: `${passes} || (oldObject != null && [oldObject].exists(object, !${passes}))`,
        message: message ?? `${expression} does not hold`,
      },
    ];
  });
}

/** Why a rule in CEL cannot be said in the API server. */
export function ownProblem(rule: {
  readonly expression: string;
  readonly when?: string | undefined;
}): string | undefined {
  const compiler = createExpressionCompiler();
  for (const source of [rule.expression, rule.when]) {
    if (source === undefined) continue;
    const compiled = compiler.compile(source, 'bool');
    if ('problems' in compiled) return compiled.problems.map(({ problem }) => problem).join('; ');
    const missing = ELSEWHERE.filter((variable) => compiled.uses(variable));
    if (missing.length > 0) return `names ${missing.join(', ')}, which the API server does not know`;
    if (compiled.uses('oldObject') || /\boperation\b/.test(source)) {
      return 'is about the change, which is judged by what the old object had';
    }
  }
  return undefined;
}
