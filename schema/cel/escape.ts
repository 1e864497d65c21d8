const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const ESCAPES = new Map([
  ['__', '__underscores__'],
  ['.', '__dot__'],
  ['-', '__dash__'],
  ['/', '__slash__'],
]);

/** True for words that CEL keeps to itself. Kubernetes lets them be selected all the same: `self.namespace`. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name);
}

/**
 * The name of a property as a CEL identifier (`a-b` is `a__dash__b`, `namespace` is `__namespace__`), or undefined
 * when it cannot be written as one.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__|[-./]/g, (part) => ESCAPES.get(part) ?? part);
}
