import type { CollectionTag, Document, LineCounter, Scalar, ScalarTag } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';

/** Tags whose values kubectl leaves text, or has no word for. */
const EXOTIC: ReadonlySet<string> = new Set(
  ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Go's YAML reads `0o17` of YAML 1.2, too. */
const OCTAL: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) =>
    Number(
      text
        .replaceAll('_', '')
        .replace(/^([-+]?)0o/, '$10o')
        .replace(/^\+/, ''),
    ),
};

/** `!!binary` is the text that it stands for. */
const BINARY: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  default: false,
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

/** Minutes and seconds: Go's YAML leaves `1:30` text. */
const isSexagesimal = (tag: ScalarTag | CollectionTag | string): boolean =>
  typeof tag === 'object' && 'format' in tag && tag.format === 'TIME';

/** The text as YAML documents, the way kubectl reads it: `yes` is true, `<<` merges, dates and times stay text. */
export function parse(text: string, lines: LineCounter): Document.Parsed[] {
  return [
    ...parseAllDocuments(text, {
      version: '1.1',
      merge: true,
      // Their own check compares each key with each other: found below, in linear time.
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
      customTags: (tags) => [
        OCTAL,
        BINARY,
        ...tags.filter((tag) => typeof tag !== 'object' || !(EXOTIC.has(tag.tag) || isSexagesimal(tag))),
      ],
    }),
  ];
}

/** A text that YAML 1.1, and so kubectl, reads as something else. */
export interface Trap {
  readonly offset: number;
  readonly message: string;
}

/** Words that YAML 1.2, and so many an editor, leaves text. */
const WORD = /^(?:y|n|yes|no|on|off)$/i;
const OLD_OCTAL = /^[-+]?0[0-7_]*[1-9][0-7_]*$/;

/** Plain words and numbers below a node that are not what they look like. */
export function trapsIn(root: unknown): Trap[] {
  const traps: Trap[] = [];
  const look = (node: unknown, isKey: boolean): void => {
    if (!isScalar(node) || node.type !== 'PLAIN' || node.source === undefined) return;
    const { source, value } = node;
    const trap = typeof value === 'boolean' ? WORD.test(source) : typeof value === 'number' && OLD_OCTAL.test(source);
    if (!trap) return;
    const read = isKey ? `as the key ${JSON.stringify(String(value))}` : `as ${String(value)}`;
    const fix = isKey
      ? `put it in quotes`
      : `write ${String(value)}, or ${JSON.stringify(source)} where the text is meant`;
    traps.push({ offset: node.range?.[0] ?? 0, message: `${source} is read ${read}; fix: ${fix}` });
  };
  visit(root as Scalar, { Scalar: (key, node) => look(node, key === 'key') });
  return traps;
}

/** The node at a path of names and numbers; undefined where there is none. Aliases are followed, merges are not. */
export function nodeAt(document: Document, path: readonly string[]): unknown {
  let node: unknown = document.contents;
  for (const step of path) {
    const here = isAlias(node) ? node.resolve(document) : node;
    if (isMap(here)) node = here.items.find(({ key }) => isScalar(key) && String(key.value) === step)?.value;
    else if (isSeq(here)) node = here.items[Number(step)];
    else return undefined;
  }
  return node;
}
