/** Where a list, or something else, stands: the fields from the spec on, each of which may be absent; `when` says of an object whether it is judged at all. */
export interface Place {
  readonly path: readonly string[];
  readonly when?: (object: string) => string;
}

const listIn = (object: string, { path }: Place): string => [object, 'spec', ...path].join('.');

/** Whether an object has the list and is judged by it. */
export const judged = (object: string, { path, when }: Place): string =>
  [
    ...(when === undefined ? [] : [when(object)]),
    ...path.map((_, i) => `has(${[object, 'spec', ...path.slice(0, i + 1)].join('.')})`),
  ].join(' && ');

/** All entries `e` pass, or stood in the old object with what they are judged by: there, `o` is such an entry. */
export const every = (place: Place, passes: (old: (same: string) => string) => string): string => {
  const old = (same: string): string =>
    `(oldObject != null && ${judged('oldObject', place)} && ${listIn('oldObject', place)}.exists(o, ${same}))`;
  return `!(${judged('object', place)}) || ${listIn('object', place)}.all(e, ${passes(old)})`;
};
