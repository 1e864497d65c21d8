import type { McpServerSection } from '../../../api/index.ts';
import type { Address } from '../address.ts';
import { parseUrl } from '../address.ts';
import { compileGlob, compileGlobs, type Glob, globProblem } from '../glob.ts';
import { fullImage, imageOf } from '../image.ts';
import { at, listAt, textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope } from '../scope.ts';
import { referencesOf } from '../scope.ts';
import { findSecret, isSecretName } from '../secretpatterns.ts';
import type { Report, Sink } from '../sink.ts';
import { quote, some } from '../text.ts';
import { type EgressCheck, hostCheck, networkCheck } from './egress.ts';
import { compileImages } from './images.ts';
import { objectNames } from './names.ts';
import { podChecks } from './podtemplate.ts';
import { reportOn, type Subject, subjectsOf } from './subjects.ts';
import { compileUrls } from './urls.ts';

/** An MCPServer as checks read it. */
interface JudgedServer {
  readonly subject: Subject;
  readonly isStdio: boolean;
  readonly transport: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it runs in where it is a Pod; empty: the operator's choice. */
  readonly image: string;
  readonly url: string;
  /** Undefined for stdio. */
  readonly address: Address | { readonly problem: string } | undefined;
  /** What looks like a secret; looked for once, and only where a policy asks. */
  literalSecrets(): readonly Report[];
}

/** A server that is named, whether it is there or not. */
interface NamedServer {
  readonly name: string;
  readonly field: string;
  readonly via?: { readonly kind: 'MCPServer'; readonly name: string };
}

type Check = (server: JudgedServer, report: (report: Report) => void) => void;
type NameCheck = (server: NamedServer, sink: Sink) => void;

const KINDS = new Set(['MCPServer', 'Agent', 'TaskRunToolCall']);

/** `mcpServers`: MCPServers, those that an Agent names, and the one that executes a call. */
export function compileMcpServers(section: McpServerSection | undefined, context: SectionContext): Judge[] {
  if (section === undefined) return [];
  const { allow, deny, transports, commands, images, urls, egress, podTemplate, env } = section;
  const rules: string[] = [];
  const checks: Check[] = [];
  const add = (rule: string, check: Check): void => {
    rules.push(rule);
    checks.push(check);
  };
  const checkName = compileNames(allow, deny, context);
  if (allow !== undefined) rules.push('mcpServers.allow');
  if (deny !== undefined) rules.push('mcpServers.deny');
  if (transports !== undefined) add('mcpServers.transports', transportCheck(transports));
  if (commands !== undefined) add('mcpServers.commands', commandCheck(commands));
  if (images !== undefined) add('mcpServers.images', imageCheck(images, context));
  if (urls !== undefined) add('mcpServers.urls', urlCheck(urls, context));
  const addEgress = (name: 'networks' | 'hosts' | 'privateHosts', check: (rule: string) => EgressCheck): void => {
    if (egress?.[name] === undefined) return;
    const rule = `mcpServers.egress.${name}`;
    add(rule, egressCheck(name === 'networks' ? 'egress' : 'egressHosts', check(rule)));
  };
  addEgress('networks', (rule) => networkCheck(egress?.networks ?? [], rule, context));
  addEgress('hosts', (rule) => hostCheck(egress?.hosts ?? [], rule, context));
  addEgress('privateHosts', (rule) => hostCheck(egress?.privateHosts ?? [], rule, context, true));
  for (const { rule, check } of podChecks(podTemplate, 'mcpServers.podTemplate', context)) {
    add(rule, ({ subject, isStdio }, report) => {
      if (isStdio) check(at(subject.object, 'spec'), 'spec', report);
    });
  }
  if (env?.allow !== undefined) add('mcpServers.env.allow', variableCheck(env.allow, context));
  if (env?.denyLiteralSecrets === true) add('mcpServers.env.denyLiteralSecrets', literalSecretCheck);
  return [
    {
      kinds: KINDS,
      rules,
      judge(scope, sink) {
        if (checkName !== undefined) for (const server of scope.fact(namedServers)) checkName(server, sink);
        if (checks.length === 0) return undefined;
        for (const server of scope.fact(judgedServers)) {
          const report = (it: Report): void => reportOn(server.subject, it, sink);
          for (const check of checks) check(server, report);
        }
        return undefined;
      },
    },
  ];
}

