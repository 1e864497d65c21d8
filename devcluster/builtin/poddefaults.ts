/** Defaults of pods, their specs and their containers. */
import type { Json, JsonObject } from '../types.ts';
import { child, objects, record, text } from './access.ts';
import { ensure, fill } from './defaulting.ts';
import { containerResources, isPodResource, podLevelResources } from './podresources.ts';
import { formatQuantity } from './quantity.ts';

const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const imageName = new RegExp(
  `^(?:[A-Za-z0-9.-]+(?::\\d+)?/)?${component}(?:/${component})*(?::([\\w][\\w.-]{0,127}))?(@[A-Za-z][\\w.+-]*:[0-9a-fA-F]{32,})?$`,
);

/** Names of repositories, with their registry, have at most 255 characters. */
const isShort = (image: string): boolean => image.replace(/@.*$|:[\w][\w.-]*$/, '').length <= 255;

/** `latest`, or no tag and no digest, is pulled always; what is no image name is left to fail. */
export function pullPolicy(image: string): string {
  const match = !isShort(image) ? null : imageName.exec(image);
  if (match === null || match[2] !== undefined) return 'IfNotPresent';
  return match[1] === undefined || match[1] === 'latest' ? 'Always' : 'IfNotPresent';
}

export function container(object: JsonObject): void {
  fill(object, {
    imagePullPolicy: pullPolicy(text(object, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
}

/** Limits and requests that a pod states for itself are completed by those of its containers. */
function podRequests(spec: JsonObject): void {
  const given = podLevelResources(spec);
  if (given === undefined) return;
  const stated = record(given, 'requests');
  const limits = { ...record(given, 'limits') };
  if (Object.keys(limits).length + Object.keys(stated).length > 0) {
    for (const [name, value] of containerResources(spec, 'limits'))
      if (name.startsWith('hugepages-') && stated[name] === undefined) limits[name] ??= formatQuantity(value);
    if (Object.keys(limits).length > 0) given.limits = limits as JsonObject;
  }
  if (Object.keys(limits).length === 0) return;
  const requests = { ...stated };
  for (const [name, value] of containerResources(spec, 'requests'))
    if (name === 'cpu' || name === 'memory') requests[name] ??= formatQuantity(value);
  for (const [name, value] of Object.entries(limits)) if (isPodResource(name)) requests[name] ??= value;
  if (Object.keys(requests).length > 0) given.requests = requests as JsonObject;
}

export function pod(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  for (const entry of [...objects(spec, 'containers'), ...objects(spec, 'initContainers')]) {
    const limits = child(entry, 'resources.limits');
    if (limits === undefined) continue;
    fill(ensure(ensure(entry, 'resources'), 'requests'), limits as { [field: string]: Json });
  }
  podRequests(spec);
  fill(spec, { enableServiceLinks: true });
  if (spec.hostNetwork === true) {
    for (const entry of [...objects(spec, 'containers'), ...objects(spec, 'initContainers')]) {
      for (const port of objects(entry, 'ports'))
        if (port.containerPort !== undefined) fill(port, { hostPort: port.containerPort });
    }
  }
}

/** A pod's service account has an old name and a new one. */
function sameAccount(spec: JsonObject): JsonObject {
  const name = text(spec, 'serviceAccountName') || text(spec, 'serviceAccount');
  return name === '' ? {} : { serviceAccountName: name, serviceAccount: name };
}

export function podSpec(object: JsonObject): void {
  fill(object, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    ...sameAccount(object),
  });
}
