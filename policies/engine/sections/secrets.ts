import type { JudgedKind, SecretSection } from '../../../api/index.ts';
import type { Address } from '../address.ts';
import { parseUrl } from '../address.ts';
import type { GlobSet } from '../glob.ts';
import { fullImage } from '../image.ts';
import { at, listAt, textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope } from '../scope.ts';
import { quote, some } from '../text.ts';
import { compileHostPattern, type UrlPattern } from '../urlpattern.ts';
import { judgedLlms } from './llms.ts';
import { objectNames } from './names.ts';
import { reportOn, type Subject, subjectsOf } from './subjects.ts';

/** A Secret that an object uses, and where it goes. */
interface Use {
  readonly secret: string;
  readonly field: string;
  readonly destination:
    | { readonly url: Address }
    /** An address that nothing can be said of. */
    | { readonly problem: string }
    /** The program of a stdio server. */
    | { readonly mcpServer: string }
    /** Not said, and nothing that could be compared. */
    | { readonly unknown: string };
}

interface Grant {
  readonly name: GlobSet;
  readonly hosts: readonly UrlPattern[] | undefined;
  readonly mcpServers: GlobSet | undefined;
}

const KINDS = new Set(['LLM', 'MCPServer', 'Tool', 'ContactChannel', 'Agent', 'TaskRunToolCall']);
const JUDGED: readonly JudgedKind[] = ['LLM', 'MCPServer', 'Tool', 'ContactChannel'];

/** `secrets`: every Secret that an object refers to, with the address that it would be sent to. */
export function compileSecrets(section: SecretSection | undefined, context: SectionContext): Judge[] {
  if (section === undefined) return [];
  const grants = (section.allow ?? []).map(({ name, hosts, mcpServers }, i): Grant => {
    const field = `secrets.allow[${i}]`;
    return {
      name: objectNames([name], `${field}.name`, context),
      hosts: hosts?.flatMap((source, k) => {
        const pattern = compileHostPattern(source);
        if (!('problem' in pattern)) return [pattern];
        context.problem(`${field}.hosts[${k}]`, `${JSON.stringify(source)} ${pattern.problem}`);
        return [];
      }),
      mcpServers: mcpServers === undefined ? undefined : objectNames(mcpServers, `${field}.mcpServers`, context),
    };
  });
  const rule = 'secrets.allow';
  return [
    {
      kinds: KINDS,
      rules: [rule],
      judge(scope, sink) {
        for (const { subject, uses } of scope.fact(allUses)) {
          for (const use of uses) {
            if (grants.some((grant) => isNamed(grant, use) && isGranted(grant, use.destination))) continue;
            const named = grants.filter((grant) => isNamed(grant, use));
            const to = destinationText(use.destination);
            reportOn(
              subject,
              {
                rule,
                field: use.field,
                value: `${use.secret} → ${to}`,
                detail:
                  named.length === 0
                    ? `Secret ${quote(use.secret)} may not be used; allowed: ${some(section.allow.map((each) => each.name))}`
                    : `Secret ${quote(use.secret)} may not go to ${to}; allowed: ${some(placesOf(section, named, grants))}`,
                fix: named.length === 0 ? 'use an allowed Secret' : 'use an allowed address for it',
              },
              sink,
            );
          }
        }
      },
    },
  ];
}

function placesOf(section: SecretSection, named: readonly Grant[], grants: readonly Grant[]): string[] {
  return named.flatMap((grant) => {
    const source = section.allow[grants.indexOf(grant)];
    return [...(source?.hosts ?? []), ...(source?.mcpServers ?? []).map((name) => `MCPServer ${name}`)];
  });
}

const isNamed = ({ name }: Grant, { secret }: Use): boolean => name.match(secret) !== undefined;

function isGranted({ hosts, mcpServers }: Grant, destination: Use['destination']): boolean {
  if (hosts === undefined && mcpServers === undefined) return true;
  if ('mcpServer' in destination) return mcpServers?.match(destination.mcpServer) !== undefined;
  if ('unknown' in destination) return false;
  if ('problem' in destination) return false;
  return hosts?.some((pattern) => pattern.test(destination.url)) ?? false;
}