function namedServers({ kind, name, object, call }: Scope): NamedServer[] {
  const named = (server: string, field: string): NamedServer => ({
    name: server,
    field,
    via: { kind: 'MCPServer', name: server },
  });
  if (kind === 'MCPServer') return [{ name, field: 'metadata.name' }];
  if (kind === 'Agent') return referencesOf(object, 'mcpServers').map((server) => named(server.name, server.field));
  return call?.tool.kind === 'MCPServer' ? [named(call.tool.server, 'spec.tool.name')] : [];
}

function judgedServers(scope: Scope): JudgedServer[] {
  return subjectsOf(scope, 'MCPServer').map((subject) => {
    const server = subject.object;
    const url = textAt(server, 'spec', 'url') ?? '';
    const transport = textAt(server, 'spec', 'transport') ?? '';
    let secrets: readonly Report[] | undefined;
    return {
      subject,
      transport,
      isStdio: transport === 'stdio',
      command: textAt(server, 'spec', 'command') ?? '',
      args: argsOf(server),
      image: textAt(server, 'spec', 'image') ?? '',
      url,
      address: transport === 'stdio' ? undefined : parseUrl(url),
      literalSecrets() {
        secrets ??= findLiteralSecrets(server);
        return secrets;
      },
    };
  });
}

/** Names are judged where an Agent refers to them, too: the server need not be there yet. */
function compileNames(
  allow: readonly string[] | undefined,
  deny: readonly string[] | undefined,
  context: SectionContext,
): NameCheck | undefined {
  if (allow === undefined && deny === undefined) return undefined;
  const allowed = allow === undefined ? undefined : objectNames(allow, 'mcpServers.allow', context);
  const denied = objectNames(deny ?? [], 'mcpServers.deny', context);
  return ({ name, field, via }, sink) => {
    const deniedBy = denied.match(name);
    if (deniedBy !== undefined) {
      sink.report({
        rule: 'mcpServers.deny',
        field,
        via,
        value: name,
        detail: `MCPServer ${quote(name)} is denied by ${quote(deniedBy)}`,
        fix: 'use another server',
        pattern: deniedBy,
      });
    }
    if (allowed !== undefined && allowed.match(name) === undefined) {
      sink.report({
        rule: 'mcpServers.allow',
        field,
        via,
        value: name,
        detail: `MCPServer ${quote(name)} is not allowed; allowed: ${some(allowed.sources)}`,
        fix: 'use an allowed server',
      });
    }
  };
}

function transportCheck(transports: readonly string[]): Check {
  return ({ transport }, report) => {
    if (transports.includes(transport)) return;
    report({
      rule: 'mcpServers.transports',
      field: 'spec.transport',
      value: transport,
      detail: `transport ${quote(transport)} is not allowed; allowed: ${some(transports)}`,
      fix: 'use an allowed transport',
    });
  };
}

/** `--flag=/data/../etc`: text that a pattern of a folder matches, and that leads out of it. */
const LEADS_OUT = /(?:^|[\\/=:])\.\.(?:[\\/]|$)/;

function argsOf(server: unknown): string[] {
  return listAt(server, 'spec', 'args').map((arg) => (typeof arg === 'string' ? arg : String(arg)));
}

function commandCheck(commands: NonNullable<McpServerSection['commands']>): Check {
  const allowed = commands.map(({ command, args }) => ({ command, args: args?.map(compileGlob) }));
  const fits = (glob: Glob, arg: string): boolean =>
    glob.literal === undefined ? !LEADS_OUT.test(arg) && glob.test(arg) : glob.literal === arg;
  const shown = commands.map(({ command, args }) => [command, ...(args ?? ['…'])].join(' '));
  return ({ isStdio, command, args }, report) => {
    if (!isStdio) return;
    const isAllowed = allowed.some(
      (each) =>
        each.command === command &&
        (each.args === undefined ||
          (each.args.length === args.length && each.args.every((glob, i) => fits(glob, args[i] as string)))),
    );
    if (isAllowed) return;
    // Arguments may hold a secret: they are not repeated.
    report({
      rule: 'mcpServers.commands',
      field: 'spec.command',
      value: command,
      detail: `command ${quote(command)} with these ${args.length} arguments is not allowed; allowed: ${some(shown)}`,
      fix: 'use an allowed command with its arguments',
    });
  };
}

