/** Aggregated ClusterRoles: their rules are those of all roles that their selectors match. */
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { equalJson, isObject } from '../registry/copy.ts';
import { systemCall } from '../registry/internal.ts';
import { patch } from '../registry/patch.ts';
import { printJson } from '../request/json.ts';
import type { KubeObject } from '../types.ts';
import type { Controllers } from './types.ts';

const resource = 'rbac.authorization.k8s.io/clusterroles';

interface LabelSelector {
  readonly matchLabels?: { readonly [key: string]: string };
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Starts the controller. */
export function startAggregation(context: RegistryContext, logger: Logger): Controllers {
  let running = false;
  let again = false;
  let closed = false;
  const sync = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        for (const entry of context.store.list(resource)) {
          if (!closed) await aggregate(context, context.store.object(entry));
        }
      } while (again && !closed);
    } catch (error) {
      if (!closed) logger.error({ error }, 'ClusterRoles could not be aggregated');
    } finally {
      running = false;
    }
  };
  const stop = context.store.subscribe(resource, () => void sync());
  void sync();
  return {
    close: () => {
      closed = true;
      stop();
    },
  };
}

async function aggregate(context: RegistryContext, role: KubeObject): Promise<void> {
  const selectors = isObject(role.aggregationRule) ? role.aggregationRule.clusterRoleSelectors : undefined;
  if (!Array.isArray(selectors)) return;
  const name = role.metadata.name ?? '';
  const rules: unknown[] = [];
  for (const entry of context.store.list(resource)) {
    const other = context.store.object(entry);
    if (other.metadata.name === name || !Array.isArray(other.rules)) continue;
    if (!selectors.some((selector: LabelSelector) => selects(selector, other.metadata.labels ?? {}))) continue;
    for (const rule of other.rules) if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
  }
  if (equalJson(rules, role.rules ?? [])) return;
  const definition = context.resources.find('rbac.authorization.k8s.io', 'v1', 'clusterroles');
  if (definition === undefined) return;
  const call = systemCall(definition, '', name, { manager: 'clusterrole-aggregation-controller' });
  const own = rules.length > 0 ? { rules } : {};
  const body = { apiVersion: role.apiVersion, kind: role.kind, metadata: { name }, ...own };
  await patch(context, call, 'apply', printJson(body), true);
}

function selects(selector: LabelSelector, labels: { readonly [key: string]: string }): boolean {
  const value = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  for (const [key, wanted] of Object.entries(selector.matchLabels ?? {})) if (value(key) !== wanted) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const found = value(key);
    const holds =
      operator === 'Exists'
        ? found !== undefined
        : operator === 'DoesNotExist'
          ? found === undefined
          : operator === 'In'
            ? found !== undefined && values.includes(found)
            : found === undefined || !values.includes(found);
    if (!holds) return false;
  }
  return true;
}
