/** The endpoints of a pod that write a part of its spec: which part, and what may become of it. */
import { list, objects, record, text } from './builtin/access.ts';
import { goDiff } from './builtin/godiff.ts';
import { goForm } from './builtin/goform.ts';
import { qualityOfService } from './builtin/prepare.ts';
import { equalJson, isObject } from './registry/copy.ts';
import { fieldError } from './request/status.ts';
import type { FieldError, JsonObject } from './types.ts';

/** What of a pod an endpoint writes: the rest stays as it was. */
export interface Part {
  /** The new spec, from what was sent and what is. */
  readonly spec: (sent: JsonObject, live: JsonObject) => JsonObject;
  /** Violations of the new spec; `sent` is what the client wants it to be. */
  readonly check: (spec: JsonObject, live: JsonObject, sent: JsonObject) => FieldError[];
}

export const ephemeralContainers: Part = {
  spec: (sent, live) => {
    const { ephemeralContainers: _, ...rest } = live;
    const added = list(sent, 'ephemeralContainers');
    return added.length === 0 ? rest : { ...rest, ephemeralContainers: added };
  },
  check: (spec, live) => {
    const errors: FieldError[] = [];
    for (const before of objects(live, 'ephemeralContainers')) {
      const now = objects(spec, 'ephemeralContainers').find((item) => item.name === before.name);
      const why = `existing ephemeral containers ${JSON.stringify(text(before, 'name'))} may not be ${now === undefined ? 'removed' : 'changed'}`;
      if (now !== undefined && equalJson(now, before)) continue;
      const changes =
        now === undefined ? '' : goDiff(goForm('EphemeralContainer', before), goForm('EphemeralContainer', now));
      errors.push(fieldError.forbidden('spec.ephemeralContainers', `${why}\n${changes}`));
    }
    return errors;
  },
};

/** New requests and limits of cpu and memory. */
export const resize: Part = {
  spec: (sent, live) => ({
    ...live,
    containers: objects(live, 'containers').map((container) => {
      const asked = objects(sent, 'containers').find((item) => item.name === container.name);
      const next = { ...container };
      for (const field of ['resources', 'resizePolicy'] as const)
        if (asked?.[field] !== undefined) next[field] = asked[field];
      return next;
    }),
  }),
  check: (spec, live, sent) => {
    const before = objects(live, 'containers');
    const names = (containers: readonly JsonObject[]) => containers.map((item) => text(item, 'name')).join();
    const forbidden = (path: string, why: string) => [fieldError.forbidden(path, why)];
    if (names(objects(sent, 'containers')) !== names(before))
      return forbidden('spec.containers', 'containers may not be added or removed on resize');
    const quality = qualityOfService(live);
    if (qualityOfService(spec) !== quality)
      return [fieldError.invalid('spec', quality, 'Pod QOS Class may not change as a result of resizing')];
    const after = objects(spec, 'containers');
    for (const [index, was] of before.entries()) {
      for (const kind of ['requests', 'limits'] as const) {
        const now = record(after[index], `resources.${kind}`);
        const removed = Object.keys(record(was, `resources.${kind}`)).some((name) => now[name] === undefined);
        if (removed)
          return forbidden(`spec.containers[${index}].resources.${kind}`, `resource ${kind} cannot be removed`);
      }
    }
    const rest = (containers: readonly JsonObject[]) => containers.map(withoutScalable);
    if (!equalJson(rest(after), rest(before))) return forbidden('spec', 'only cpu and memory resources are mutable');
    return [];
  },
};

/** A container without its requests and limits of cpu and memory. */
function withoutScalable(container: JsonObject): JsonObject {
  const { resources, ...others } = container;
  const { requests: _, limits: __, ...more } = isObject(resources) ? resources : {};
  const fixed = (kind: string) =>
    Object.fromEntries(
      Object.entries(record(container, `resources.${kind}`)).filter(([name]) => name !== 'cpu' && name !== 'memory'),
    );
  return { ...others, resources: { ...more, requests: fixed('requests'), limits: fixed('limits') } };
}
