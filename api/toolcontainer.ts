import { egress, image, podTemplate } from './mcppod.ts';
import { environment, resources } from './process.ts';
import type { TypeOf } from './schema.ts';
import { int, list, object, str } from './schema.ts';

/** A program that each call of a Tool runs once. */
export const container = object(
  'A program that each call runs once: in a cluster as a Job of its own, else as a child process of the operator. It finds the arguments as JSON in KUBECHAIN_ARGUMENTS, a key that is the same whenever a call is repeated in KUBECHAIN_CALL, and writes its result, 4096 bytes at most, to the file that KUBECHAIN_RESULT names.',
  {
    image: {
      ...image,
      description: 'The image that it runs in, where it runs as a Job.',
    },
  },
  {
    command: list(
      'The program and its first arguments; the image’s own entrypoint when absent, which needs a cluster. `$(NAME)` is for the program: nothing replaces it.',
      str('A word.', { maxLength: 32768 }),
      { minItems: 1, maxItems: 256 },
    ),
    args: list('Its arguments.', str('An argument.', { maxLength: 32768 }), { maxItems: 256 }),
    env: environment('Its environment variables, beside those of ours.'),
    resources: resources(
      'What it may use where it runs as a Job; without: requests 50m and 64Mi, limits 1 CPU and 256Mi.',
    ),
    egress: {
      ...egress,
      description:
        'Where it may connect to, where it runs as a Job: these networks and ports, and the cluster’s DNS. When absent or empty, nowhere, DNS included. Needs a network plugin that enforces NetworkPolicy.',
    },
    podTemplate: { ...podTemplate, description: 'What else its Pod needs, where it runs as a Job.' },
    timeoutSeconds: int(
      'Seconds until a call is ended, the time to pull the image included; 300 when absent. As activeDeadlineSeconds, it also holds while the operator is away.',
      { minimum: 1, maximum: 86400 },
    ),
  },
);

export type ToolContainer = TypeOf<typeof container>;
