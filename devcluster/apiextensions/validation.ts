/** Validation of CustomResourceDefinitions, as k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation words it. */
import type { CelEnvironment } from '../../schema/index.ts';
import { equalJson, isObject } from '../registry/copy.ts';
import { dns1035Label, dns1123Subdomain } from '../registry/names.ts';
import { fieldError } from '../request/status.ts';
import type { FieldError, KubeObject } from '../types.ts';
import { validateConversion } from './conversionrules.ts';
import type { CrdNames, CrdSpec } from './custom.ts';
import { validateVersionParts } from './versions.ts';

const categoryMax = 63;

/** Violations of a new CRD. */
export function validateCrd(object: KubeObject, environment: () => CelEnvironment): FieldError[] {
  const errors: FieldError[] = [];
  const spec = (object.spec ?? {}) as CrdSpec;
  const expected = `${spec.names?.plural ?? ''}.${spec.group ?? ''}`;
  if (object.metadata.name !== expected) {
    errors.push(
      fieldError.invalid('metadata.name', object.metadata.name ?? '', 'must be spec.names.plural+"."+spec.group'),
    );
  }
  errors.push(...validateSpec(spec, undefined, environment));
  const { state, reason } = approval(object);
  const annotation = object.metadata.annotations?.[approvalAnnotation];
  const path = `metadata.annotations[${approvalAnnotation}]`;
  if (isProtected(spec.group ?? '')) {
    if (state === 'missing') errors.push(fieldError.required(path, reason));
    if (state === 'invalid') errors.push(fieldError.invalid(path, annotation, reason));
  }
  return errors;
}

/** Violations of a changed CRD. */
export function validateCrdUpdate(
  object: KubeObject,
  old: KubeObject,
  environment: () => CelEnvironment,
): FieldError[] {
  const spec = (object.spec ?? {}) as CrdSpec;
  const before = (old.spec ?? {}) as CrdSpec;
  const errors = validateSpec(spec, before, environment);
  const established = conditionTrue(old, 'Established');
  const same = (path: string, value: unknown, oldValue: unknown): void => {
    if (!equalJson(value, oldValue)) errors.push(fieldError.invalid(path, value ?? '', 'field is immutable'));
  };
  if (established) {
    same('spec.scope', spec.scope, before.scope);
    same('spec.names.kind', spec.names?.kind, before.names?.kind);
  }
  same('spec.group', spec.group, before.group);
  same('spec.names.plural', spec.names?.plural, before.names?.plural);
  const stored =
    isObject(object.status) && Array.isArray(object.status.storedVersions) ? object.status.storedVersions : [];
  stored.forEach((version, index) => {
    if (!(spec.versions ?? []).some((item) => item.name === version)) {
      errors.push(
        fieldError.invalid(
          `status.storedVersions[${index}]`,
          version,
          'missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions'.replaceAll(
            'v1',
            String(version),
          ),
        ),
      );
    }
  });
  return errors;
}

const approvalAnnotation = 'api-approved.kubernetes.io';

/** Whether somebody allowed a definition in a group that belongs to Kubernetes, by its annotation; `reason` is what the real server says of it. */
export function approval(object: KubeObject): {
  readonly state: 'missing' | 'approved' | 'bypassed' | 'invalid';
  readonly reason: string;
} {
  const annotation = object.metadata.annotations?.[approvalAnnotation] ?? '';
  const wanted = `protected groups must have approval annotation "${approvalAnnotation}"`;
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (annotation === '') return { state: 'missing', reason: `${wanted}, ${see}` };
  if (annotation.startsWith('unapproved'))
    return { state: 'bypassed', reason: `not approved: ${JSON.stringify(annotation)}` };
  const url = URL.canParse(annotation) ? new URL(annotation) : undefined;
  if (url !== undefined && url.host !== '') return { state: 'approved', reason: `approved in ${annotation}` };
  return {
    state: 'invalid',
    reason: `${wanted} with either a URL or a reason starting with "unapproved", ${see}`,
  };
}

/** Whether a group belongs to Kubernetes. */
export function isProtected(group: string): boolean {
  return (
    group === 'k8s.io' || group === 'kubernetes.io' || group.endsWith('.k8s.io') || group.endsWith('.kubernetes.io')
  );
}

/** Whether a condition of an object is True. */
export function conditionTrue(object: KubeObject, type: string): boolean {
  const conditions = isObject(object.status) && Array.isArray(object.status.conditions) ? object.status.conditions : [];
  return conditions.some((condition) => isObject(condition) && condition.type === type && condition.status === 'True');
}

