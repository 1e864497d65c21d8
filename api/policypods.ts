import { patterns } from './policymatch.ts';
import type { TypeOf } from './schema.ts';
import { list, map, object, oneOf, str } from './schema.ts';

const GLOB = { minLength: 1, maxLength: 317 } as const;

/** What a policy says of `podTemplate`: where a program runs as a Pod, and with what. */
export const podTemplates = (whose: string) =>
  object(
    `What ${whose} may ask for with \`podTemplate\`. Each field limits what it is about; of what has no field nothing is said. Where \`imagePullSecrets\` may go, \`secrets\` says.`,
    {},
    {
      serviceAccountNames: patterns(
        'Names of ServiceAccounts: only these. A Pod that names none runs under `default`.',
        256,
      ),
      runtimeClassNames: patterns(
        'Runtimes that isolate the Pod: one of these it has to name. A Pod that names none runs in the cluster’s own.',
        256,
      ),
      nodeSelector: map(
        'Labels that its node selector has to have, with a pattern for the value of each.',
        str('A pattern; `*` stands for any text.', { minLength: 1, maxLength: 63 }),
        { maxProperties: 32 },
      ),
      tolerations: list(
        'Taints that it may tolerate: each of its tolerations has to be about one of these. Empty: none.',
        object(
          'A taint.',
          { key: str('Its key; `*` stands for any text. A toleration without a key needs `*`.', GLOB) },
          {
            value: str(
              'Its value; `*` stands for any text; any value when absent. A toleration with operator Exists is of any value.',
              { minLength: 1, maxLength: 63 },
            ),
            effect: oneOf('Its effect; any when absent. A toleration without effect is of any.', [
              'NoSchedule',
              'PreferNoSchedule',
              'NoExecute',
            ]),
          },
        ),
        { maxItems: 64 },
      ),
      proxies: patterns('Where its HTTP proxies may be, as `llms.baseURLs`. Empty: none.', 256),
      caBundles: patterns(
        'ConfigMaps with authorities that it may trust instead of the public ones, by name. Empty: none.',
        256,
      ),
    },
  );
export type PodTemplateSection = TypeOf<ReturnType<typeof podTemplates>>;
