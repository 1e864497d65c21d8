import type { PolicySpec } from '../../api/index.ts';

/** A policy in which one thing is wrong. */
export interface Mutant {
  readonly what: string;
  readonly spec: PolicySpec;
}

type Json = { [name: string]: unknown };

/** What says how, not what: no finding depends on it. */
const UNJUDGED = new Set(['mode', 'modes', 'severity', 'docs', 'approval', 'exceptions', 'message', 'name', 'params']);

/** Parts of a rule that cannot be left out alone. */
const PARTS = new Set(['cel', 'expression', 'tools', 'kinds', 'command', 'args', 'matchLabels', 'cidr', 'port', 'key']);

/** For lists of patterns: one that matches all that the list could be about. */
const WIDEST: Readonly<Record<string, string>> = {
  'tools.allow': '*',
  'tools.requireApproval': '*',
  'tools.deny': '*',
  'llms.allow': '*/*',
  'llms.deny': '*/*',
  'llms.baseURLs': 'https://**:*/',
  'mcpServers.urls': 'https://**:*/',
  'mcpServers.images': '*',
  'containers.images': '*',
  'externalAPIs.urls': 'https://**:*/',
  serviceAccountNames: '*',
  runtimeClassNames: '*',
  caBundles: '*',
  proxies: 'http://**:*/',
  hosts: '**',
  privateHosts: '**:*',
  mcpServers: '*',
};

/**
 * Every way in which a rule of the policy can be broken by one mistake: removed, inverted, its patterns widened or left out, its figures
 * off by one.
 */
export function mutantsOf(spec: PolicySpec): Mutant[] {
  const mutants: Mutant[] = [];
  walk(spec as Json, [], (what, path, value) => mutants.push({ what, spec: changed(spec, path, value) }));
  return mutants;
}

type Path = readonly (string | number)[];
type Tell = (what: string, path: Path, value: unknown) => void;

function walk(node: Json, path: Path, tell: Tell): void {
  for (const [name, value] of Object.entries(node)) {
    if (UNJUDGED.has(name)) continue;
    const here = [...path, name];
    const label = here.join('.');
    if (path.length === 0 || !(PARTS.has(name) || label === 'secrets.allow')) tell(`${label} removed`, here, undefined);
    if (Array.isArray(value)) list(value, here, tell);
    else if (typeof value === 'object' && value !== null) walk(value as Json, here, tell);
    else scalar(name, value, here, tell);
  }
}

function scalar(name: string, value: unknown, here: Path, tell: Tell): void {
  const label = here.join('.');
  if (typeof value === 'number') {
    tell(`${label} one more`, here, value + 1);
    if (value > 1) tell(`${label} one less`, here, value - 1);
  } else if (typeof value === 'boolean') tell(`${label} inverted`, here, !value);
  else if (name === 'cel' || name === 'expression' || name === 'when') {
    tell(`${label} inverted`, here, `!(${String(value)})`);
    tell(`${label} always true`, here, 'true');
  } else if (name === 'defaultAction') tell(`${label} inverted`, here, value === 'Deny' ? 'Allow' : 'Deny');
  else if (name === 'maxDuration') {
    tell(`${label} a second more`, here, `${String(value)}1s`);
    tell(`${label} a second`, here, '1s');
  } else if (name === 'cidr') {
    const isIpv6 = String(value).includes(':');
    tell(`${label} widened`, here, isIpv6 ? '::/0' : '0.0.0.0/0');
  } else if (name === 'key' || here.at(-2) === 'nodeSelector') {
    if (value !== '*') tell(`${label} widened`, here, '*');
  } else if (name === 'maxTemperature') {
    tell(`${label} more`, here, '2');
    tell(`${label} less`, here, '0.1');
  }
}

function list(items: readonly unknown[], here: Path, tell: Tell): void {
  const label = here.join('.');
  const name = String(here.at(-1));
  const widest = WIDEST[here.slice(-2).join('.')] ?? WIDEST[name];
  for (const [i, item] of items.entries()) {
    if (items.length > 1) tell(`${label}[${i}] left out`, here, items.toSpliced(i, 1));
    if (typeof item === 'object' && item !== null) walkItem(item as Json, [...here, i], tell);
    else if (widest !== undefined && item !== widest) tell(`${label}[${i}] widened`, [...here, i], widest);
    else if (name === 'args' && item !== '*') tell(`${label}[${i}] widened`, [...here, i], '*');
  }
}

function walkItem(item: Json, here: Path, tell: Tell): void {
  walk(item, here, tell);
  // Of a Secret that may go anywhere, the places are the rule.
  if (typeof item.name === 'string' && 'hosts' in item && item.name !== '*')
    tell(`${here.join('.')}.name widened`, [...here, 'name'], '*');
}

function changed(spec: PolicySpec, path: Path, value: unknown): PolicySpec {
  const copy = structuredClone(spec) as Json;
  let node: unknown = copy;
  for (const step of path.slice(0, -1)) node = (node as Json)[step as string];
  const last = path.at(-1) as string;
  if (value === undefined) delete (node as Json)[last];
  else (node as Json)[last] = value;
  return copy as PolicySpec;
}
