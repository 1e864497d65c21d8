/** What is wrong with a policy, a binding or match conditions: found when they are created, expressions included. */
import { at, list, objects, text } from '../../builtin/access.ts';
import { type Errors, fieldError, labelSelector, notSupported } from '../../builtin/validation/common.ts';
import { dns1035Label, dns1123Subdomain, pathSegment, qualifiedName } from '../../registry/names.ts';
import { compileExpression, type Scope } from '../cel/environment.ts';
import type { Variable } from './types.ts';
import { compileVariables } from './variables.ts';

/** Adds the violations of one rule of a webhook or policy. */
export type RuleCheck = (rule: unknown, path: string, errors: Errors) => void;

function compile(
  source: string,
  types: readonly string[] | undefined,
  scope: Scope,
  path: string,
  errors: Errors,
): void {
  const program = compileExpression(source, types, scope);
  if (program instanceof Error) errors.push(fieldError.invalid(path, source, program.message));
}

const oldExpressions = (old: unknown, path: string, field: string): ReadonlySet<string> =>
  new Set(objects(old, path).map((item) => text(item, field)));

/** `matchConditions` below `holder`. Conditions of the old object pass as they are. */
export function matchConditions(holder: unknown, here: string, params: boolean, errors: Errors, old?: unknown): void {
  const conditions = objects(holder, 'matchConditions');
  const path = `${here}.matchConditions`;
  if (conditions.length > 64) {
    errors.push({
      type: 'FieldValueTooMany',
      field: path,
      badValue: conditions.length,
      detail: 'must have at most 64 items',
      body: `Too many: ${conditions.length}: must have at most 64 items`,
    });
  }
  const known = oldExpressions(old, 'matchConditions', 'expression');
  const names = new Set<string>();
  for (const [index, condition] of conditions.entries()) {
    const expression = text(condition, 'expression').trim();
    const name = text(condition, 'name');
    const item = `${path}[${index}]`;
    if (expression === '') errors.push(fieldError.required(`${item}.expression`));
    else if (!known.has(expression)) compile(expression, ['bool'], { params }, `${item}.expression`, errors);
    if (name === '') errors.push(fieldError.required(`${item}.name`));
    else for (const message of qualifiedName(name)) errors.push(fieldError.invalid(`${item}.name`, name, message));
    if (name !== '' && names.has(name)) errors.push(fieldError.duplicate(`${item}.name`, name));
    names.add(name);
  }
}

/** `MatchResources` at `path` of an object. */
export function matchResources(holder: unknown, field: string, here: string, rule: RuleCheck, errors: Errors): void {
  const criteria = at(holder, field);
  if (criteria === undefined || criteria === null) return;
  const path = `${here}.${field}`;
  notSupported(criteria, path, 'matchPolicy', ['Equivalent', 'Exact'], errors);
  labelSelector(criteria, path, 'namespaceSelector', errors);
  labelSelector(criteria, path, 'objectSelector', errors);
  for (const kind of ['resourceRules', 'excludeResourceRules']) {
    for (const [index, item] of objects(criteria, kind).entries()) {
      const at_ = `${path}.${kind}[${index}]`;
      const names = list(item, 'resourceNames').map(String);
      for (const [place, name] of names.entries()) {
        for (const message of pathSegment(name, false))
          errors.push(fieldError.invalid(`${at_}.resourceNames[${place}]`, name, message));
        if (names.indexOf(name) < place) errors.push(fieldError.duplicate(`${at_}.resourceNames[${place}]`, name));
      }
      rule(item, at_, errors);
    }
  }
}

