import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { GIT_MARKS, GROUP } from '../../api/index.ts';
import { publicAddress, signStamp } from '../../policies/provenance/index.ts';
import type { EditableObject } from '../yaml/edit.ts';
import { applyEdits, editableObjects, setFields } from '../yaml/edit.ts';

/** What runs are made of: what a stamp says something about. */
const STAMPED = new Set(['Agent', 'LLM', 'Tool', 'MCPServer', 'ContactChannel', 'Task']);

export interface StampedOrigin {
  readonly repo: string;
  readonly path: string;
  readonly revision: string;
  readonly author: string;
}

export interface StampOptions {
  readonly sign?: KeyObject;
  /** Namespace of objects that name none: what is signed names it. */
  readonly namespace?: string;
}

export const isStampable = ({ value }: EditableObject): boolean =>
  typeof value.apiVersion === 'string' &&
  value.apiVersion.startsWith(`${GROUP}/`) &&
  typeof value.kind === 'string' &&
  STAMPED.has(value.kind);

/**
 * The text with the stamps of its objects, and nothing else changed; the same text where they are right. `originOf` says where an
 * object comes from: undefined leaves it as it is. Throws `TypeError` where the text cannot be edited so.
 */
export async function stampText(
  text: string,
  originOf: (object: EditableObject) => Promise<StampedOrigin | undefined>,
  options: StampOptions = {},
): Promise<{ readonly text: string; readonly stamped: number }> {
  const objects = editableObjects(text);
  const edits = [];
  const expected: unknown[] = [];
  let stamped = 0;
  for (const object of objects) {
    const origin = isStampable(object) ? await originOf(object) : undefined;
    if (origin === undefined) {
      expected.push(object.value);
      continue;
    }
    stamped += 1;
    const marks = marksFor(object, origin, options);
    edits.push(...setFields(text, object, ['metadata', 'annotations'], marks));
    const metadata = (object.value.metadata ?? {}) as Record<string, unknown>;
    const annotations = { ...(metadata.annotations as object | null), ...marks };
    expected.push({ ...object.value, metadata: { ...metadata, annotations } });
  }
  return { text: edits.length === 0 ? text : applyEdits(text, edits, expected), stamped };
}

function marksFor(object: EditableObject, origin: StampedOrigin, { sign, namespace }: StampOptions) {
  const repo = publicAddress(origin.repo);
  const { path, revision, author } = origin;
  const marks = {
    [GIT_MARKS.repo]: repo,
    [GIT_MARKS.path]: path,
    [GIT_MARKS.revision]: revision,
    [GIT_MARKS.author]: author,
  };
  const metadata = (object.value.metadata ?? {}) as {
    readonly namespace?: unknown;
    readonly name?: unknown;
    readonly annotations?: Readonly<Record<string, unknown>> | null;
  };
  if (sign === undefined) {
    const present = metadata.annotations ?? {};
    const changed = Object.entries(marks).some(([name, value]) => present[name] !== value);
    if (changed && present[GIT_MARKS.signature] !== undefined) {
      throw new TypeError(
        `the stamp of ${String(object.value.kind)} ${String(metadata.name)} is signed and out of date: sign it again (--sign), or take ${GIT_MARKS.signature} out`,
      );
    }
    return marks;
  }
  const itsNamespace = metadata.namespace ?? namespace;
  if (typeof itsNamespace !== 'string' || itsNamespace === '') {
    throw new TypeError(
      `${String(object.value.kind)} ${String(metadata.name)} names no namespace, and a signature is about one: give -n`,
    );
  }
  const placed = { ...object.value, metadata: { ...metadata, namespace: itsNamespace } };
  return { ...marks, [GIT_MARKS.signature]: signStamp(sign, placed, { repo, path, revision, author }) };
}

/** Whether two versions of a file define the same: stamps, comments and layout aside. */
export function sameDefinitions(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  if (a === b) return true;
  try {
    return isDeepStrictEqual(withoutStamps(a), withoutStamps(b));
  } catch {
    return false;
  }
}

const OWN_MARKS: ReadonlySet<string> = new Set(Object.values(GIT_MARKS));

function withoutStamps(text: string): unknown[] {
  return editableObjects(text).map(({ value }) => {
    const metadata = value.metadata as { annotations?: Record<string, unknown> | null } | undefined;
    if (metadata === undefined || metadata === null) return value;
    const { annotations, ...rest } = metadata;
    const kept = Object.entries(annotations ?? {}).filter(([name]) => !OWN_MARKS.has(name));
    return { ...value, metadata: kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) } };
  });
}
