import { createHash } from 'node:crypto';
import { API_VERSION } from '../../../api/index.ts';
import type { KubeClient, KubeObject, Logger, Resource } from '../../../kube/index.ts';
import { isNotFound, messageOf } from '../../../kube/index.ts';
import type { ObjectRecord, Tally } from './ledger.ts';

/** A report as both APIs have it: openreports.io/v1alpha1 and wgpolicyk8s.io/v1alpha2. */
export interface PolicyReport extends KubeObject {
  readonly source?: string;
  readonly summary: Readonly<Record<Outcome, number>>;
  readonly results: readonly ReportResult[];
}

type Outcome = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

interface ReportResult {
  readonly source: string;
  readonly policy: string;
  readonly rule?: string;
  readonly category: string;
  readonly severity?: string;
  readonly result: Outcome;
  readonly scored: boolean;
  readonly message: string;
  readonly resources: readonly { apiVersion: string; kind: string; namespace: string; name: string }[];
  readonly properties: Readonly<Record<string, string>>;
}

const NAME = 'kubechain-policies';
const SOURCE = 'kubechain';
const MANAGED_BY = 'app.kubernetes.io/managed-by';
const DIGEST = 'kubechain.humanlayer.dev/report-digest';
/** Results of one report: with messages of 512 characters well below what etcd takes. */
const MOST_RESULTS = 250;

/** Where reports go. The first API that the cluster has; none: none are written. */
const APIS = [
  { group: 'openreports.io', version: 'v1alpha1', plural: 'reports', kind: 'Report', hasSource: true },
  { group: 'wgpolicyk8s.io', version: 'v1alpha2', plural: 'policyreports', kind: 'PolicyReport', hasSource: false },
] as const;
type ReportApi = (typeof APIS)[number];

const OUTCOMES: Readonly<Record<Tally['effect'], Outcome>> = {
  deny: 'fail',
  requireApproval: 'warn',
  warn: 'warn',
  audit: 'fail',
  excepted: 'skip',
};
const RANK: Readonly<Record<Outcome, number>> = { error: 0, fail: 1, warn: 2, skip: 3, pass: 4 };

/** The report of a namespace: what was found, one result for each rule and object; the passes are only counted. */
export function reportOf(
  namespace: string,
  records: readonly ObjectRecord[],
  api: Pick<ReportApi, 'group' | 'version' | 'kind' | 'hasSource'>,
): PolicyReport {
  const summary: Record<Outcome, number> = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  const results: ReportResult[] = [];
  for (const record of records) {
    const named = new Set<string>();
    const resources = [{ apiVersion: API_VERSION, kind: record.kind, namespace, name: record.name }];
    const add = (policy: string, result: Outcome, rest: Partial<ReportResult> & { message: string }): void => {
      named.add(policy);
      summary[result] += 1;
      const properties = { policyKind: policy.split('/', 1)[0] ?? '', simulatedOperation: 'CREATE' };
      results.push({
        source: SOURCE,
        policy: labelOf(policy),
        category: 'KubeChain',
        result,
        scored: true,
        resources,
        ...rest,
        properties: { ...properties, ...rest.properties },
      });
    };
    for (const { policy, rule, effect, count, message, severity, exception } of record.tallies) {
      const properties = {
        effect,
        findings: String(count),
        ...(exception === undefined ? {} : { exception }),
      };
      add(policy, OUTCOMES[effect], { rule, message, severity, properties });
    }
    for (const { policy, rule, reason } of record.undecided) {
      add(policy, 'skip', {
        message: `not evaluable: ${reason}`,
        properties: { effect: 'notEvaluable' },
        ...(rule === undefined ? {} : { rule }),
      });
    }
    summary.pass += record.policies.filter((policy) => !named.has(policy)).length;
  }
  const place = (each: ReportResult): string =>
    [each.policy, each.rule ?? '', each.resources[0]?.kind, each.resources[0]?.name, each.message].join('\n');
  results.sort((a, b) => RANK[a.result] - RANK[b.result] || (place(a) < place(b) ? -1 : 1));
  const shown = results.slice(0, MOST_RESULTS);
  const digest = createHash('sha256')
    .update(JSON.stringify([summary, shown]))
    .digest('hex');
  return {
    apiVersion: `${api.group}/${api.version}`,
    kind: api.kind,
    metadata: {
      name: NAME,
      namespace,
      labels: { [MANAGED_BY]: SOURCE },
      annotations: { [DIGEST]: digest },
    },
    ...(api.hasSource ? { source: SOURCE } : {}),
    summary,
    results: shown,
  };
}