/** `spec.paramKind`. */
export function paramKind(spec: unknown, errors: Errors): void {
  const kind = at(spec, 'paramKind');
  if (kind === undefined || kind === null) return;
  const path = 'spec.paramKind';
  const apiVersion = text(kind, 'apiVersion');
  const parts = apiVersion.split('/');
  if (apiVersion === '') errors.push(fieldError.required(`${path}.apiVersion`));
  else if (parts.length > 2) {
    errors.push(fieldError.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else {
    const version = parts.at(-1) ?? '';
    const group = parts.length === 2 ? (parts[0] ?? '') : '';
    const ofGroup = group === '' ? [] : dns1123Subdomain(group);
    if (ofGroup.length > 0) errors.push(fieldError.invalid(`${path}.apiVersion`, group, ofGroup.join(',')));
    const ofVersion = version === '' ? [] : dns1035Label(version);
    if (version === '') errors.push(fieldError.invalid(`${path}.apiVersion`, apiVersion, 'version must be specified'));
    else if (ofVersion.length > 0) errors.push(fieldError.invalid(`${path}.apiVersion`, version, ofVersion.join(',')));
  }
  const name = text(kind, 'kind');
  const ofName = name === '' ? [] : dns1035Label(name.toLowerCase());
  if (name === '') errors.push(fieldError.required(`${path}.kind`));
  else if (ofName.length > 0) {
    const detail = `may have mixed case, but should otherwise match: ${ofName.join(',')}`;
    errors.push(fieldError.invalid(`${path}.kind`, name, detail));
  }
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** `spec.variables`; the scope of what may use them. */
export function variables(spec: unknown, scope: Scope, errors: Errors): Scope {
  const items = objects(spec, 'variables');
  if (items.length === 0) return scope;
  const valid: Variable[] = [];
  for (const [index, item] of items.entries()) {
    const path = `spec.variables[${index}]`;
    const name = text(item, 'name');
    const expression = text(item, 'expression');
    if (name.trim() === '') errors.push(fieldError.required(`${path}.name`, 'name is not specified'));
    else if (!identifier.test(name) || reserved.has(name)) {
      errors.push(fieldError.invalid(`${path}.name`, name, 'must be a valid CEL identifier'));
    }
    if (expression.trim() === '') {
      errors.push(fieldError.required(`${path}.expression`, 'expression is not specified'));
      continue;
    }
    const before = compileVariables(valid, scope).scope;
    compile(
      expression,
      undefined,
      { ...before, variables: before.variables ?? new Map() },
      `${path}.expression`,
      errors,
    );
    valid.push({ name, expression });
  }
  return compileVariables(valid, scope).scope;
}

/** What policies of both kinds have in common; the scope of their expressions. */
function commonSpec(spec: unknown, rule: RuleCheck, errors: Errors, old: unknown): Scope {
  const params = at(spec, 'paramKind') !== undefined && at(spec, 'paramKind') !== null;
  notSupported(spec, 'spec', 'failurePolicy', ['Fail', 'Ignore'], errors);
  paramKind(spec, errors);
  const constraints = at(spec, 'matchConstraints');
  if (constraints === undefined || constraints === null) errors.push(fieldError.required('spec.matchConstraints'));
  else {
    matchResources(spec, 'matchConstraints', 'spec', rule, errors);
    if (list(constraints, 'resourceRules').length === 0) {
      errors.push(fieldError.required('spec.matchConstraints.resourceRules'));
    }
  }
  matchConditions(spec, 'spec', params, errors, at(old, 'spec'));
  return variables(spec, { params }, errors);
}

/** A ValidatingAdmissionPolicy. */
export function validatingPolicy(object: unknown, rule: RuleCheck, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const scope = commonSpec(spec, rule, errors, old);
  const validations = objects(spec, 'validations');
  const annotations = objects(spec, 'auditAnnotations');
  if (validations.length === 0 && annotations.length === 0) {
    for (const field of ['validations', 'auditAnnotations']) {
      const detail = 'validations or auditAnnotations must contain at least one item';
      errors.push(fieldError.required(`spec.${field}`, detail));
    }
  }
  for (const [index, validation] of validations.entries()) checkValidation(validation, index, scope, errors, old);
  auditAnnotations(annotations, text(object, 'metadata.name'), scope, errors);
}

function checkValidation(validation: unknown, index: number, scope: Scope, errors: Errors, old: unknown): void {
  const path = `spec.validations[${index}]`;
  const expression = text(validation, 'expression');
  if (expression.trim() === '') errors.push(fieldError.required(`${path}.expression`, 'expression is not specified'));
  else if (!oldExpressions(old, 'spec.validations', 'expression').has(expression)) {
    compile(expression, ['bool'], scope, `${path}.expression`, errors);
  }
  const messageExpression = text(validation, 'messageExpression');
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(fieldError.invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  } else if (
    messageExpression !== '' &&
    !oldExpressions(old, 'spec.validations', 'messageExpression').has(messageExpression)
  ) {
    compile(messageExpression, ['string'], { ...scope, authorizer: false }, `${path}.messageExpression`, errors);
  }
  const message = text(validation, 'message');
  if (message !== '' && message.trim() === '') {
    errors.push(fieldError.invalid(`${path}.message`, message, 'must be non-empty if specified'));
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(fieldError.invalid(`${path}.message`, message, 'must not contain line breaks'));
  }
  notSupported(validation, path, 'reason', ['Forbidden', 'Invalid', 'RequestEntityTooLarge'], errors);
}

function auditAnnotations(annotations: readonly unknown[], policy: string, scope: Scope, errors: Errors): void {
  if (annotations.length > 20) {
    errors.push(
      fieldError.invalid('spec.auditAnnotations', annotations, 'must not have more than 20 auditAnnotations'),
    );
  }
  const keys = new Set<string>();
  for (const [index, annotation] of annotations.entries()) {
    const path = `spec.auditAnnotations[${index}]`;
    const key = text(annotation, 'key');
    const full = `${policy}/${key}`;
    for (const message of qualifiedName(full)) errors.push(fieldError.invalid(`${path}.key`, full, message));
    const expression = text(annotation, 'valueExpression').trim();
    if (expression === '') {
      errors.push(fieldError.required(`${path}.valueExpression`, 'valueExpression is not specified'));
    } else if (Buffer.byteLength(expression) > 5 * 1024) {
      errors.push(fieldError.required(`${path}.valueExpression`, 'must not exceed 5120 bytes in length'));
    } else compile(expression, ['string', 'null_type'], scope, `${path}.valueExpression`, errors);
    if (keys.has(key)) errors.push(fieldError.duplicate(`${path}.key`, key));
    keys.add(key);
  }
}

/** What is deleted cannot be changed. */
function withoutDelete(spec: unknown, field: string, errors: Errors): void {
  const known = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
  for (const item of objects(spec, `${field}.resourceRules`))
    for (const operation of list(item, 'operations'))
      if (!known.includes(String(operation)))
        errors.push(fieldError.notSupported(`spec.${field}.resourceRules.operations`, operation, known));
}

/** A MutatingAdmissionPolicy. */
export function mutatingPolicy(object: unknown, rule: RuleCheck, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const scope = { ...commonSpec(spec, rule, errors, old), patches: true };
  withoutDelete(spec, 'matchConstraints', errors);
  const mutations = objects(spec, 'mutations');
  if (mutations.length === 0)
    errors.push(fieldError.required('spec.mutations', 'mutations must contain at least one item'));
  for (const [index, mutation] of mutations.entries()) {
    const path = `spec.mutations[${index}]`;
    const type = text(mutation, 'patchType');
    const [field, other, types] =
      type === 'JSONPatch'
        ? (['jsonPatch', 'applyConfiguration', ['list(JSONPatch)']] as const)
        : (['applyConfiguration', 'jsonPatch', ['Object']] as const);
    if (type === '') errors.push(fieldError.required(`${path}.patchType`));
    else if (type !== 'JSONPatch' && type !== 'ApplyConfiguration') {
      notSupported(mutation, path, 'patchType', ['ApplyConfiguration', 'JSONPatch'], errors);
    } else {
      const given = at(mutation, field);
      if (given === undefined || given === null) {
        errors.push(fieldError.required(`${path}.${field}`, `must be specified when patchType is ${type}`));
      } else {
        const expression = text(given, 'expression');
        const at_ = `${path}.${field}.expression`;
        if (expression.trim() === '') errors.push(fieldError.required(at_));
        else compile(expression, types, scope, at_, errors);
      }
      if (at(mutation, other) !== undefined && at(mutation, other) !== null) {
        const detail = `must not be specified when patchType is ${type}`;
        errors.push(fieldError.invalid(`${path}.${other}`, `{${other}}`, detail));
      }
    }
  }
  if (text(spec, 'reinvocationPolicy') === '') errors.push(fieldError.required('spec.reinvocationPolicy'));
  else notSupported(spec, 'spec', 'reinvocationPolicy', ['IfNeeded', 'Never'], errors);
}

/** A binding of either kind. */
export function policyBinding(object: unknown, validating: boolean, rule: RuleCheck, errors: Errors): void {
  const spec = at(object, 'spec');
  const policyName = text(spec, 'policyName');
  if (policyName === '') errors.push(fieldError.required('spec.policyName'));
  else
    for (const message of dns1123Subdomain(policyName))
      errors.push(fieldError.invalid('spec.policyName', policyName, message));
  paramRef(at(spec, 'paramRef'), errors);
  matchResources(spec, 'matchResources', 'spec', rule, errors);
  if (!validating) withoutDelete(spec, 'matchResources', errors);
  if (validating) validationActions(list(spec, 'validationActions').map(String), errors);
}

function paramRef(ref: unknown, errors: Errors): void {
  if (ref === undefined || ref === null) return;
  const path = 'spec.paramRef';
  const name = text(ref, 'name');
  const selector = at(ref, 'selector');
  const selects = selector !== undefined && selector !== null;
  for (const message of name === '' ? [] : pathSegment(name, false))
    errors.push(fieldError.invalid(`${path}.name`, name, message));
  const both = 'name and selector are mutually exclusive';
  if (name !== '' && selects) errors.push(fieldError.forbidden(`${path}.name`, both));
  if (selects) {
    labelSelector(ref, path, 'selector', errors);
    if (name !== '') errors.push(fieldError.forbidden(`${path}.selector`, both));
  }
  if (name === '' && !selects) errors.push(fieldError.required(path, 'one of name or selector must be specified'));
  if (text(ref, 'parameterNotFoundAction') === '') errors.push(fieldError.required(`${path}.parameterNotFoundAction`));
  else notSupported(ref, path, 'parameterNotFoundAction', ['Deny', 'Allow'], errors);
}

function validationActions(actions: readonly string[], errors: Errors): void {
  const path = 'spec.validationActions';
  const known = ['Audit', 'Deny', 'Warn'];
  for (const [index, action] of actions.entries()) {
    if (!known.includes(action)) errors.push(fieldError.notSupported(`${path}[${index}]`, action, known));
    if (actions.indexOf(action) < index) errors.push(fieldError.duplicate(`${path}[${index}]`, action));
  }
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const detail =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(fieldError.invalid(path, actions, detail));
  }
  if (actions.length === 0) errors.push(fieldError.required(path, 'at least one validation action is required'));
}
