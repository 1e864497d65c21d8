/** Validation of when a container is restarted by itself. */
import { at, list, objects, text } from '../access.ts';
import { type Errors, fieldError, tooMany } from './common.ts';

const policies = ['Always', 'Never', 'OnFailure'];
const actions = ['Restart', 'RestartAllContainers'];
const operators = ['In', 'NotIn'];

/** `restartPolicy` and `restartPolicyRules` of the container at `path`. */
export function restartPolicy(container: unknown, path: string, errors: Errors): void {
  const rules = objects(container, 'restartPolicyRules');
  const policy = at(container, 'restartPolicy');
  if (policy === undefined || policy === null) {
    if (rules.length === 0) return;
    const detail = 'must specify restartPolicy when restart rules are used';
    errors.push(fieldError.required(`${path}.restartPolicy`, detail));
  } else if (!policies.includes(String(policy)))
    errors.push(fieldError.notSupported(`${path}.restartPolicy`, policy, policies));
  if (rules.length > 20) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, 20));
  for (const [index, rule] of rules.entries()) {
    const here = `${path}.restartPolicyRules[${index}]`;
    const action = text(rule, 'action');
    if (!actions.includes(action)) errors.push(fieldError.notSupported(`${here}.action`, action, actions));
    if (at(rule, 'exitCodes') === undefined) {
      errors.push(fieldError.required(`${here}.exitCodes`, 'must be specified'));
      continue;
    }
    const operator = text(rule, 'exitCodes.operator');
    if (!operators.includes(operator))
      errors.push(fieldError.notSupported(`${here}.exitCodes.operator`, operator, operators));
    const values = list(rule, 'exitCodes.values').length;
    if (values > 255) errors.push(tooMany(`${here}.exitCodes.values`, values, 255));
  }
}
