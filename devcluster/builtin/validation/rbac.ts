/** Validation of roles and their bindings. */
import { dns1123Subdomain, pathSegment } from '../../registry/names.ts';
import { at, list, objects, text } from '../access.ts';
import { type Errors, fieldError, internalForm, labelSelector, problems, same } from './common.ts';

const rbac = 'rbac.authorization.k8s.io';

function policyRules(object: unknown, namespaced: boolean, errors: Errors): void {
  for (const [index, rule] of objects(object, 'rules').entries()) {
    const here = `rules[${index}]`;
    const urls = list(rule, 'nonResourceURLs');
    if (list(rule, 'verbs').length === 0)
      errors.push(fieldError.required(`${here}.verbs`, 'verbs must contain at least one value'));
    if (urls.length > 0) {
      if (namespaced)
        errors.push(
          fieldError.invalid(`${here}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs'),
        );
      if (['apiGroups', 'resources', 'resourceNames'].some((field) => list(rule, field).length > 0)) {
        errors.push(
          fieldError.invalid(
            `${here}.nonResourceURLs`,
            urls,
            'rules cannot apply to both regular resources and non-resource URLs',
          ),
        );
      }
      continue;
    }
    if (list(rule, 'apiGroups').length === 0)
      errors.push(fieldError.required(`${here}.apiGroups`, 'resource rules must supply at least one api group'));
    if (list(rule, 'resources').length === 0)
      errors.push(fieldError.required(`${here}.resources`, 'resource rules must supply at least one resource'));
  }
}

export function role(object: unknown, errors: Errors): void {
  policyRules(object, true, errors);
}

export function clusterRole(object: unknown, errors: Errors): void {
  policyRules(object, false, errors);
  const rule = at(object, 'aggregationRule');
  if (rule === undefined || rule === null) return;
  if (list(rule, 'clusterRoleSelectors').length === 0) {
    errors.push(
      fieldError.required(
        'aggregationRule.clusterRoleSelectors',
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      ),
    );
  }
  for (const [index, selector] of objects(rule, 'clusterRoleSelectors').entries()) {
    const found: Errors = [];
    const path = `clusterRoleSelectors[${index}]`;
    labelSelector({ [path]: selector }, 'aggregationRule', path, found);
    errors.push(...found);
    if (found.length > 0) errors.push(fieldError.invalid(`aggregationRule.${path}`, null, 'invalid label selector.'));
  }
}

function subjects(object: unknown, namespaced: boolean, errors: Errors): void {
  for (const [index, subject] of objects(object, 'subjects').entries()) {
    const here = `subjects[${index}]`;
    const name = text(subject, 'name');
    const group = text(subject, 'apiGroup');
    const kind = text(subject, 'kind');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    if (kind === 'ServiceAccount') {
      if (name !== '') problems(`${here}.name`, name, dns1123Subdomain(name), errors);
      if (group !== '') errors.push(fieldError.notSupported(`${here}.apiGroup`, group, ['']));
      if (!namespaced && text(subject, 'namespace') === '') errors.push(fieldError.required(`${here}.namespace`));
    } else if (kind === 'User' || kind === 'Group') {
      if (group !== rbac) errors.push(fieldError.notSupported(`${here}.apiGroup`, group, [rbac]));
    } else errors.push(fieldError.notSupported(`${here}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
}

/** Bindings; those of cluster roles refer to nothing else. */
export function binding(namespaced: boolean): (object: unknown, errors: Errors, old?: unknown) => void {
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  return (object, errors, old) => {
    const reference = at(object, 'roleRef');
    const group = text(reference, 'apiGroup');
    if (group !== rbac) errors.push(fieldError.notSupported('roleRef.apiGroup', group, [rbac]));
    const kind = text(reference, 'kind');
    if (!kinds.includes(kind)) errors.push(fieldError.notSupported('roleRef.kind', kind, kinds));
    const name = text(reference, 'name');
    if (name === '') errors.push(fieldError.required('roleRef.name'));
    else problems('roleRef.name', name, pathSegment(name, false), errors);
    subjects(object, namespaced, errors);
    if (old !== undefined && !same(reference, at(old, 'roleRef')))
      errors.push(
        fieldError.invalid('roleRef', internalForm(reference, ['APIGroup', 'Kind', 'Name']), 'cannot change roleRef'),
      );
  };
}
