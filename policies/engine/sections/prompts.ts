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
        for (const { field, bytes, secret: findIt } of scope.fact(textsOf)) {
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
          const secret = denySecretPatterns === true ? findIt() : undefined;
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

interface JudgedText {
  readonly field: string;
  readonly bytes: number;
  /** What it seems to hold; looked for once, and only where a policy asks. */
  secret(): string | undefined;
}

function judgedText(field: string, text: string): JudgedText {
  let found: { readonly secret: string | undefined } | undefined;
  const secret = (): string | undefined => {
    found ??= { secret: findSecret(text) };
    return found.secret;
  };
  return { field, bytes: Buffer.byteLength(text), secret };
}

function textsOf({ kind, object }: Scope): JudgedText[] {
  const single = (name: string): JudgedText[] => {
    const text = textAt(object, 'spec', name);
    return text === undefined ? [] : [judgedText(`spec.${name}`, text)];
  };
  if (kind === 'Agent') return single('system');
  const history = listAt(object, 'spec', 'everythingThatHappenedSoFar').flatMap((text, i) =>
    typeof text === 'string' ? [judgedText(`spec.everythingThatHappenedSoFar[${i}]`, text)] : [],
  );
  return [...single('message'), ...single('goal'), ...history];
}
