import { agentRevisions, contextPages, GROUP, KINDS, STAMPS, taskLedgers, VERSION } from '../api/index.ts';
import { MARK_ANNOTATIONS, MARK_LABELS } from '../policies/provenance/index.ts';
import { KIND_RULES } from './kinds/index.ts';
import { PATHS } from './paths.ts';

/** Both configurations have this name unless told. */
export const CONFIGURATION_NAME = 'kubechain';

/** How the API server reaches the webhook. */
export type Reach =
  | { readonly service: { readonly name: string; readonly namespace: string; readonly port?: number } }
  /** `https://127.0.0.1:9443`, without a path. */
  | { readonly url: string };

export interface ConfigurationOptions {
  readonly reach: Reach;
  /** PEM of the authorities that the serving certificate may be of; absent where somebody else fills it in. */
  readonly caBundle?: string;
  /** Names by which the API server knows the operator. */
  readonly operators: readonly string[];
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

interface Entry {
  /** Before the group, as refusals name it. */
  readonly name: string;
  readonly path: string;
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
  readonly resources: readonly string[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: number;
  readonly matchConditions?: (options: ConfigurationOptions) => readonly MatchCondition[];
  readonly reinvocationPolicy?: 'IfNeeded';
}

/** RuleWithOperations of admissionregistration.k8s.io/v1. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: '*';
}

interface RegisteredWebhook {
  readonly name: string;
  readonly clientConfig: Readonly<Record<string, unknown>>;
  readonly rules: readonly Rule[];
  readonly matchConditions?: readonly MatchCondition[];
  readonly [field: string]: unknown;
}

/** A ValidatingWebhookConfiguration or MutatingWebhookConfiguration of admissionregistration.k8s.io/v1. */
export interface Configuration {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly webhooks: readonly RegisteredWebhook[];
}

const RESOURCES = KINDS.map(({ plural }) => plural);
/** Kinds that only the operator writes, and that no policy judges. */
const RECORDS = [agentRevisions, contextPages, taskLedgers].map(({ plural }) => plural);
const OTHERS = RESOURCES.filter((plural) => !RECORDS.includes(plural));
const STATUS_RESOURCES = KINDS.filter(({ definition }) => definition.status !== undefined).map(
  ({ plural }) => `${plural}/status`,
);

/** A map of the metadata, empty where there is none. Written so that every API server with matchConditions takes it. */
const mapOf = (object: string, field: string): string =>
  `(has(${object}.metadata.${field}) ? ${object}.metadata.${field} : {})`;

const listOf = (names: readonly string[]): string => `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;

/** Whether `a` has an annotation of ours that `b` has not, or not with that value. */
const ownAnnotationNotIn = (a: string, b: string): string =>
  `${mapOf(a, 'annotations')}.exists(k, k.startsWith('${GROUP}/') && (!(k in ${mapOf(b, 'annotations')}) || ${mapOf(b, 'annotations')}[k] != ${mapOf(a, 'annotations')}[k]))`;

const SPEC_CHANGED = '(has(object.spec) != has(oldObject.spec) || (has(object.spec) && object.spec != oldObject.spec))';

/** An owner that makes a Task's answer the result of a tool call: only the operator says so. */
const TOOL_CALL_BECOMES_OWNER =
  "(has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, o.kind == 'TaskRunToolCall' && !(has(oldObject.metadata.ownerReferences) && oldObject.metadata.ownerReferences.exists(p, p.uid == o.uid))))";

/** Finalizers, owners and other people's annotations are nobody's business here: such updates pass in an outage, too. */
const SOMETHING_OF_OURS_CHANGED: MatchCondition = {
  name: 'spec-labels-or-annotations-changed',
  expression: `${SPEC_CHANGED} || ${mapOf('object', 'labels')} != ${mapOf('oldObject', 'labels')} || ${ownAnnotationNotIn('object', 'oldObject')} || ${ownAnnotationNotIn('oldObject', 'object')} || ${TOOL_CALL_BECOMES_OWNER}`,
};

/** What is being deleted may always go. */
const NOT_GOING: MatchCondition = {
  name: 'not-being-deleted',
  expression: `!has(object.metadata.deletionTimestamp) || ${SPEC_CHANGED}`,
};

/**
 * Namespace and name of a service account stand alone in it: that is where kustomize's replacements put others
 * (manifests/components/wiring).
 */
const userName = (name: string): string => {
  const [, prefix = '', namespace, account] = /^(system:serviceaccount:)([^:]+):([^:]+)$/.exec(name) ?? [];
  return (namespace === undefined ? [name] : [prefix, namespace, ':', account])
    .map((part) => JSON.stringify(part))
    .join(' + ');
};

const usersOf = (names: readonly string[]): string => `[${names.map(userName).join(', ')}]`;

/**
 * The operator's records are its own; whoever else writes them is asked about. In single quotes: kustomize finds the account between
 * the double ones.
 */
const notRecordsOfTheOperator = ({ operators }: ConfigurationOptions): MatchCondition => ({
  name: 'not-a-record-of-the-operator',
  expression: `!(request.resource.resource in [${RECORDS.map((plural) => `'${plural}'`).join(', ')}] && request.userInfo.username in ${usersOf(operators)})`,
});

const notByTheOperator = ({ operators }: ConfigurationOptions): MatchCondition => ({
  name: 'not-by-the-operator',
  expression: `!(request.userInfo.username in ${usersOf(operators)})`,
});

/** Whether one of these labels or annotations is another one than before. */
const oneChanged = (field: string, names: readonly string[]): string => {
  const [now, before] = [mapOf('object', field), mapOf('oldObject', field)];
  return `${listOf(names)}.exists(k, (k in ${now}) != (k in ${before}) || (k in ${now} && ${now}[k] != ${before}[k]))`;
};

const DEFINITIONS = [...KIND_RULES.values()].flatMap(({ definition, kind }) => (definition ? [kind.plural] : []));

/** An update is stamped where a stamp would be lost, or where a definition changes: then it says by whom. */
const STAMP_MISSING: MatchCondition = {
  name: 'stamp-missing',
  expression: `('${STAMPS.createdBy}' in ${mapOf('oldObject', 'annotations')} && !('${STAMPS.createdBy}' in ${mapOf('object', 'annotations')})) || (request.resource.resource in ${listOf(DEFINITIONS)} && (${SPEC_CHANGED} || ${oneChanged('annotations', [...MARK_ANNOTATIONS, STAMPS.changedBy, STAMPS.changeSeal])} || ${oneChanged('labels', MARK_LABELS)}))`,
};

const STAMPING = {
  path: PATHS.mutate,
  resources: RESOURCES,
  // Open: what is missing then, the validating webhook asks for where it matters.
  failurePolicy: 'Ignore',
  timeoutSeconds: 5,
  reinvocationPolicy: 'IfNeeded',
} as const;

const JUDGING = { path: PATHS.validate, failurePolicy: 'Fail', timeoutSeconds: 10 } as const;

/*
 * The one table that everything is registered from. Creations and updates are apart: the API server works out every condition of
 * an entry that a rule matches, copying the objects for it, and of a creation there is next to nothing to be asked. No more entries
 * than these, though: it goes through all of them for every write of any kind.
 */
const MUTATING: readonly Entry[] = [
  {
    ...STAMPING,
    name: 'stamp',
    operations: ['CREATE'],
    matchConditions: (options) => [notByTheOperator(options)],
  },
  {
    ...STAMPING,
    name: 'stamp-update',
    operations: ['UPDATE'],
    // Who asks is told sooner than what has changed.
    matchConditions: (options) => [notByTheOperator(options), STAMP_MISSING, NOT_GOING],
  },
];

const VALIDATING: readonly Entry[] = [
  // All of them, the operator's too: every run and every tool call is judged.
  { ...JUDGING, name: 'validate', operations: ['CREATE'], resources: OTHERS },
  {
    ...JUDGING,
    name: 'validate-record',
    operations: ['CREATE'],
    resources: RECORDS,
    matchConditions: (options) => [notByTheOperator(options)],
  },
  {
    ...JUDGING,
    name: 'validate-update',
    operations: ['UPDATE'],
    resources: RESOURCES,
    matchConditions: (options) => [notRecordsOfTheOperator(options), SOMETHING_OF_OURS_CHANGED, NOT_GOING],
  },
  {
    ...JUDGING,
    name: 'status',
    operations: ['UPDATE'],
    resources: STATUS_RESOURCES,
    matchConditions: (options) => [notByTheOperator(options)],
  },
];

/**
 * What is registered with the API server: one configuration each for the mutating and the validating webhooks. Both are
 * about our own API group alone, so that an outage stops nobody's Pods; DELETE is not registered, so that no namespace's
 * end is ever held up.
 */
export function webhookConfigurations(options: ConfigurationOptions): {
  readonly mutating: Configuration;
  readonly validating: Configuration;
} {
  const configuration = (kind: Configuration['kind'], entries: readonly Entry[]): Configuration => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: {
      name: options.name ?? CONFIGURATION_NAME,
      labels: {
        'app.kubernetes.io/name': 'kubechain',
        'app.kubernetes.io/component': 'webhook',
        'app.kubernetes.io/part-of': 'kubechain',
        ...options.labels,
      },
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    webhooks: entries.map((entry) => register(entry, options)),
  });
  return {
    mutating: configuration('MutatingWebhookConfiguration', MUTATING),
    validating: configuration('ValidatingWebhookConfiguration', VALIDATING),
  };
}

function register(entry: Entry, options: ConfigurationOptions): RegisteredWebhook {
  const { reach, caBundle } = options;
  return {
    name: `${entry.name}.${GROUP}`,
    clientConfig: {
      ...('url' in reach
        ? { url: `${reach.url}${entry.path}` }
        : { service: { port: 443, ...reach.service, path: entry.path } }),
      ...(caBundle === undefined ? {} : { caBundle: Buffer.from(caBundle).toString('base64') }),
    },
    rules: [
      {
        apiGroups: [GROUP],
        apiVersions: [VERSION],
        operations: entry.operations,
        resources: entry.resources,
        scope: '*',
      },
    ],
    failurePolicy: entry.failurePolicy,
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    sideEffects: 'None',
    timeoutSeconds: entry.timeoutSeconds,
    admissionReviewVersions: ['v1'],
    ...(entry.reinvocationPolicy === undefined ? {} : { reinvocationPolicy: entry.reinvocationPolicy }),
    ...(entry.matchConditions === undefined ? {} : { matchConditions: entry.matchConditions(options) }),
  };
}