const labelOf = (policy: string): string => {
  const [, namespace = '', name = ''] = policy.split('/');
  return namespace === '' ? name : `${namespace}/${name}`;
};

/** Whether an object has a part in the report of its namespace. */
export const isTold = ({ policies, undecided }: ObjectRecord): boolean => policies.length + undecided.length > 0;

export interface ReportWriter {
  /** Writes the reports of these namespaces, those that changed; one without any record is removed. */
  write(namespaces: ReadonlySet<string>, records: Iterable<ObjectRecord>, signal: AbortSignal): Promise<void>;
  /** Looks again which API there is, and takes away reports of namespaces that have nothing to tell any more. */
  refresh(records: Iterable<ObjectRecord>, signal: AbortSignal): Promise<void>;
}

export function createReportWriter(options: {
  readonly client: KubeClient;
  readonly logger: Logger;
  /** Only this namespace is looked at. */
  readonly namespace?: string;
}): ReportWriter {
  const { client, logger, namespace: only } = options;
  let api: ReportApi | undefined;
  let digests = new Map<string, string>();

  const resourceOf = ({ group, version, plural, kind }: ReportApi): Resource<PolicyReport> => ({
    group,
    version,
    plural,
    kind,
    namespaced: true,
  });

  async function isServed({ group, version, plural }: ReportApi, signal: AbortSignal): Promise<boolean> {
    try {
      const found = await client.request('GET', `/apis/${group}/${version}`, undefined, { signal });
      return ((found as { resources?: { name?: string }[] }).resources ?? []).some(({ name }) => name === plural);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async function find(signal: AbortSignal): Promise<ReportApi | undefined> {
    for (const candidate of APIS) if (await isServed(candidate, signal)) return candidate;
    return undefined;
  }

  async function remove(where: ReportApi, namespace: string): Promise<void> {
    digests.delete(namespace);
    await client.delete(resourceOf(where), { namespace, name: NAME }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  return {
    async refresh(records, signal) {
      const before = api;
      api = await find(signal);
      if (api === undefined) {
        digests = new Map();
        return;
      }
      if (before?.group === api.group) return;
      const { items } = await client.list(resourceOf(api), {
        labelSelector: `${MANAGED_BY}=${SOURCE}`,
        ...(only === undefined ? {} : { namespace: only }),
        signal,
      });
      digests = new Map();
      const told = new Set([...records].filter(isTold).map(({ namespace }) => namespace));
      for (const { metadata } of items) {
        if (metadata.name !== NAME) continue;
        const { namespace = '' } = metadata;
        digests.set(namespace, metadata.annotations?.[DIGEST] ?? '');
        if (!told.has(namespace)) await remove(api, namespace);
      }
      logger.info({ api: `${api.group}/${api.version}` }, 'policies: reports are written');
    },
    async write(namespaces, records, signal) {
      if (api === undefined) return;
      const told = new Map<string, ObjectRecord[]>([...namespaces].map((namespace) => [namespace, []]));
      for (const record of records) if (isTold(record)) told.get(record.namespace)?.push(record);
      for (const [namespace, own] of told) {
        if (signal.aborted) return;
        try {
          if (own.length === 0) {
            if (digests.has(namespace)) await remove(api, namespace);
            continue;
          }
          const report = reportOf(namespace, own, api);
          const digest = report.metadata.annotations?.[DIGEST] ?? '';
          if (digests.get(namespace) === digest) continue;
          await client.patch(
            resourceOf(api),
            { namespace, name: NAME },
            { type: 'apply', body: report },
            { force: true, signal },
          );
          digests.set(namespace, digest);
        } catch (error) {
          // A namespace that is going away takes none; the others do.
          logger.warn({ namespace, error: messageOf(error) }, 'policies: the report cannot be written');
        }
      }
    },
  };
}
