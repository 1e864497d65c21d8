import { hash } from 'node:crypto';
import { GIT_MARKS, GROUP } from '../../api/index.ts';
import { at, canonicalJson, textAt } from '../engine/json.ts';

/** Argo CD: who tracks the object. `<app>:<group>/<kind>:<namespace>/<name>`; `<namespace>_<app>` for apps elsewhere. */
const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
/** Argo CD, where several of them share a cluster: which one. */
const INSTALLATION_ID = 'argocd.argoproj.io/installation-id';
/** Argo CD, tracking by label: the custom key that its documentation recommends, then its default. */
const INSTANCE_LABELS = ['argocd.argoproj.io/instance', 'app.kubernetes.io/instance'] as const;
const FLUX = [
  {
    kind: 'Kustomization',
    name: 'kustomize.toolkit.fluxcd.io/name',
    namespace: 'kustomize.toolkit.fluxcd.io/namespace',
  },
  { kind: 'HelmRelease', name: 'helm.toolkit.fluxcd.io/name', namespace: 'helm.toolkit.fluxcd.io/namespace' },
] as const;

/** Annotations and labels that say where an object comes from: who changes one of them changes what the object claims. */
export const MARK_ANNOTATIONS: readonly string[] = [...Object.values(GIT_MARKS), TRACKING_ID, INSTALLATION_ID];
export const MARK_LABELS: readonly string[] = [
  ...INSTANCE_LABELS,
  ...FLUX.flatMap(({ name, namespace }) => [name, namespace]),
];

/** What the annotations of `kubechain stamp` say. */
export interface GitMarks {
  readonly repo: string;
  readonly revision: string;
  readonly path?: string;
  readonly author?: string;
  readonly signature?: string;
}

/** The Argo CD Application that tracks an object. */
export interface ArgoMark {
  readonly name: string;
  /** Absent: that of Argo CD itself. */
  readonly namespace?: string;
  readonly installation?: string;
  /** Only the label that Helm charts carry, too: nothing is claimed unless such an Application lists the object. */
  readonly guessed?: true;
}

export interface FluxMark {
  readonly kind: 'Kustomization' | 'HelmRelease';
  readonly name: string;
  readonly namespace: string;
}

export interface Marks {
  readonly git?: GitMarks;
  readonly argo?: ArgoMark;
  readonly flux?: FluxMark;
}

/** What an object says of where it comes from. A tracking id that was copied from another object counts for nothing. */
export function marksOf(object: unknown): Marks {
  const annotation = (name: string) => textAt(object, 'metadata', 'annotations', name) || undefined;
  const label = (name: string) => textAt(object, 'metadata', 'labels', name) || undefined;
  const repo = annotation(GIT_MARKS.repo);
  const revision = annotation(GIT_MARKS.revision);
  const argo = argoMark(object, annotation, label);
  const flux = FLUX.flatMap(({ kind, name, namespace }): FluxMark[] => {
    const [itsName, itsNamespace] = [label(name), label(namespace)];
    return itsName === undefined ? [] : [{ kind, name: itsName, namespace: itsNamespace ?? '' }];
  })[0];
  return {
    ...(repo === undefined || revision === undefined
      ? {}
      : {
          git: {
            repo,
            revision,
            ...optional({ path: GIT_MARKS.path, author: GIT_MARKS.author, signature: GIT_MARKS.signature }, annotation),
          },
        }),
    ...(argo === undefined ? {} : { argo }),
    ...(flux === undefined ? {} : { flux }),
  };
}

function optional<K extends string>(
  names: Readonly<Record<K, string>>,
  read: (name: string) => string | undefined,
): { [name in K]?: string } {
  const found: { [name in K]?: string } = {};
  for (const [key, name] of Object.entries<string>(names)) {
    const value = read(name);
    if (value !== undefined) found[key as K] = value;
  }
  return found;
}

function argoMark(
  object: unknown,
  annotation: (name: string) => string | undefined,
  label: (name: string) => string | undefined,
): ArgoMark | undefined {
  const installation = annotation(INSTALLATION_ID);
  const id = annotation(TRACKING_ID);
  if (id !== undefined) {
    const match = /^([^:]+):([^:/]*)\/([^:/]+):([^:/]*)\/([^:/]+)$/.exec(id);
    const [, app = '', group, kind, namespace, name] = match ?? [];
    const self =
      group === GROUP &&
      kind === textAt(object, 'kind') &&
      namespace === (textAt(object, 'metadata', 'namespace') ?? '') &&
      name === textAt(object, 'metadata', 'name');
    if (self) return { ...applicationOf(app), ...(installation === undefined ? {} : { installation }) };
  }
  const [own, shared] = INSTANCE_LABELS.map(label);
  if (own !== undefined) return applicationOf(own);
  return shared === undefined ? undefined : { ...applicationOf(shared), guessed: true };
}

/** `<namespace>_<app>` where Applications live in any namespace; neither part can hold an underscore. */
function applicationOf(text: string): { name: string; namespace?: string } {
  const cut = text.indexOf('_');
  return cut < 0 ? { name: text } : { namespace: text.slice(0, cut), name: text.slice(cut + 1) };
}

/** `sha256:…` of an object's spec: the same whatever the order of its fields. */
export const specDigest = (object: unknown): string => sha256(canonicalJson(at(object, 'spec') ?? null));

/** `sha256:…` of what an object is and where it says that it comes from: its spec and its marks. */
export function definitionDigest(object: unknown): string {
  const pick = (field: 'annotations' | 'labels', names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, at(object, 'metadata', field, name)]));
  return sha256(
    canonicalJson({
      spec: at(object, 'spec') ?? null,
      annotations: pick('annotations', MARK_ANNOTATIONS),
      labels: pick('labels', MARK_LABELS),
    }),
  );
}

const sha256 = (text: string): string => `sha256:${hash('sha256', text)}`;