function destinationText(destination: Use['destination']): string {
  if ('mcpServer' in destination) return `the program of MCPServer ${destination.mcpServer}`;
  if ('unknown' in destination) return destination.unknown;
  return 'problem' in destination ? `an address that ${destination.problem}` : destination.url.host;
}

const destinationAt = (url: ReturnType<typeof parseUrl>): Use['destination'] => ('problem' in url ? url : { url });
const address = (text = ''): Use['destination'] => destinationAt(parseUrl(text));

function allUses(scope: Scope): { readonly subject: Subject; readonly uses: readonly Use[] }[] {
  return JUDGED.flatMap((kind) => subjectsOf(scope, kind))
    .map((subject) => ({ subject, uses: usesOf(subject, scope) }))
    .filter(({ uses }) => uses.length > 0);
}

function usesOf(subject: Subject, scope: Scope): Use[] {
  const { object, kind, name } = subject;
  const uses: Use[] = [];
  const use = (reference: unknown, field: string, destination: Use['destination']): void => {
    const secret = textAt(reference, 'name');
    if (secret !== undefined) uses.push({ secret, field: `${field}.name`, destination });
  };
  /** Of a Pod's template, beside its image. */
  const usePullSecrets = (pod: unknown, field: string): void => {
    const image = textAt(pod, 'image') ?? '';
    const destination: Use['destination'] =
      image === ''
        ? { unknown: 'the registry of the image that the operator chooses' }
        : address(`https://${fullImage(image).split('/', 1)[0]}/`);
    for (const [i, each] of listAt(pod, 'podTemplate', 'imagePullSecrets').entries())
      use(each, `${field}.podTemplate.imagePullSecrets[${i}]`, destination);
  };
  switch (kind) {
    case 'LLM': {
      const reference = at(object, 'spec', 'apiKeyFrom', 'secretKeyRef');
      const llm = scope.fact(judgedLlms).find((each) => each.subject === subject);
      use(reference, 'spec.apiKeyFrom.secretKeyRef', destinationAt(llm?.address ?? { problem: 'is not known' }));
      break;
    }
    case 'MCPServer': {
      const isStdio = textAt(object, 'spec', 'transport') === 'stdio';
      const destination = isStdio ? { mcpServer: name } : address(textAt(object, 'spec', 'url'));
      for (const list of ['env', 'headers']) {
        for (const [i, each] of listAt(object, 'spec', list).entries()) {
          const field = `spec.${list}[${i}].valueFrom.secretKeyRef`;
          use(at(each, 'valueFrom', 'secretKeyRef'), field, destination);
        }
      }
      if (isStdio) usePullSecrets(at(object, 'spec'), 'spec');
      break;
    }
    case 'Tool': {
      const api = at(object, 'spec', 'execute', 'externalAPI');
      const field = 'spec.execute.externalAPI.credentialsFrom';
      use(at(api, 'credentialsFrom'), field, address(textAt(api, 'url')));
      const destination = { unknown: `the program of Tool ${name}` };
      for (const [i, each] of listAt(object, 'spec', 'execute', 'container', 'env').entries()) {
        const variable = `spec.execute.container.env[${i}].valueFrom.secretKeyRef`;
        use(at(each, 'valueFrom', 'secretKeyRef'), variable, destination);
      }
      usePullSecrets(at(object, 'spec', 'execute', 'container'), 'spec.execute.container');
      break;
    }
    case 'ContactChannel': {
      const destination =
        textAt(object, 'spec', 'type') === 'slack'
          ? address('https://slack.com/')
          : { unknown: 'the e-mail service, whose address is not known' };
      use(at(object, 'spec', 'apiKeyFrom', 'secretKeyRef'), 'spec.apiKeyFrom.secretKeyRef', destination);
      break;
    }
  }
  return uses;
}
