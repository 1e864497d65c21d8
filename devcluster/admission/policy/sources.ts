/** The policies of a kind with their bindings. */
import type { RegistryContext } from '../../registry/call.ts';
import { isObject } from '../../registry/copy.ts';
import { type ConfigurationSource, configurationSource } from '../source.ts';
import type { BindingSpec, Named } from './types.ts';

/** A compiled policy with those bindings that name it. */
export interface BoundPolicy<P> {
  readonly policy: P;
  readonly bindings: readonly Named<BindingSpec>[];
}

/** @param kind `validating` or `mutating` */
export function boundPolicies<P extends { readonly name: string }>(
  context: () => RegistryContext,
  kind: 'validating' | 'mutating',
  compile: (name: string, spec: { readonly [field: string]: unknown }) => P,
): ConfigurationSource<BoundPolicy<P>> {
  const specOf = (spec: unknown): { [field: string]: unknown } => (isObject(spec) ? spec : {});
  const group = 'admissionregistration.k8s.io';
  const policies = configurationSource(context, `${group}/${kind}admissionpolicies`, ({ metadata, spec }) => [
    compile(metadata.name ?? '', specOf(spec)),
  ]);
  const bindings = configurationSource(context, `${group}/${kind}admissionpolicybindings`, ({ metadata, spec }) => [
    { name: metadata.name ?? '', spec: specOf(spec) as BindingSpec },
  ]);
  let bound: readonly BoundPolicy<P>[] = [];
  let from: readonly [unknown, unknown] = [undefined, undefined];
  return {
    current: () => {
      const now = [policies.current(), bindings.current()] as const;
      if (now[0] === from[0] && now[1] === from[1]) return bound;
      from = now;
      bound = now[0]
        .map((policy) => ({ policy, bindings: now[1].filter(({ spec }) => spec.policyName === policy.name) }))
        .filter((item) => item.bindings.length > 0);
      return bound;
    },
  };
}
