/** Events of core and of events.k8s.io are the same objects under other field names. */
import type { KubeObject } from '../types.ts';

/** [name in core/v1, name in events.k8s.io/v1] */
const names: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

function rename(object: KubeObject, from: 0 | 1, apiVersion: string): void {
  object.apiVersion = apiVersion;
  for (const pair of names) {
    const old = pair[from];
    if (!Object.hasOwn(object, old)) continue;
    object[pair[1 - from] as string] = object[old];
    delete object[old];
  }
}

/** From core/v1, as it is stored. */
export function toEventsGroup(object: KubeObject): void {
  rename(object, 0, 'events.k8s.io/v1');
  // What is always there in core is left out here where it is empty.
  for (const field of ['reportingController', 'reportingInstance']) if (object[field] === '') delete object[field];
}

export function toCore(object: KubeObject): void {
  rename(object, 1, 'v1');
}
