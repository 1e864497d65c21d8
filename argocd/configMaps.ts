import { stringify } from 'yaml';
import { API_VERSION, GROUP, KINDS } from '../api/index.ts';
import { actionScripts } from './actions.ts';
import { fluxHealthCheck } from './health/flux.ts';
import { healthLua } from './health/lua.ts';
import type { Rules } from './health/rule.ts';
import { HEALTH } from './health/table.ts';
import type { DeepLink } from './links.ts';
import { OWN_LINKS } from './links.ts';
import { notifications } from './notifications.ts';
import type { TRACKING_METHODS } from './trackingMethods.ts';

export interface InstallOptions {
  /** Namespace of Argo CD. */
  readonly namespace: string;
  /** How Argo CD marks what is its own; left as it is when absent. */
  readonly trackingMethod?: (typeof TRACKING_METHODS)[number];
  /** The label of the methods with one; Argo CD's `app.kubernetes.io/instance` when absent. */
  readonly instanceLabelKey?: string;
  readonly links: readonly DeepLink[];
}

export interface ConfigMap {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly data: Readonly<Record<string, string>>;
}

/** Rules of a kind. Every kind has some: a test sees to it. */
export function rulesOf(kind: string): Rules {
  const rules = HEALTH[kind];
  if (rules === undefined) throw new Error(`argocd/health/table.ts has no rules for ${kind}`);
  return rules;
}

/**
 * The keys that Argo CD's three ConfigMaps need, and no others: applied on the server's side, they leave alone what else is there.
 */
export function configMaps(options: InstallOptions): ConfigMap[] {
  const map = (name: string, data: Record<string, string>): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: options.namespace,
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
    data,
  });
  return [
    map('argocd-cm', customizations(options)),
    // The notifications read the health of resources in the Application's status.
    map('argocd-cmd-params-cm', { 'controller.resource.health.persist': 'true' }),
    map('argocd-notifications-cm', notifications()),
  ];
}

function customizations({ trackingMethod, instanceLabelKey, links }: InstallOptions): Record<string, string> {
  const data: Record<string, string> = {};
  if (trackingMethod !== undefined) data['application.resourceTrackingMethod'] = trackingMethod;
  if (instanceLabelKey !== undefined) data['application.instanceLabelKey'] = instanceLabelKey;
  for (const { kind } of KINDS) {
    const key = `${GROUP}_${kind}`;
    data[`resource.customizations.health.${key}`] = healthLua(rulesOf(kind));
    data[`resource.customizations.ignoreResourceUpdates.${key}`] = yaml(ignoredUpdates(kind));
    const scripts = actionScripts(kind);
    if (scripts !== undefined) {
      data[`resource.customizations.actions.${key}`] = yaml({
        'discovery.lua': scripts.discovery,
        definitions: [...scripts.actions].map(([name, script]) => ({ name, 'action.lua': script })),
      });
    }
  }
  // Sync waves of Applications within an Application wait for nothing without it.
  data['resource.customizations.health.argoproj.io_Application'] = APPLICATION_HEALTH;
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    data[`resource.customizations.ignoreDifferences.admissionregistration.k8s.io_${kind}`] = yaml({
      jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'],
    });
  }
  data['resource.links'] = yaml([...OWN_LINKS, ...links]);
  return data;
}

/** What may change without a look at the whole Application. A change of health is looked at all the same. */
function ignoredUpdates(kind: string): { jsonPointers: string[] } {
  const stamps = kind === 'MCPServer' ? [`/metadata/annotations/${GROUP}~1reconnect`] : [];
  return { jsonPointers: ['/status', ...stamps] };
}

const APPLICATION_HEALTH = `local health = (obj.status or {}).health
if health == nil or health.status == nil then
  return { status = "Progressing", message = "Waiting for the Application to be looked at" }
end
return { status = health.status, message = health.message or "" }
`;

/** `spec.healthCheckExprs` of Flux's Kustomizations. */
export function fluxHealthChecks(): ReturnType<typeof fluxHealthCheck>[] {
  return KINDS.map(({ kind }) => fluxHealthCheck(API_VERSION, kind, rulesOf(kind)));
}

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });
