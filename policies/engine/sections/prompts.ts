import type { PromptSection } from '../../../api/index.ts';
import { listAt, textAt } from '../json.ts';
import type { Judge } from '../policy.ts';
import type { Scope } from '../scope.ts';
import { findSecret } from '../secretpatterns.ts';

const KINDS = new Set(['Agent', 'Task']);

/** `prompts`: system prompts of Agents, and what Tasks tell the model. */
export function compilePrompts(section: PromptSection | undefined): Judge[] {
  if (section === undefined) return [];
  const { maxBytes, denySecretPatterns } = section;
  return [
    {
      kinds: KINDS,
      rules: [
        ...(maxBytes === undefined ? [] : ['prompts.maxBytes']),
        ...(denySecretPatterns === true ? ['prompts.denySecretPatterns'] : []),
      ],
      judge(scope, sink) {
        for (const { field, text } of textsOf(scope)) {
          // A byte holds no more than one character: most texts need not be counted.
          const bytes = maxBytes === undefined || text.length * 3 <= maxBytes ? 0 : Buffer.byteLength(text);
          if (maxBytes !== undefined && bytes > maxBytes) {
            sink.report({
              rule: 'prompts.maxBytes',
              field,
              // Not how much: a shorter text that is still too long is no new finding.
              value: `more than ${maxBytes} bytes`,
              detail: `${bytes} bytes are more than ${maxBytes}`,
              fix: 'make it shorter',
            });
          }
          const secret = denySecretPatterns === true ? findSecret(text) : undefined;
          if (secret !== undefined) {
            sink.report({
              rule: 'prompts.denySecretPatterns',
              field,
              value: secret,
              detail: `it seems to hold ${secret}, which the model and everybody who reads the object would see`,
              fix: 'remove it, revoke it, and give it to the tool that needs it through a Secret',
            });
          }
        }
      },
    },
  ];
}

function textsOf({ kind, object }: Scope): { field: string; text: string }[] {
  const single = (name: string): { field: string; text: string }[] => {
    const text = textAt(object, 'spec', name);
    return text === undefined ? [] : [{ field: `spec.${name}`, text }];
  };
  if (kind === 'Agent') return single('system');
  const history = listAt(object, 'spec', 'everythingThatHappenedSoFar').flatMap((text, i) =>
    typeof text === 'string' ? [{ field: `spec.everythingThatHappenedSoFar[${i}]`, text }] : [],
  );
  return [...single('message'), ...single('goal'), ...history];
}
