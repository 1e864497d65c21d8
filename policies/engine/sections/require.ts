import type { PolicyMatch, RequireSection } from '../../../api/index.ts';
import { marksOf } from '../../provenance/marks.ts';
import { field } from '../json.ts';
import type { Judge } from '../policy.ts';
import type { Sink } from '../sink.ts';
import { quote } from '../text.ts';
import type { PolicyRequest } from '../types.ts';

const DEFINITIONS = ['Agent', 'LLM', 'MCPServer', 'Tool', 'ContactChannel'];

/** `require`: what definitions carry. Tasks are asked only where `match.kinds` names them: many are made on the fly. */
export function compileRequire(section: RequireSection | undefined, match: PolicyMatch | undefined): Judge[] {
  if (section === undefined) return [];
  const { labels = [] } = section;
  const trust = section.provenanceTrust ?? (section.provenance === true ? 'Claimed' : undefined);
  const kinds = new Set(match?.kinds?.includes('Task') === true ? [...DEFINITIONS, 'Task'] : DEFINITIONS);
  return [
    {
      kinds,
      rules: [
        ...(labels.length === 0 ? [] : ['require.labels']),
        ...(trust === undefined ? [] : ['require.provenance']),
      ],
      judge({ object, labels: actual, request }, sink) {
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
        if (trust !== undefined) judgeProvenance(object, request.provenance, trust, sink);
      },
    },
  ];
}

function judgeProvenance(
  object: unknown,
  known: PolicyRequest['provenance'],
  trust: 'Claimed' | 'Verified',
  sink: Sink,
): void {
  const notEvaluable = known !== undefined && 'notEvaluable' in known ? known.notEvaluable : undefined;
  if (!claimsProvenance(object) && (known === undefined || notEvaluable !== undefined)) {
    if (notEvaluable !== undefined) {
      sink.notEvaluable('require.provenance', notEvaluable);
      return;
    }
    sink.report({
      rule: 'require.provenance',
      field: 'metadata.annotations',
      value: 'none',
      detail: 'nothing says which commit this comes from',
      fix: 'run kubechain stamp in the pipeline, or have Argo CD or Flux apply it',
    });
    return;
  }
  if (trust === 'Claimed') return;
  if (notEvaluable !== undefined) {
    sink.notEvaluable('require.provenance', notEvaluable);
    return;
  }
  const { trust: proven, detail } = { trust: 'Claimed', detail: undefined, ...known };
  if (proven === 'Verified') return;
  sink.report({
    rule: 'require.provenance',
    field: 'metadata.annotations',
    value: 'Claimed',
    detail: `the commit that this comes from is claimed, not verified: ${detail ?? 'nothing proves it here'}`,
    fix: 'sign the stamp (kubechain stamp --sign), or let Argo CD or Flux make the change',
  });
}

/** A label that Helm charts carry as well claims nothing by itself. */
function claimsProvenance(object: unknown): boolean {
  const { git, argo, flux } = marksOf(object);
  return git !== undefined || (argo !== undefined && argo.guessed !== true) || flux !== undefined;
}
