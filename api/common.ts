import type { TypeOf } from './schema.ts';
import { bool, int, listByKey, long, object, oneOf, str, time } from './schema.ts';

export const GROUP = 'kubechain.humanlayer.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Names of labels and annotations that the controllers set or read. */
export const LABELS = {
  /** On a TaskRun: the Task it runs. */
  task: `${GROUP}/task`,
  /** On a TaskRun and its children: the Agent that runs. */
  agent: `${GROUP}/agent`,
  /** On a TaskRunToolCall: the TaskRun that asked for it (the name is the original's). */
  taskRun: `${GROUP}/taskruntoolcall`,
  /** On a Task that a tool call delegates to: that tool call. */
  parentToolCall: `${GROUP}/parent-toolcall`,
} as const;

/** Annotations that the controllers set or read. Those that the webhooks set are `STAMPS`. */
export const ANNOTATIONS = {
  /** On an MCPServer: whenever its value changes, the server is connected anew. */
  reconnect: `${GROUP}/reconnect`,
  /** On a TaskRun: it is suspended because its Task is. */
  heldByTask: `${GROUP}/held-by-task`,
  /** On what controllers create: a change of it is no reason for Argo CD to compare its Application, unless its health changed. */
  ignoreUpdates: 'argocd.argoproj.io/ignore-resource-updates',
} as const;

/** A DNS subdomain of 253 characters at most: what Kubernetes takes as an object's name. */
const OBJECT_NAME = { minLength: 1, maxLength: 253 } as const;

export const localRef = (description: string) =>
  object(description, { name: str('Name of the object, in the same namespace.', OBJECT_NAME) }, {});
export type LocalRef = TypeOf<ReturnType<typeof localRef>>;

const keyOf = (description: string, kind: 'Secret' | 'ConfigMap') =>
  object(
    description,
    {
      name: str(`Name of the ${kind}, in the same namespace.`, OBJECT_NAME),
      key: str(`Key within the ${kind}.`, { minLength: 1, maxLength: 253 }),
    },
    {},
  );
export const secretKeyRef = (description: string) => keyOf(description, 'Secret');
export const configMapKeyRef = (description: string) => keyOf(description, 'ConfigMap');
export type SecretKeyRef = TypeOf<ReturnType<typeof secretKeyRef>>;

export const apiKeySource = (description: string) =>
  object(description, { secretKeyRef: secretKeyRef('The Secret, and the key within it, that holds the API key.') }, {});

/** `metav1.Condition`. */
export const conditions = listByKey(
  'Conditions as `kubectl wait --for=condition=…` reads them.',
  'type',
  object(
    'One aspect of the state of the object.',
    {
      type: str('Name of the condition.', { maxLength: 316 }),
      status: oneOf('Whether the condition holds.', ['True', 'False', 'Unknown']),
      lastTransitionTime: time('When `status` changed last.'),
      reason: str('Why, as one CamelCase word.', { maxLength: 1024 }),
      message: str('Why, for people.', { maxLength: 32768 }),
    },
    { observedGeneration: long('The generation of the spec that this condition is about.', { minimum: 0 }) },
  ),
);
export type Condition = TypeOf<typeof conditions>[number];

/** As in every kind; -1 is what it reads as before the controller has looked. */
export const OBSERVED_GENERATION = 'The generation of the spec that this status is about; -1 before there is one.';

/**
 * What the status of an object reads as that no controller has looked at: to kstatus (Flux, `kubectl wait`-like tools) an object without
 * any status is ready, one whose observed generation is another one is not.
 */
export const UNSEEN = { observedGeneration: -1 } as const;

/** The status fields that every kind of the original carries, and the ones Kubernetes' conventions ask for. */
export const commonStatus = <const V extends string>(states: readonly V[]) => ({
  ready: bool('Whether the object can be used.'),
  status: oneOf('The state in a word.', states),
  statusDetail: str('The state in a sentence: what it is waiting for, or what is wrong and how to mend it.'),
  observedGeneration: long(OBSERVED_GENERATION, { minimum: -1 }),
  conditions,
});

export const READY_STATES = ['Ready', 'Error', 'Pending'] as const;

export const usage = object(
  'Tokens that the models reported.',
  {},
  {
    inputTokens: long('Tokens sent to the model.', { minimum: 0 }),
    outputTokens: long('Tokens that the model answered with.', { minimum: 0 }),
    totalTokens: long('Both.', { minimum: 0 }),
    modelCalls: int('Model calls that were answered.', { minimum: 0 }),
  },
);
export type Usage = TypeOf<typeof usage>;
