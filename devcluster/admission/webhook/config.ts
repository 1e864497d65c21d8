/** Webhook configurations as they are stored, compiled. */
import type { RegistryContext } from '../../registry/call.ts';
import type { KubeObject } from '../../types.ts';
import { type Conditions, compileConditions, type MatchCondition } from '../cel/conditions.ts';
import type { LabelSelector, Rule } from '../match.ts';
import { type ConfigurationSource, configurationSource } from '../source.ts';

/** `ServiceReference` of a webhook. */
export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly path?: string;
  readonly port?: number;
}

/** `WebhookClientConfig`. */
export interface ClientConfig {
  readonly url?: string;
  readonly service?: ServiceReference;
  /** Base64 of PEM. Absent: the authorities that Node trusts. */
  readonly caBundle?: string;
}

/** One entry of `webhooks` of either kind, defaults filled. */
export interface Webhook {
  /** Unique among all webhooks of a kind of configuration. */
  readonly id: string;
  readonly configuration: string;
  readonly name: string;
  readonly clientConfig: ClientConfig;
  readonly rules: readonly Rule[];
  readonly failurePolicy: string;
  readonly matchPolicy: string;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly objectSelector: LabelSelector | undefined;
  readonly sideEffects: string | undefined;
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly string[];
  readonly reinvocationPolicy: string;
  readonly conditions: Conditions | undefined;
}

type StoredWebhook = Partial<Omit<Webhook, 'id' | 'configuration' | 'conditions'>> & {
  readonly matchConditions?: readonly MatchCondition[];
};

export type WebhookKind = 'mutating' | 'validating';

/** The webhooks of all configurations of a kind, by name of the configuration, then in their order. */
export function webhookSource(context: () => RegistryContext, kind: WebhookKind): ConfigurationSource<Webhook> {
  return configurationSource(context, `admissionregistration.k8s.io/${kind}webhookconfigurations`, compile);
}

function compile(object: KubeObject): Webhook[] {
  const configuration = object.metadata.name ?? '';
  const seen = new Map<string, number>();
  const list = Array.isArray(object.webhooks) ? (object.webhooks as StoredWebhook[]) : [];
  return list.map((hook) => {
    const name = hook.name ?? '';
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return {
      id: `${configuration}/${name}/${count}`,
      configuration,
      name,
      clientConfig: hook.clientConfig ?? {},
      rules: hook.rules ?? [],
      failurePolicy: hook.failurePolicy ?? 'Fail',
      matchPolicy: hook.matchPolicy ?? 'Equivalent',
      namespaceSelector: hook.namespaceSelector,
      objectSelector: hook.objectSelector,
      sideEffects: hook.sideEffects,
      timeoutSeconds: hook.timeoutSeconds ?? 10,
      admissionReviewVersions: hook.admissionReviewVersions ?? [],
      reinvocationPolicy: hook.reinvocationPolicy ?? 'Never',
      conditions: hook.matchConditions?.length ? compileConditions(hook.matchConditions) : undefined,
    };
  });
}
