/** Validation of security contexts, of pods and of containers. */
import { dns1123Subdomain } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, list, objects, text } from '../access.ts';
import { goForm } from '../goform.ts';
import { type Errors, fieldError, notSupported, problems } from './common.ts';

const idRange = 'must be between 0 and 2147483647, inclusive';

function id(context: unknown, field: string, path: string, errors: Errors): void {
  const value = at(context, field);
  if (typeof value === 'number' && (value < 0 || value > 2147483647))
    errors.push(fieldError.invalid(`${path}.${field}`, value, idRange));
}

function seccomp(profile: unknown, path: string, errors: Errors): void {
  if (profile === undefined || profile === null) return;
  const type = text(profile, 'type');
  const local = at(profile, 'localhostProfile');
  if (type === 'Localhost') {
    if (local === undefined)
      errors.push(fieldError.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'));
    else {
      const place = `${path}.localhostProfile`;
      if (String(local).startsWith('/')) errors.push(fieldError.invalid(place, local, 'must be a relative path'));
      if (String(local).split('/').includes('..'))
        errors.push(fieldError.invalid(place, local, "must not contain '..'"));
    }
  } else if (local !== undefined) {
    const detail = 'can only be set when seccomp type is Localhost';
    errors.push(fieldError.invalid(`${path}.localhostProfile`, goForm('SeccompProfile', profile), detail));
  }
  if (type === '') errors.push(fieldError.required(`${path}.type`, 'type is required when seccompProfile is set'));
  else notSupported(profile, path, 'type', ['Localhost', 'RuntimeDefault', 'Unconfined'], errors);
}

function appArmor(profile: unknown, path: string, errors: Errors): void {
  if (profile === undefined || profile === null) return;
  const type = text(profile, 'type');
  const local = at(profile, 'localhostProfile');
  const place = `${path}.localhostProfile`;
  if (type === '') errors.push(fieldError.required(`${path}.type`, 'type is required when appArmorProfile is set'));
  else if (type === 'Localhost') {
    const name = text(profile, 'localhostProfile');
    if (name !== name.trim()) errors.push(fieldError.invalid(place, name, 'must not be padded with whitespace'));
    else if (name === '') errors.push(fieldError.required(place, 'must be set when AppArmor type is Localhost'));
    if (Buffer.byteLength(name) > 4095) errors.push(fieldError.tooLong(place, 4095));
  } else if (type === 'RuntimeDefault' || type === 'Unconfined') {
    if (local !== undefined)
      errors.push(fieldError.invalid(place, local, 'can only be set when AppArmor type is Localhost'));
  } else errors.push(fieldError.notSupported(`${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined']));
}

function windowsOptions(options: unknown, path: string, errors: Errors): void {
  const credential = at(options, 'gmsaCredentialSpecName');
  if (credential !== undefined)
    problems(`${path}.gmsaCredentialSpecName`, credential, dns1123Subdomain(String(credential)), errors);
  const spec = at(options, 'gmsaCredentialSpec');
  if (spec === '')
    errors.push(fieldError.invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'));
  const user = at(options, 'runAsUserName');
  if (user === undefined) return;
  const name = String(user);
  const say = (detail: string) => errors.push(fieldError.invalid(`${path}.runAsUserName`, name, detail));
  if (name === '') say('runAsUserName cannot be an empty string');
  else if (/\p{Cc}/u.test(name)) say('runAsUserName cannot contain control characters');
  else if (name.split('\\').length > 2) say('runAsUserName cannot contain more than one backslash');
  else {
    const own = name.split('\\').at(-1) ?? '';
    if (own === '') say("runAsUserName's User cannot be empty");
    else if (own.length > 104) say("runAsUserName's User length must not be longer than 104 characters");
    if (/^[. ]+$/.test(own)) say("runAsUserName's User cannot contain only periods or spaces");
    if (/["/\\:;|=,+*?<>@[\]]/.test(own))
      say('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
}

/** Namespaces of the kernel that a setting belongs to. */
const isOfNetwork = (name: string): boolean => name.startsWith('net.');
const isOfIpc = (name: string): boolean => /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(name);

function sysctls(spec: unknown, context: unknown, path: string, errors: Errors): void {
  const form = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
  const seen = new Set<string>();
  for (const [index, sysctl] of objects(context, 'sysctls').entries()) {
    const given = text(sysctl, 'name');
    const place = `${path}.sysctls[${index}].name`;
    if (given === '') errors.push(fieldError.required(place));
    else if (given.length > 253 || !/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(given))
      errors.push(fieldError.invalid(place, given, `must have at most 253 characters and match regex ${form}`));
    else if (seen.has(given)) errors.push(fieldError.duplicate(place, given));
    seen.add(given);
    const name = given.replaceAll('/', '.');
    if (at(spec, 'hostNetwork') === true && isOfNetwork(name))
      errors.push(fieldError.invalid(place, given, "may not be specified when 'hostNetwork' is true"));
    else if (at(spec, 'hostIPC') === true && isOfIpc(name))
      errors.push(fieldError.invalid(place, given, "may not be specified when 'hostIPC' is true"));
  }
}

/** The security context of a pod spec at `path`. */
export function podSecurity(spec: unknown, path: string, errors: Errors): void {
  const here = `${path}.securityContext`;
  const context = at(spec, 'securityContext');
  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup']) id(context, field, here, errors);
  for (const [index, group] of list(context, 'supplementalGroups').entries())
    if (typeof group === 'number' && (group < 0 || group > 2147483647))
      errors.push(fieldError.invalid(`${here}.supplementalGroups[${index}]`, group, idRange));
  notSupported(context, here, 'fsGroupChangePolicy', ['Always', 'OnRootMismatch'], errors);
  notSupported(context, here, 'supplementalGroupsPolicy', ['Merge', 'Strict'], errors);
  notSupported(context, here, 'seLinuxChangePolicy', ['Recursive'], errors);
  seccomp(at(context, 'seccompProfile'), `${here}.seccompProfile`, errors);
  appArmor(at(context, 'appArmorProfile'), `${here}.appArmorProfile`, errors);
  windowsOptions(at(context, 'windowsOptions'), `${here}.windowsOptions`, errors);
  sysctls(spec, context, here, errors);
  if (at(spec, 'shareProcessNamespace') === true && at(spec, 'hostPID') === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(fieldError.invalid(`${here}.shareProcessNamespace`, true, detail));
  }
}

/** What a pod with users of its own cannot share with its host. */
export function hostUsers(spec: unknown, path: string, errors: Errors): void {
  if (at(spec, 'hostUsers') !== false) return;
  const detail = 'when `hostUsers` is false';
  if (at(spec, 'hostNetwork') === true) errors.push(fieldError.forbidden(`${path}.hostNetwork`, detail));
  if (at(spec, 'hostPID') === true) errors.push(fieldError.forbidden(`${path}.HostPID`, detail));
  if (at(spec, 'hostIPC') === true) errors.push(fieldError.forbidden(`${path}.HostIPC`, detail));
  for (const [container, here] of everyContainer(spec, path))
    if (list(container, 'volumeDevices').length > 0) errors.push(fieldError.forbidden(`${here}.volumeDevices`, detail));
}

/** The security context of a container of `spec` at `path`. */
export function containerSecurity(container: unknown, spec: unknown, path: string, errors: Errors): void {
  const context = at(container, 'securityContext');
  if (context === undefined || context === null) return;
  const here = `${path}.securityContext`;
  for (const field of ['runAsUser', 'runAsGroup']) id(context, field, here, errors);
  notSupported(context, here, 'procMount', ['Default', 'Unmasked'], errors);
  if (at(context, 'procMount') === 'Unmasked' && at(spec, 'hostUsers') !== false)
    errors.push(fieldError.invalid(`${here}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`'));
  seccomp(at(context, 'seccompProfile'), `${here}.seccompProfile`, errors);
  if (at(context, 'allowPrivilegeEscalation') === false) {
    const shown = goForm('SecurityContext', context);
    const words = 'cannot set `allowPrivilegeEscalation` to false and';
    if (at(context, 'privileged') === true)
      errors.push(fieldError.invalid(here, shown, `${words} \`privileged\` to true`));
    for (const capability of list(context, 'capabilities.add'))
      if (capability === 'CAP_SYS_ADMIN')
        errors.push(fieldError.invalid(here, shown, `${words} \`capabilities.Add\` CAP_SYS_ADMIN`));
  }
  windowsOptions(at(context, 'windowsOptions'), `${here}.windowsOptions`, errors);
  appArmor(at(context, 'appArmorProfile'), `${here}.appArmorProfile`, errors);
}

