/** What is special about a builtin kind beyond its schema: defaults, validation, what it prepares. */
import type { ResourceDefinition } from '../types.ts';

export type Strategy = Partial<Omit<ResourceDefinition, 'group' | 'version' | 'plural' | 'kind'>>;

const strategies: { readonly [kind: string]: Strategy } = {};

/** The strategy of `group/Kind`; an empty one where nothing is special. */
export function strategyOf(kind: string): Strategy {
  return strategies[kind] ?? {};
}
