/** The builtin kinds: what the API server serves besides custom resources. */
import type { JsonObject, KubeObject, ResourceDefinition } from '../types.ts';
import { decodeAs, fillAlways, nullEmptyLists } from './decode.ts';
import { applyDefaults } from './defaults.ts';
import { dropFields } from './dropped.ts';
import { structMergeType } from './mergetype.ts';
import { openApiSchema } from './openapi.ts';
import { printer } from './printers/index.ts';
import { type ResourceEntry, resourceTable } from './resources.ts';
import { strategyOf } from './strategies.ts';
import { structType } from './types.ts';
import { hasChecks, validateKind } from './validation/index.ts';
import { statusRules } from './validation/status.ts';
import { warningsOf } from './warnings.ts';

export { componentSchemas } from './openapi.ts';

/** Fills what the kind always prints (`status: {}`), which clearing the status on create took away. */
function complete(object: KubeObject, name: string): void {
  fillAlways(object as unknown as JsonObject, structType(name));
  nullEmptyLists(object as unknown as JsonObject, name);
}

function definition(entry: ResourceEntry): ResourceDefinition {
  const { openApiName } = entry;
  const kind = `${entry.group}/${entry.kind}`;
  const { allocationErrors, ...strategy } = strategyOf(kind, entry.version);
  const warnings = warningsOf(kind);
  const ofStatus = statusRules(kind);
  return {
    ...entry,
    singular: entry.kind.toLowerCase(),
    custom: false,
    openApiSchema: () => openApiSchema(openApiName),
    decode: (object) => decodeAs(object as unknown as JsonObject, openApiName),
    applyDefaults: (object) => applyDefaults(object as unknown as JsonObject, openApiName),
    mergeType: () => structMergeType(openApiName),
    ...printer(kind),
    ...(hasChecks(kind)
      ? {
          validate: (object, context) => {
            const refused = allocationErrors?.(object, undefined, context) ?? [];
            return refused.length > 0 ? refused : validateKind(kind, object);
          },
          validateUpdate: (object, old, context) => {
            const errors = validateKind(kind, object, old);
            return errors.length > 0 ? errors : (allocationErrors?.(object, old, context) ?? []);
          },
        }
      : {}),
    ...(ofStatus === undefined ? {} : { validateStatusUpdate: ofStatus }),
    ...(warnings === undefined ? {} : { warnings }),
    ...strategy,
    prepareForCreate: (object, context) => {
      dropFields(kind, object);
      strategy.prepareForCreate?.(object, context);
      complete(object, openApiName);
    },
    prepareForUpdate: (object, old, context) => {
      dropFields(kind, object, old);
      strategy.prepareForUpdate?.(object, old, context);
      complete(object, openApiName);
    },
  };
}

/** One definition per builtin resource and version, in the order of the table. Cheap: schemas are read when first used. */
export function builtinResources(): ResourceDefinition[] {
  return resourceTable().map(definition);
}

const tokenRequestName = 'io.k8s.api.authentication.v1.TokenRequest';

/** How a TokenRequest, which is a body without a resource of its own, is read and compared. */
export const tokenRequestType: Pick<ResourceDefinition, 'decode' | 'mergeType'> = {
  decode: (object) => decodeAs(object as unknown as JsonObject, tokenRequestName),
  mergeType: () => structMergeType(tokenRequestName),
};
