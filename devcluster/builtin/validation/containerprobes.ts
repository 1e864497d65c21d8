/** Validation of a container's probes and of what it does when it starts and stops. */
import type { JsonObject } from '../../types.ts';
import { at, number, objects, text } from '../access.ts';
import { type Errors, fieldError, nonNegative, notSupported, portNumber, portOrName } from './common.ts';

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function handler(action: JsonObject, path: string, grace: number, errors: Errors): void {
  const given = handlers.filter((name) => action[name] !== undefined);
  for (const extra of given.slice(1))
    errors.push(fieldError.forbidden(`${path}.${extra}`, 'may not specify more than 1 handler type'));
  switch (given[0]) {
    case undefined:
      errors.push(fieldError.required(path, 'must specify a handler type'));
      break;
    case 'exec':
      if (objects(action, 'exec.command').length === 0 && !Array.isArray(at(action, 'exec.command')))
        errors.push(fieldError.required(`${path}.exec.command`));
      break;
    case 'httpGet':
      if (text(action, 'httpGet.path') === '') errors.push(fieldError.required(`${path}.httpGet.path`));
      portOrName(at(action, 'httpGet.port'), `${path}.httpGet.port`, errors);
      notSupported(action, path, 'httpGet.scheme', ['HTTP', 'HTTPS'], errors);
      for (const header of objects(action, 'httpGet.httpHeaders')) {
        const name = text(header, 'name');
        const detail =
          "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
        if (!/^[-A-Za-z0-9]+$/.test(name)) errors.push(fieldError.invalid(`${path}.httpGet.httpHeaders`, name, detail));
      }
      break;
    case 'tcpSocket':
      portOrName(at(action, 'tcpSocket.port'), `${path}.tcpSocket.port`, errors);
      break;
    case 'grpc':
      portNumber(at(action, 'grpc.port'), `${path}.grpc.port`, errors);
      break;
    case 'sleep': {
      const seconds = number(action, 'sleep.seconds');
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
      if (seconds < 0 || seconds > grace) errors.push(fieldError.invalid(`${path}.sleep`, seconds, detail));
      break;
    }
    default:
  }
}

export function probes(container: JsonObject, spec: unknown, path: string, errors: Errors): void {
  const grace = number(spec, 'terminationGracePeriodSeconds');
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = at(container, name);
    if (probe === undefined || probe === null) continue;
    const here = `${path}.${name}`;
    handler(probe as JsonObject, here, grace, errors);
    for (const field of [
      'initialDelaySeconds',
      'timeoutSeconds',
      'periodSeconds',
      'successThreshold',
      'failureThreshold',
    ]) {
      nonNegative(probe, here, field, errors);
    }
    const own = at(probe, 'terminationGracePeriodSeconds');
    if (typeof own === 'number' && own <= 0)
      errors.push(fieldError.invalid(`${here}.terminationGracePeriodSeconds`, own, 'must be greater than 0'));
    if (name === 'readinessProbe' && at(probe, 'terminationGracePeriodSeconds') !== undefined) {
      const grace = at(probe, 'terminationGracePeriodSeconds');
      const detail = 'must not be set for readinessProbes';
      errors.push(fieldError.invalid(`${here}.terminationGracePeriodSeconds`, grace, detail));
    }
    const successes = at(probe, 'successThreshold');
    if (name !== 'readinessProbe' && typeof successes === 'number' && successes !== 1) {
      errors.push(fieldError.invalid(`${here}.successThreshold`, successes, 'must be 1'));
    }
  }
  for (const hook of ['postStart', 'preStop']) {
    const action = at(container, `lifecycle.${hook}`);
    if (action !== undefined) handler(action as JsonObject, `${path}.lifecycle.${hook}`, grace, errors);
  }
}
