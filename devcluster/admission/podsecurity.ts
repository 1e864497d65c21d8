/** PodSecurity: the standards that a namespace's `pod-security.kubernetes.io/…` labels enforce, or warn of. */
import { at, objects, text } from '../builtin/access.ts';
import type { RegistryContext } from '../registry/call.ts';
import { fieldError, forbidden, invalid } from '../request/status.ts';
import type { FieldError, KubeObject } from '../types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './chain.ts';
import { type Level, type Violation, violations } from './podsecuritychecks.ts';

const prefix = 'pod-security.kubernetes.io/';
const modes = ['enforce', 'audit', 'warn'] as const;
const levels: readonly string[] = ['privileged', 'baseline', 'restricted'];

interface Standard {
  readonly level: Level;
  readonly version: string;
}

/** What a namespace asks for in a mode. A level that is none counts as the strictest, as the real server has it. */
function standardOf(labels: { readonly [key: string]: string }, mode: (typeof modes)[number]): Standard {
  const level = labels[`${prefix}${mode}`];
  const version = labels[`${prefix}${mode}-version`] ?? 'latest';
  if (level === undefined) return { level: 'privileged', version };
  return { level: levels.includes(level) ? (level as Level) : 'restricted', version };
}

/** Violations of the labels themselves. */
export function labelProblems(labels: { readonly [key: string]: string }): FieldError[] {
  const errors: FieldError[] = [];
  for (const mode of modes) {
    const level = labels[`${prefix}${mode}`];
    const version = labels[`${prefix}${mode}-version`];
    if (level !== undefined && !levels.includes(level)) {
      const detail = `must be one of ${levels.join(', ')}`;
      errors.push(fieldError.invalid(`metadata.labels[${prefix}${mode}]`, level, detail));
    }
    if (version !== undefined && version !== 'latest' && !/^v1\.(0|[1-9]\d*)$/.test(version)) {
      const detail = 'must be "latest" or "v1.x"';
      errors.push(fieldError.invalid(`metadata.labels[${prefix}${mode}-version]`, version, detail));
    }
  }
  return errors;
}

const named = ({ level, version }: Standard): string => JSON.stringify(`${level}:${version}`);
const detailed = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');

/** Where a kind that makes pods has its template. */
const templates: { readonly [resource: string]: string } = {
  '/podtemplates': 'template',
  '/replicationcontrollers': 'spec.template',
  'apps/daemonsets': 'spec.template',
  'apps/deployments': 'spec.template',
  'apps/replicasets': 'spec.template',
  'apps/statefulsets': 'spec.template',
  'batch/cronjobs': 'spec.jobTemplate.spec.template',
  'batch/jobs': 'spec.template',
};

/** The plugin. */
export function podSecurity(context: () => RegistryContext): AdmissionPlugin {
  const labelsOf = (namespace: string): { readonly [key: string]: string } => {
    const { store } = context();
    const entry = store.latest('/namespaces', namespace);
    return entry === undefined ? {} : (store.object(entry).metadata.labels ?? {});
  };
  return {
    name: 'PodSecurity',
    handles: ({ operation, definition, subresource }) => {
      if (operation !== 'CREATE' && operation !== 'UPDATE') return false;
      const resource = `${definition.group}/${definition.plural}`;
      if (resource === '/pods') return subresource === '' || subresource === 'ephemeralcontainers';
      return subresource === '' && (resource === '/namespaces' || Object.hasOwn(templates, resource));
    },
    validate: (attributes) => {
      const { definition, object } = attributes;
      if (object === undefined) return undefined;
      const resource = `${definition.group}/${definition.plural}`;
      if (resource === '/namespaces') namespaceLabels(context(), attributes, object);
      else {
        const labels = labelsOf(attributes.namespace);
        const path = templates[resource];
        if (path === undefined) podOf(attributes, object, labels);
        else if (at(object, path) !== undefined) warn(attributes, at(object, path), labels);
      }
      return undefined;
    },
  };
}

function podOf(attributes: AdmissionAttributes, pod: KubeObject, labels: { readonly [key: string]: string }): void {
  if (attributes.operation === 'UPDATE' && !isSignificant(pod, attributes.oldObject)) return;
  const enforced = standardOf(labels, 'enforce');
  const found = violations(pod, enforced.level);
  if (found.length > 0) {
    const why = `violates PodSecurity ${named(enforced)}: ${detailed(found)}`;
    const name = pod.metadata.name ?? attributes.name;
    throw forbidden({ group: '', resource: 'pods' }, name, why);
  }
  warn(attributes, pod, labels);
}

function warn(attributes: AdmissionAttributes, pod: unknown, labels: { readonly [key: string]: string }): void {
  const enforced = standardOf(labels, 'enforce');
  // A namespace that says nothing of warnings is warned of what it enforces.
  const silent = labels[`${prefix}warn`] === undefined && levels.includes(labels[`${prefix}enforce`] ?? '');
  const version = labels[`${prefix}warn-version`] ?? enforced.version;
  const standard = silent ? { level: enforced.level, version } : standardOf(labels, 'warn');
  const found = violations(pod, standard.level);
  if (found.length > 0) attributes.warn(`would violate PodSecurity ${named(standard)}: ${detailed(found)}`);
}

/** Whether an update brings another container or image: what else may change of a pod breaks no rule. */
function isSignificant(pod: KubeObject, old: KubeObject | undefined): boolean {
  const images = (object: KubeObject | undefined) =>
    JSON.stringify(
      ['containers', 'initContainers', 'ephemeralContainers'].map((field) =>
        objects(object, `spec.${field}`).map((container) => text(container, 'image')),
      ),
    );
  return images(pod) !== images(old);
}

/** Labels must be well formed, and pods that are there already are looked at when more is enforced than before. */
function namespaceLabels(context: RegistryContext, attributes: AdmissionAttributes, object: KubeObject): void {
  const labels = object.metadata.labels ?? {};
  const before = attributes.oldObject?.metadata.labels ?? {};
  const problems = labelProblems(labels);
  // Labels that were wrong before keep nobody from changing something else.
  const known = new Set(labelProblems(before).map((problem) => problem.body + problem.field));
  if (problems.some((problem) => !known.has(problem.body + problem.field)) && problems.length > 0)
    throw invalid('', 'Namespace', object.metadata.name ?? attributes.name, problems);
  if (attributes.operation !== 'UPDATE' || problems.length > 0) return;
  const [standard, old] = [standardOf(labels, 'enforce'), standardOf(before, 'enforce')];
  if (standard.level === 'privileged' || named(standard) === named(old)) return;
  if (old.version === standard.version && levels.indexOf(standard.level) < levels.indexOf(old.level)) return;
  const { store } = context;
  const name = object.metadata.name ?? '';
  const counts = new Map<string, { first: string; count: number }>();
  for (const entry of store.list('/pods', `${name}/`)) {
    const pod = store.object(entry);
    const reasons = violations(pod, standard.level).map((found) => found.reason);
    if (reasons.length === 0) continue;
    const key = reasons.join(', ');
    const known = counts.get(key);
    counts.set(key, { first: known?.first ?? pod.metadata.name ?? '', count: (known?.count ?? 0) + 1 });
  }
  if (counts.size === 0) return;
  attributes.warn(
    `existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${named(standard)}`,
  );
  const lines = [...counts].map(([reason, { first, count }]) => {
    const others = count === 1 ? '' : count === 2 ? ' (and 1 other pod)' : ` (and ${count - 1} other pods)`;
    return `${first}${others}: ${reason}`;
  });
  for (const line of lines.sort()) attributes.warn(line);
}
