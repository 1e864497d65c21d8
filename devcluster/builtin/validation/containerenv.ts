/** Validation of a container's environment variables. */
import { dns1123Subdomain } from '../../registry/names.ts';
import { at, objects, record, text } from '../access.ts';
import { dataKeyProblems, type Errors, fieldError, notFound, problems, requiredLabel } from './common.ts';
import { fieldReference, resourceReference, variableFieldPaths } from './podreferences.ts';

const valueSources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function variableName(name: string, path: string, errors: Errors): void {
  const detail = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  if (!/^[ -<>-~]+$/.test(name)) errors.push(fieldError.invalid(path, name, detail));
}

/** A variable that a file in a volume of the pod sets. */
function fileKey(source: unknown, path: string, errors: Errors): void {
  const key = text(source, 'key');
  if (key === '') errors.push(fieldError.required(`${path}.key`));
  else variableName(key, `${path}.key`, errors);
  requiredLabel(text(source, 'volumeName'), `${path}.volumeName`, errors);
  const place = text(source, 'path');
  if (place === '') errors.push(fieldError.required(`${path}.path`));
  else if (place.split('/').includes('..'))
    errors.push(fieldError.invalid(`${path}.path`, place, "must not contain '..'"));
}

/** Volumes that variables are read from are there, and are of the kind that containers write to. */
export function fileKeyVolumes(spec: unknown, path: string, errors: Errors): void {
  const volumes = objects(spec, 'volumes');
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const [index, container] of objects(spec, field).entries())
      for (const [at, variable] of objects(container, 'env').entries()) {
        if (record(variable, 'valueFrom').fileKeyRef === undefined) continue;
        const name = text(variable, 'valueFrom.fileKeyRef.volumeName');
        const here = `${path}.${field}[${index}].env[${at}].valueFrom.fileKeyRef.volumeName`;
        const volume = volumes.find((item) => text(item, 'name') === name);
        if (volume === undefined) errors.push(notFound(here, name));
        else if (volume.emptyDir === undefined)
          errors.push(fieldError.invalid(here, name, 'referenced volume must be of type emptyDir'));
      }
}

export function envFrom(container: unknown, path: string, errors: Errors): void {
  for (const [index, source] of objects(container, 'envFrom').entries()) {
    const here = `${path}.envFrom[${index}]`;
    const prefix = text(source, 'prefix');
    if (prefix !== '') variableName(prefix, `${here}.prefix`, errors);
    const given = ['configMapRef', 'secretRef'].filter((field) => at(source, field) !== undefined);
    for (const field of given) {
      const name = text(source, `${field}.name`);
      if (name === '') errors.push(fieldError.required(`${here}.${field}.name`));
      else problems(`${here}.${field}.name`, name, dns1123Subdomain(name), errors);
    }
    if (given.length === 0)
      errors.push(fieldError.invalid(`${path}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (given.length > 1)
      errors.push(fieldError.invalid(`${path}.envFrom`, '', 'may not have more than one field specified at a time'));
  }
}

export function env(container: unknown, path: string, errors: Errors): void {
  for (const [index, variable] of objects(container, 'env').entries()) {
    const here = `${path}.env[${index}]`;
    const name = text(variable, 'name');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    else variableName(name, `${here}.name`, errors);
    const from = at(variable, 'valueFrom');
    if (from === undefined || from === null) continue;
    const field = at(from, 'fieldRef');
    const base = `${here}.valueFrom`;
    if (field !== undefined) fieldReference(field, `${base}.fieldRef`, variableFieldPaths, errors);
    const resource = at(from, 'resourceFieldRef');
    if (resource !== undefined) resourceReference(resource, `${base}.resourceFieldRef`, false, errors);
    const given = valueSources.filter((source) => at(from, source) !== undefined);
    for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const reference = at(from, source);
      if (reference === undefined) continue;
      const name = text(reference, 'name');
      problems(`${base}.${source}.name`, name, dns1123Subdomain(name), errors);
      const key = text(reference, 'key');
      if (key === '') errors.push(fieldError.required(`${here}.valueFrom.${source}.key`));
      else problems(`${here}.valueFrom.${source}.key`, key, dataKeyProblems(key), errors);
    }
    const file = at(from, 'fileKeyRef');
    if (file !== undefined) fileKey(file, `${base}.fileKeyRef`, errors);
    if (given.length === 0) {
      errors.push(
        fieldError.invalid(
          `${here}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
        ),
      );
    } else if (text(variable, 'value') !== '')
      errors.push(fieldError.invalid(`${here}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    else if (given.length > 1)
      errors.push(fieldError.invalid(`${here}.valueFrom`, '', 'may not have more than one field specified at a time'));
  }
}
