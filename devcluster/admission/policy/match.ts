/** Which requests a policy or binding is about. */
import type { RegistryContext } from '../../registry/call.ts';
import type { ResourceDefinition } from '../../types.ts';
import type { AdmissionAttributes } from '../chain.ts';
import { matchNamespace, matchObject, matchRules } from '../match.ts';
import type { MatchResources } from './types.ts';

/** The definition by which a request matches; undefined where it does not. Throws StatusError. */
export function matchResources(
  context: RegistryContext,
  criteria: MatchResources | undefined,
  attributes: AdmissionAttributes,
): ResourceDefinition | undefined {
  const {
    namespaceSelector,
    objectSelector,
    resourceRules = [],
    excludeResourceRules = [],
    matchPolicy,
  } = criteria ?? {};
  const inNamespace = matchNamespace(context, namespaceSelector, attributes);
  if (inNamespace === false) return undefined;
  const ofObject = matchObject(objectSelector, attributes);
  if (ofObject === false) return undefined;
  const policy = matchPolicy ?? 'Exact';
  if (matchRules(context, excludeResourceRules, policy, attributes) !== undefined) return undefined;
  const definition =
    resourceRules.length === 0 ? attributes.definition : matchRules(context, resourceRules, policy, attributes);
  if (definition === undefined) return undefined;
  if (inNamespace !== true) throw inNamespace;
  if (ofObject !== true) throw ofObject;
  return definition;
}
