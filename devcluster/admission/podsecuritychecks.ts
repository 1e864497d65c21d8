/** The Pod Security Standards: what `baseline` and `restricted` forbid of a pod, in the words of the real server. */
import { at, list, objects, record, text } from '../builtin/access.ts';
import type { JsonObject } from '../types.ts';

/** Why a pod breaks a rule: `host namespaces`, and more in parentheses. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A rule; undefined where the pod keeps it. */
type Check = (pod: unknown) => Violation | undefined;

const quoted = (names: Iterable<string>): string => [...names].map((name) => JSON.stringify(name)).join(', ');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

/** `container "c"` or `containers "c", "d"`. */
function called(containers: readonly JsonObject[]): string {
  return `${plural(containers.length, 'container')} ${quoted(containers.map((item) => text(item, 'name')))}`;
}

const containersOf = (pod: unknown): JsonObject[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) => objects(pod, `spec.${field}`));

const isWindows = (pod: unknown): boolean => text(pod, 'spec.os.name') === 'windows';

/** Who sets a forbidden value below securityContext: `pod`, containers, or both. */
function setters(pod: unknown, field: string, bad: (value: unknown) => boolean): { who: string[]; values: unknown[] } {
  const own = at(pod, `spec.securityContext.${field}`);
  const found = containersOf(pod).filter((item) => bad(at(item, `securityContext.${field}`)));
  const values = found.map((item) => at(item, `securityContext.${field}`));
  const who = found.length === 0 ? [] : [called(found)];
  return bad(own) ? { who: ['pod', ...who], values: [own, ...values] } : { who, values };
}

const defaultCapabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const added = (container: unknown): string[] => list(container, 'securityContext.capabilities.add').map(String);

const baselineCapabilities: Check = (pod) => {
  const beyond = (container: JsonObject) => added(container).filter((name) => !defaultCapabilities.includes(name));
  const found = containersOf(pod).filter((container) => beyond(container).length > 0);
  if (found.length === 0) return undefined;
  const names = quoted(sorted(found.flatMap(beyond)));
  const detail = `${called(found)} must not include ${names} in securityContext.capabilities.add`;
  return { reason: 'non-default capabilities', detail };
};

