/** A deep link of Argo CD: shown at the resources that `if` holds for. `url` is a Go template. */
export interface DeepLink {
  readonly title: string;
  readonly url: string;
  readonly if?: string;
}

/** Links that need nothing but what is on the objects: to the commit that a run was made from, to the file of a stamped object. */
export const OWN_LINKS: readonly DeepLink[] = [
  {
    title: 'Commit',
    url: '{{.resource.status.provenance.repo | trimSuffix ".git"}}/commit/{{.resource.status.provenance.revision}}',
    if: 'resource.kind == "TaskRun" && (resource.status?.provenance?.repo ?? "") startsWith "https://"',
  },
  {
    title: 'Commit',
    url: '{{index .resource.metadata.annotations "kubechain.humanlayer.dev/git-repo" | trimSuffix ".git"}}/commit/{{index .resource.metadata.annotations "kubechain.humanlayer.dev/git-revision"}}',
    if: '((resource.metadata.annotations ?? {})["kubechain.humanlayer.dev/git-repo"] ?? "") startsWith "https://"',
  },
];

const TITLE = /^([^=\s][^=]{0,62})=(https?:\/\/\S+)$/;

/**
 * `TITLE=URL`, URL a Go template with `.resource` and `.application`: `Trace=https://tempo.example/{{.resource.metadata.uid}}`. It is
 * shown at TaskRuns. Undefined where the text is no such thing.
 */
export function linkToRuns(text: string): DeepLink | undefined {
  const [, title, url] = TITLE.exec(text) ?? [];
  return title === undefined || url === undefined ? undefined : { title, url, if: 'resource.kind == "TaskRun"' };
}