function validateSpec(spec: CrdSpec, old: CrdSpec | undefined, environment: () => CelEnvironment): FieldError[] {
  const errors: FieldError[] = [];
  const group = spec.group ?? '';
  if (group === '') errors.push(fieldError.required('spec.group'));
  else {
    const problems = dns1123Subdomain(group);
    if (problems.length > 0) errors.push(fieldError.invalid('spec.group', group, problems.join(',')));
    else if (!group.includes('.')) {
      errors.push(fieldError.invalid('spec.group', group, 'should be a domain with at least one dot'));
    }
  }
  const scope: unknown = spec.scope;
  if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.push(
      scope === undefined || scope === ''
        ? fieldError.required('spec.scope')
        : fieldError.notSupported('spec.scope', scope, ['Cluster', 'Namespaced']),
    );
  }
  const versions = spec.versions ?? [];
  const storage = versions.filter((version) => version.storage);
  const names = new Set<string>();
  let unique = true;
  versions.forEach((version, index) => {
    if (names.has(version.name)) unique = false;
    names.add(version.name);
    const problems = dns1035Label(version.name ?? '');
    if (problems.length > 0) {
      errors.push(fieldError.invalid(`spec.versions[${index}].name`, version.name ?? '', problems.join(',')));
      if (index === 0) errors.push(fieldError.invalid('spec.version', version.name ?? '', problems.join(',')));
    }
    if (version.deprecationWarning !== undefined && version.deprecated !== true) {
      const detail = 'can only be set for deprecated versions';
      errors.push(fieldError.invalid(`spec.versions[${index}].deprecationWarning`, version.deprecationWarning, detail));
    }
    if (version.deprecationWarning !== undefined)
      errors.push(...warningProblems(version.deprecationWarning, `spec.versions[${index}].deprecationWarning`));
  });
  errors.push(...validateVersionParts(spec, old, environment));
  if (!unique) {
    errors.push(fieldError.invalid('spec.versions', versions.map(internalForm), 'must contain unique version names'));
  }
  if (storage.length !== 1) {
    const detail = 'must have exactly one version marked as storage version';
    // An object without a spec has no list of versions either, not even an empty one.
    const printed = group === '' && versions.length === 0 ? null : versions.map(internalForm);
    errors.push(fieldError.invalid('spec.versions', printed, detail));
    const last = storage.at(-1);
    if (storage.length > 1 && last !== undefined && old === undefined) {
      const first = [storage[0]?.name];
      const missing = `must have the storage version ${last.name}`;
      errors.push(fieldError.invalid('status.storedVersions', first, missing));
    }
    if (storage.length === 0 && old === undefined) {
      errors.push(fieldError.invalid('status.storedVersions', null, 'must have at least one stored version'));
    }
  }
  errors.push(...validateNames(spec.names ?? ({} as CrdNames)));
  const seen: string[] = [];
  (spec.names?.categories ?? []).forEach((category, index) => {
    const problems = dns1035Label(category);
    if (problems.length > 0 || category.length > categoryMax) {
      errors.push(fieldError.invalid(`spec.names.categories[${index}]`, category, problems.join(',')));
    }
    seen.push(category);
  });
  errors.push(...validateConversion(spec.conversion));
  if (spec.preserveUnknownFields === true && old?.preserveUnknownFields !== true) {
    errors.push(
      fieldError.invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  }
  return errors;
}

/** A version as the real server prints it: its parts stand at the top of the internal form. */
function internalForm(version: CrdSpec['versions'][number]): object {
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  };
}

/** A warning travels in a header. */
function warningProblems(text: string, path: string): FieldError[] {
  if (Buffer.byteLength(text) > 256) return [fieldError.invalid(path, text, 'must be <= 256 characters long')];
  if (text === '') return [fieldError.invalid(path, text, 'must not be an empty string')];
  const at = [...text].findIndex((character) => /\p{C}/u.test(character) || /[\u2028\u2029]/.test(character));
  if (at < 0) return [];
  const detail = `must only contain printable UTF-8 characters; non-printable character found at index ${at}`;
  return [fieldError.invalid(path, text, detail)];
}

function validateNames(names: CrdNames): FieldError[] {
  const errors: FieldError[] = [];
  const label = (path: string, value: string): void => {
    const problems = dns1035Label(value);
    if (problems.length > 0) errors.push(fieldError.invalid(path, value, problems.join(',')));
  };
  if (!names.plural) errors.push(fieldError.required('spec.names.plural'));
  else label('spec.names.plural', names.plural);
  if (names.singular) label('spec.names.singular', names.singular);
  else errors.push(fieldError.required('spec.names.singular'));
  if (!names.kind) errors.push(fieldError.required('spec.names.kind'));
  else if (dns1035Label(names.kind.toLowerCase()).length > 0) {
    errors.push(
      fieldError.invalid(
        'spec.names.kind',
        names.kind,
        `may have mixed case, but should otherwise match: ${dns1035Label(names.kind.toLowerCase()).join(',')}`,
      ),
    );
  }
  (names.shortNames ?? []).forEach((name, index) => {
    label(`spec.names.shortNames[${index}]`, name);
  });
  if (!names.listKind) errors.push(fieldError.required('spec.names.listKind'));
  if (names.listKind && dns1035Label(names.listKind.toLowerCase()).length > 0) {
    errors.push(
      fieldError.invalid(
        'spec.names.listKind',
        names.listKind,
        `may have mixed case, but should otherwise match: ${dns1035Label(names.listKind.toLowerCase()).join(',')}`,
      ),
    );
  }
  if (names.kind && names.listKind === names.kind) {
    errors.push(fieldError.invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  }
  return errors;
}