const restrictedCapabilities: Check = (pod) => {
  if (isWindows(pod)) return undefined;
  const containers = containersOf(pod);
  const beyond = (container: JsonObject) => added(container).filter((name) => name !== 'NET_BIND_SERVICE');
  const keeping = containers.filter((item) => !list(item, 'securityContext.capabilities.drop').includes('ALL'));
  const adding = containers.filter((item) => beyond(item).length > 0);
  const details: string[] = [];
  if (keeping.length > 0) details.push(`${called(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const names = quoted(sorted(adding.flatMap(beyond)));
    details.push(`${called(adding)} must not include ${names} in securityContext.capabilities.add`);
  }
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const hostNamespaces: Check = (pod) => {
  const found = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => at(pod, `spec.${field}`) === true);
  const detail = found.map((field) => `${field}=true`).join(', ');
  return found.length === 0 ? undefined : { reason: 'host namespaces', detail };
};

const hostPaths: Check = (pod) => {
  const found = objects(pod, 'spec.volumes').filter((volume) => at(volume, 'hostPath') !== undefined);
  if (found.length === 0) return undefined;
  const names = quoted(found.map((volume) => text(volume, 'name')));
  return { reason: 'hostPath volumes', detail: `${plural(found.length, 'volume')} ${names}` };
};

const hostPorts: Check = (pod) => {
  const ports = (container: JsonObject) =>
    objects(container, 'ports')
      .map((port) => text(port, 'hostPort'))
      .filter((port) => port !== '' && port !== '0');
  const found = containersOf(pod).filter((container) => ports(container).length > 0);
  if (found.length === 0) return undefined;
  const all = sorted(found.flatMap(ports));
  const use = plural(found.length, 'uses', 'use');
  return { reason: 'hostPort', detail: `${called(found)} ${use} ${plural(all.length, 'hostPort')} ${all.join(', ')}` };
};

const handlers = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle.postStart', 'lifecycle.preStop'];

const handlerHosts: Check = (pod) => {
  const hosts = (container: JsonObject) =>
    handlers
      .flatMap((handler) => ['httpGet', 'tcpSocket'].map((kind) => text(container, `${handler}.${kind}.host`)))
      .filter((host) => host !== '' && host !== '127.0.0.1' && host !== '::1');
  const found = containersOf(pod).filter((container) => hosts(container).length > 0);
  if (found.length === 0) return undefined;
  const all = sorted(found.flatMap(hosts));
  const use = plural(found.length, 'uses', 'use');
  const what = plural(all.length, 'probe or lifecycle host');
  return { reason: 'probe or lifecycle host', detail: `${called(found)} ${use} ${what} ${quoted(all)}` };
};

const procMount: Check = (pod) => {
  const bad = (container: JsonObject) => !['', 'Default'].includes(text(container, 'securityContext.procMount'));
  const found = containersOf(pod).filter(bad);
  if (found.length === 0 || at(pod, 'spec.hostUsers') === false) return undefined;
  const types = quoted(sorted(found.map((item) => text(item, 'securityContext.procMount'))));
  return { reason: 'procMount', detail: `${called(found)} must not set securityContext.procMount to ${types}` };
};

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const seLinux: Check = (pod) => {
  const bad = (value: unknown) =>
    !seLinuxTypes.includes(text(value, 'type')) || text(value, 'user') !== '' || text(value, 'role') !== '';
  const { who, values } = setters(pod, 'seLinuxOptions', bad);
  if (who.length === 0) return undefined;
  const types = sorted(values.map((value) => text(value, 'type')).filter((type) => !seLinuxTypes.includes(type)));
  const data = types.length === 0 ? [] : [`${plural(types.length, 'type')} ${quoted(types)}`];
  if (values.some((value) => text(value, 'user') !== '')) data.push('user may not be set');
  if (values.some((value) => text(value, 'role') !== '')) data.push('role may not be set');
  const detail = `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`;
  return { reason: 'seLinuxOptions', detail };
};

const profileProblem = (who: readonly string[], values: readonly unknown[]): Violation => {
  const types = quoted(sorted(values.map((value) => text(value, 'type'))));
  const detail = `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${types}`;
  return { reason: 'seccompProfile', detail };
};
const badProfile = (value: unknown): boolean =>
  value !== undefined && value !== null && !['RuntimeDefault', 'Localhost'].includes(text(value, 'type'));

const baselineSeccomp: Check = (pod) => {
  const { who, values } = setters(pod, 'seccompProfile', badProfile);
  return who.length === 0 ? undefined : profileProblem(who, values);
};

const restrictedSeccomp: Check = (pod) => {
  if (isWindows(pod)) return undefined;
  const { who, values } = setters(pod, 'seccompProfile', badProfile);
  if (who.length > 0) return profileProblem(who, values);
  if (at(pod, 'spec.securityContext.seccompProfile') !== undefined) return undefined;
  const found = containersOf(pod).filter((item) => at(item, 'securityContext.seccompProfile') === undefined);
  if (found.length === 0) return undefined;
  const words = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason: 'seccompProfile', detail: `pod or ${called(found)} ${words}` };
};

const appArmorKey = 'container.apparmor.security.beta.kubernetes.io/';

const appArmor: Check = (pod) => {
  const { who, values } = setters(pod, 'appArmorProfile', badProfile);
  const annotations = Object.entries(record(pod, 'metadata.annotations')).filter(
    ([key, value]) =>
      key.startsWith(appArmorKey) &&
      !['', 'runtime/default'].includes(String(value)) &&
      !/^localhost\//.test(`${value}`),
  );
  if (annotations.length > 0) who.push(plural(annotations.length, 'annotation'));
  if (who.length === 0) return undefined;
  const all = [
    ...annotations.map(([key, value]) => `${key}=${JSON.stringify(value)}`).sort(),
    ...sorted(values.map((value) => text(value, 'type'))).map((type) => JSON.stringify(type)),
  ];
  const reason = plural(all.length, 'forbidden AppArmor profile');
  return { reason, detail: `${who.join(' and ')} must not set AppArmor profile type to ${all.join(', ')}` };
};

const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

const sysctls: Check = (pod) => {
  const names = objects(pod, 'spec.securityContext.sysctls').map((item) => text(item, 'name'));
  const found = names.filter((name) => !safeSysctls.includes(name));
  return found.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: found.join(', ') };
};

const hostProcess: Check = (pod) => {
  const { who } = setters(pod, 'windowsOptions', (value) => at(value, 'hostProcess') === true);
  if (who.length === 0) return undefined;
  const detail = `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
};

const openVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const restrictedVolumes: Check = (pod) => {
  const source = (volume: JsonObject) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  const found = objects(pod, 'spec.volumes').filter((volume) => !openVolumes.includes(source(volume)));
  if (found.length === 0) return undefined;
  const types = sorted(found.map(source));
  const names = quoted(found.map((volume) => text(volume, 'name')));
  const use = plural(found.length, 'uses', 'use');
  const what = `${plural(found.length, 'volume')} ${names} ${use} ${plural(types.length, 'restricted volume type')}`;
  return { reason: 'restricted volume types', detail: `${what} ${quoted(types)}` };
};

const runAsNonRoot: Check = (pod) => {
  const own = at(pod, 'spec.securityContext.runAsNonRoot');
  const { who } = setters(pod, 'runAsNonRoot', (value) => value === false);
  const implicit = containersOf(pod).filter((item) => at(item, 'securityContext.runAsNonRoot') === undefined);
  // Where every container says it, the pod's own word does not count.
  const explicit = own === false && implicit.length === 0 ? who.filter((name) => name !== 'pod') : who;
  const reason = 'runAsNonRoot != true';
  if (explicit.length > 0)
    return { reason, detail: `${explicit.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  if (own === true || implicit.length === 0) return undefined;
  return { reason, detail: `pod or ${called(implicit)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: Check = (pod) => {
  if (at(pod, 'spec.hostUsers') === false) return undefined;
  const { who } = setters(pod, 'runAsUser', (value) => value === 0);
  return who.length === 0
    ? undefined
    : { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` };
};

const privileged: Check = (pod) => {
  const found = containersOf(pod).filter((item) => at(item, 'securityContext.privileged') === true);
  if (found.length === 0) return undefined;
  return { reason: 'privileged', detail: `${called(found)} must not set securityContext.privileged=true` };
};

const escalation: Check = (pod) => {
  const found = containersOf(pod).filter((item) => at(item, 'securityContext.allowPrivilegeEscalation') !== false);
  if (found.length === 0 || isWindows(pod)) return undefined;
  const detail = `${called(found)} must set securityContext.allowPrivilegeEscalation=false`;
  return { reason: 'allowPrivilegeEscalation != false', detail };
};

/** In the order in which they are named. */
const baseline: readonly Check[] = [
  appArmor,
  baselineCapabilities,
  hostNamespaces,
  hostPaths,
  hostPorts,
  handlerHosts,
  privileged,
  procMount,
  seLinux,
  baselineSeccomp,
  sysctls,
  hostProcess,
];
/** Those of the baseline that the restricted level has a stricter form of. */
const replaced = new Set<Check>([baselineCapabilities, hostPaths, baselineSeccomp]);
const restricted: readonly Check[] = [
  ...baseline.filter((check) => !replaced.has(check)),
  escalation,
  restrictedCapabilities,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  restrictedSeccomp,
];

/** What of a pod (or of a template: an object with metadata and spec) a level forbids. */
export function violations(pod: unknown, level: Level): Violation[] {
  const checks = level === 'privileged' ? [] : level === 'baseline' ? baseline : restricted;
  return checks.map((check) => check(pod)).filter((found) => found !== undefined);
}
