import type { PolicyMatch, RequireSection } from '../../../api/index.ts';
import { at, field, isRecord } from '../json.ts';
import type { Judge } from '../policy.ts';
import { quote } from '../text.ts';

const DEFINITIONS = ['Agent', 'LLM', 'MCPServer', 'Tool', 'ContactChannel'];

/** Where the commit of an object is to be read from: what `kubechain stamp`, Argo CD and Flux leave on it. */
const STAMP = ['kubechain.humanlayer.dev/git-repo', 'kubechain.humanlayer.dev/git-revision'];
const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id';
const TRACKING_LABELS = [
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
];

/** `require`: what definitions carry. Tasks are asked only where `match.kinds` names them: many are made on the fly. */
export function compileRequire(section: RequireSection | undefined, match: PolicyMatch | undefined): Judge[] {
  if (section === undefined) return [];
  const { labels = [], provenance } = section;
  const kinds = new Set(match?.kinds?.includes('Task') === true ? [...DEFINITIONS, 'Task'] : DEFINITIONS);
  return [
    {
      kinds,
      rules: [
        ...(labels.length === 0 ? [] : ['require.labels']),
        ...(provenance === true ? ['require.provenance'] : []),
      ],
      judge({ object, labels: actual }, sink) {
        for (const label of labels) {
          const value = field(actual, label);
          if (typeof value === 'string' && value !== '') continue;
          sink.report({
            rule: 'require.labels',
            field: `metadata.labels[${label}]`,
            value: label,
            detail: `label ${quote(label)} is required`,
            fix: 'add it',
          });
        }
        if (provenance === true && !hasProvenance(object)) {
          sink.report({
            rule: 'require.provenance',
            field: 'metadata.annotations',
            value: 'none',
            detail: 'nothing says which commit this comes from',
            fix: 'run kubechain stamp in the pipeline, or have Argo CD or Flux apply it',
          });
        }
      },
    },
  ];
}

function hasProvenance(object: unknown): boolean {
  const annotations = at(object, 'metadata', 'annotations');
  const labels = at(object, 'metadata', 'labels');
  const has = (map: unknown, name: string): boolean => isRecord(map) && Boolean(field(map, name));
  return (
    STAMP.every((name) => has(annotations, name)) ||
    has(annotations, TRACKING_ANNOTATION) ||
    TRACKING_LABELS.some((name) => has(labels, name))
  );
}
