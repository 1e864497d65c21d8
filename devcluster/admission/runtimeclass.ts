/** RuntimeClass: what running a pod by a class takes, and where it can run. */
import { at, objects, record, text } from '../builtin/access.ts';
import { stable } from '../builtin/validation/common.ts';
import type { RegistryContext } from '../registry/call.ts';
import { forbidden, unknownError } from '../request/status.ts';
import type { Json, JsonObject, KubeObject } from '../types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './chain.ts';

const resource = { group: '', resource: 'pods' };

/** Whether one toleration tolerates all that another does. */
function isSuperset(larger: JsonObject, smaller: JsonObject): boolean {
  if (stable(larger) === stable(smaller)) return true;
  const [key, effect] = [text(larger, 'key'), text(larger, 'effect')];
  if (key !== text(smaller, 'key') && !(key === '' && larger.operator === 'Exists')) return false;
  if (effect !== '' && effect !== text(smaller, 'effect')) return false;
  if (effect === 'NoExecute' && larger.tolerationSeconds !== undefined) {
    const seconds = smaller.tolerationSeconds;
    if (seconds === undefined || Number(larger.tolerationSeconds) < Number(seconds)) return false;
  }
  if (larger.operator === 'Exists') return true;
  return text(smaller, 'operator') !== 'Exists' && text(larger, 'value') === text(smaller, 'value');
}

/** Both lists as one, without what another in it covers. */
function mergeTolerations(first: readonly JsonObject[], second: readonly JsonObject[]): JsonObject[] {
  const all = [...first, ...second];
  const merged: JsonObject[] = [];
  for (const [index, item] of all.entries()) {
    if (merged.some((other) => isSuperset(other, item))) continue;
    if (all.slice(index + 1).some((other) => stable(other) !== stable(item) && isSuperset(other, item))) continue;
    merged.push(item);
  }
  return merged;
}

function schedule(pod: KubeObject, runtimeClass: KubeObject): void {
  const scheduling = at(runtimeClass, 'scheduling');
  const spec = pod.spec as JsonObject;
  if (scheduling === undefined) return;
  const selector = { ...record(spec, 'nodeSelector') };
  for (const [key, value] of Object.entries(record(scheduling, 'nodeSelector'))) {
    if (selector[key] !== undefined && selector[key] !== value) {
      const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${selector[key]}`;
      throw forbidden(resource, pod.metadata.name ?? '', why);
    }
    selector[key] = value as Json;
  }
  if (Object.keys(selector).length > 0) spec.nodeSelector = selector as JsonObject;
  const tolerations = mergeTolerations(objects(spec, 'tolerations'), objects(scheduling, 'tolerations'));
  if (tolerations.length > 0) spec.tolerations = tolerations;
}

/** RuntimeClass: the class must exist; its overhead and its scheduling become the pod's. */
export function podRuntimeClass(context: () => RegistryContext): AdmissionPlugin {
  const classOf = (pod: KubeObject): KubeObject | undefined => {
    const given = at(pod, 'spec.runtimeClassName');
    if (given === undefined || given === null) return undefined;
    const name = String(given);
    if (name === '') throw unknownError('resource name may not be empty');
    if (name.includes('/') || name.includes('%')) {
      const characters = ['/', '%'].filter((character) => name.includes(character));
      const why = characters.map((character) => `may not contain '${character}'`).join(' ');
      throw unknownError(`invalid resource name ${JSON.stringify(name)}: [${why}]`);
    }
    const { store } = context();
    const entry = store.latest('node.k8s.io/runtimeclasses', name);
    if (entry !== undefined) return store.object(entry);
    throw forbidden(resource, pod.metadata.name ?? '', `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  };
  const handles = ({ operation, definition, subresource }: AdmissionAttributes): boolean =>
    operation === 'CREATE' && subresource === '' && definition.group === '' && definition.plural === 'pods';
  const differs = (pod: KubeObject): Error =>
    forbidden(
      resource,
      pod.metadata.name ?? '',
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    );
  return {
    name: 'RuntimeClass',
    handles,
    mutate: (attributes) => {
      const pod = attributes.object as KubeObject;
      const runtimeClass = classOf(pod);
      if (runtimeClass === undefined) return undefined;
      const fixed = at(runtimeClass, 'overhead.podFixed');
      if (at(runtimeClass, 'overhead') !== undefined) {
        const own = record(pod, 'spec.overhead');
        if (Object.keys(own).length > 0 && stable(own) !== stable(fixed)) throw differs(pod);
        if (fixed !== undefined) (pod.spec as JsonObject).overhead = { ...record(runtimeClass, 'overhead.podFixed') };
      }
      schedule(pod, runtimeClass);
      return undefined;
    },
    validate: (attributes) => {
      const pod = attributes.object as KubeObject;
      const runtimeClass = classOf(pod);
      const own = at(pod, 'spec.overhead');
      if (at(runtimeClass, 'overhead') !== undefined) {
        if (stable(own) !== stable(at(runtimeClass, 'overhead.podFixed'))) throw differs(pod);
      } else if (own !== undefined) {
        const why = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
        throw forbidden(resource, pod.metadata.name ?? '', why);
      }
      return undefined;
    },
  };
}