function imageCheck(images: readonly string[], context: SectionContext): Check {
  const globs = compileImages(images, 'mcpServers.images', context);
  return ({ isStdio, command, args, image: podImage }, report) => {
    if (!isStdio) return;
    if (podImage !== '') {
      const full = fullImage(podImage);
      if (globs.match(full) === undefined) {
        report({
          rule: 'mcpServers.images',
          field: 'spec.image',
          value: podImage,
          detail: `image ${quote(full)} is not allowed; allowed: ${some(images)}`,
          fix: 'use an allowed image',
        });
      }
    }
    const image = imageOf(command, args);
    if (image === undefined) return;
    const value = typeof image === 'string' ? image : '';
    if (typeof image === 'string' && globs.match(image) !== undefined) return;
    report({
      rule: 'mcpServers.images',
      field: 'spec.args',
      value,
      detail:
        typeof image === 'string'
          ? `image ${quote(image)} is not allowed; allowed: ${some(images)}`
          : `the image is not known: ${image.problem}; allowed: ${some(images)}`,
      fix: 'use an allowed image',
    });
  };
}

function urlCheck(sources: readonly string[], context: SectionContext): Check {
  const urls = compileUrls(sources, 'mcpServers.urls', context);
  return ({ url, address }, report) => {
    if (address === undefined) return;
    const problem = urls.problem(address);
    if (problem === undefined) return;
    report({
      rule: 'mcpServers.urls',
      field: 'spec.url',
      value: urls.show(url),
      detail: `${quote(urls.show(url))} ${problem}`,
      fix: 'use an allowed address',
    });
  };
}

const egressCheck =
  (list: 'egress' | 'egressHosts', check: EgressCheck): Check =>
  ({ subject, isStdio }, report) => {
    if (isStdio) check(listAt(subject.object, 'spec', list), `spec.${list}`, report);
  };

function variableCheck(allow: readonly string[], context: SectionContext): Check {
  for (const [i, pattern] of allow.entries()) {
    const problem = globProblem(pattern);
    if (problem !== undefined) context.problem(`mcpServers.env.allow[${i}]`, `${JSON.stringify(pattern)} ${problem}`);
  }
  const globs = compileGlobs(allow);
  return ({ subject }, report) => {
    for (const [i, variable] of listAt(subject.object, 'spec', 'env').entries()) {
      const name = textAt(variable, 'name') ?? '';
      if (globs.match(name) !== undefined) continue;
      report({
        rule: 'mcpServers.env.allow',
        field: `spec.env[${i}].name`,
        value: name,
        detail: `environment variable ${quote(name)} is not allowed; allowed: ${some(allow)}`,
        fix: 'remove it',
      });
    }
  };
}

const literalSecretCheck: Check = (server, report) => {
  for (const found of server.literalSecrets()) report(found);
};

function findLiteralSecrets(server: unknown): Report[] {
  const found: Report[] = [];
  const rule = 'mcpServers.env.denyLiteralSecrets';
  const fix = 'put it into a Secret and name that in valueFrom.secretKeyRef';
  for (const list of ['env', 'headers']) {
    for (const [i, variable] of listAt(server, 'spec', list).entries()) {
      const name = textAt(variable, 'name') ?? '';
      const value = at(variable, 'value');
      if (typeof value !== 'string' || value === '') continue;
      const what = findSecret(value) ?? (isSecretName(name) ? 'a secret, by its name' : undefined);
      if (what === undefined) continue;
      const field = `spec.${list}[${i}].value`;
      found.push({ rule, field, value: name, detail: `the value of ${quote(name)} looks like ${what}`, fix });
    }
  }
  for (const name of ['httpProxy', 'httpsProxy']) {
    const what = findSecret(textAt(server, 'spec', 'podTemplate', 'proxy', name) ?? '');
    if (what === undefined) continue;
    found.push({
      rule,
      field: `spec.podTemplate.proxy.${name}`,
      value: name,
      detail: `the address of the proxy looks as if it holds ${what}`,
      fix: 'put it into a Secret, and give it as HTTP_PROXY or HTTPS_PROXY in env from there',
    });
  }
  for (const [i, arg] of argsOf(server).entries()) {
    const what = findSecret(arg);
    if (what === undefined) continue;
    found.push({
      rule,
      field: `spec.args[${i}]`,
      value: `args[${i}]`,
      detail: `the argument looks as if it holds ${what}`,
      fix: 'put it into a Secret, and give it as an environment variable from there',
    });
  }
  return found;
}