function everyContainer(spec: unknown, path: string): [JsonObject, string][] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    objects(spec, field).map((container, index): [JsonObject, string] => [container, `${path}.${field}[${index}]`]),
  );
}

export function hostProcess(spec: unknown, path: string, errors: Errors): void {
  const field = 'securityContext.windowsOptions.hostProcess';
  const ofPod = at(spec, field);
  const all = everyContainer(spec, path);
  for (const [container, here] of all) {
    const own = at(container, field);
    if (typeof ofPod === 'boolean' && typeof own === 'boolean' && own !== ofPod) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(fieldError.invalid(`${here}.${field}`, own, detail));
    }
  }
  const count = all.filter(([container]) => (at(container, field) ?? ofPod) === true).length;
  if (count === 0) return;
  if (count !== all.length) {
    const detail = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(fieldError.invalid(path, '', detail));
  }
  if (at(spec, 'hostNetwork') !== true) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(fieldError.invalid(`${path}.hostNetwork`, false, detail));
  }
}

const ofLinuxPods = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
];
const ofLinuxContainers = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** What the operating system that a pod names does not have. */
export function operatingSystem(spec: unknown, path: string, errors: Errors): void {
  if (at(spec, 'os') === undefined) return;
  const name = text(spec, 'os.name');
  if (name === '') return void errors.push(fieldError.required(`${path}.os.name`));
  if (name !== 'linux' && name !== 'windows') {
    errors.push(fieldError.notSupported(`${path}.os`, name, ['linux', 'windows']));
    return;
  }
  const forbid = (place: string): void => {
    const detail =
      name === 'linux' ? 'windows options cannot be set for a linux pod' : 'cannot be set for a windows pod';
    errors.push(fieldError.forbidden(place, detail));
  };
  const given = (holder: unknown, field: string) => at(holder, field) !== undefined && at(holder, field) !== null;
  if (name === 'linux') {
    const options = 'securityContext.windowsOptions';
    if (given(spec, options)) forbid(`${path}.${options}`);
    for (const [container, here] of everyContainer(spec, path))
      if (given(container, options)) forbid(`${here}.${options}`);
    return;
  }
  for (const field of ofLinuxPods) if (given(spec, field)) forbid(`${path}.${field}`);
  for (const field of ['hostPID', 'hostIPC']) if (at(spec, field) === true) forbid(`${path}.${field}`);
  for (const [container, here] of everyContainer(spec, path))
    for (const field of ofLinuxContainers)
      if (given(container, `securityContext.${field}`)) forbid(`${here}.securityContext.${field}`);
}
