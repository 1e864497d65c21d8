import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { createKubeMetrics } from '../../kube/index.ts';
import { createWebhookMetrics } from '../../webhooks/index.ts';
import { ROOT } from '../cli/support/kubechain.ts';
import { debianProgram } from '../support/debian.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const FILE = join(ROOT, 'manifests', 'components', 'prometheus', 'rules.yaml');
const { spec } = parse(readFileSync(FILE, 'utf8')) as { spec: { groups: { rules: Rule[] }[] } };
const RULES = spec.groups.flatMap(({ rules }) => rules);

/** Series by name, in promtool's notation: a value each minute. */
type Series = Readonly<Record<string, string>>;

const OPERATOR = 'job="kubechain-operator"';
const WEBHOOK = 'job="kubechain-webhook"';
/** Nothing is wrong. */
const HEALTHY: Series = {
  [`up{${OPERATOR}}`]: '1x60',
  [`up{${WEBHOOK}}`]: '1x60',
  [`leader_election_master_status{${OPERATOR},name="l",instance="a"}`]: '1x60',
  [`leader_election_master_status{${OPERATOR},name="l",instance="b"}`]: '0x60',
  [`controller_runtime_reconcile_total{${OPERATOR},controller="taskrun",result="success"}`]: '0+600x60',
  [`controller_runtime_reconcile_errors_total{${OPERATOR},controller="taskrun"}`]: '0+6x60',
  [`workqueue_depth{${OPERATOR},name="taskrun"}`]: '10x60',
  [`rest_client_requests_total{${OPERATOR},verb="get",resource="secrets",code="200"}`]: '0+100x60',
  [`rest_client_requests_total{${OPERATOR},verb="get",resource="secrets",code="503"}`]: '0+1x60',
  [`kubechain_taskruns_finished_total{${OPERATOR},namespace="team-a",phase="FinalAnswer"}`]: '0+10x60',
  [`kubechain_taskruns_finished_total{${OPERATOR},namespace="team-a",phase="Failed"}`]: '0+1x60',
  [`kubechain_taskruns{${OPERATOR},phase="ErrorBackoff"}`]: '1x60',
  [`kubechain_model_calls_waiting{${OPERATOR}}`]: '0x60',
  [`kubechain_webhook_certificate_expiry_seconds{${WEBHOOK}}`]: '1209600x60',
  [`kubechain_webhook_requests_total{${WEBHOOK},outcome="allowed"}`]: '0+100x60',
  [`kubechain_webhook_requests_total{${WEBHOOK},outcome="error"}`]: '0+1x60',
  [`kubechain_webhook_request_duration_seconds_bucket{${WEBHOOK},le="0.1"}`]: '0+100x60',
  [`kubechain_webhook_request_duration_seconds_bucket{${WEBHOOK},le="2.5"}`]: '0+100x60',
  [`kubechain_webhook_request_duration_seconds_bucket{${WEBHOOK},le="+Inf"}`]: '0+100x60',
  [`kubechain_webhook_cache_age_seconds{${WEBHOOK},resource="agents"}`]: '0x60',
};

/** What goes wrong, by the alert that says so: `null` where the series is not there any more. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  KubechainOperatorDown: { [`up{${OPERATOR}}`]: '0x60' },
  KubechainNoLeader: { [`leader_election_master_status{${OPERATOR},name="l",instance="a"}`]: '0x60' },
  KubechainTwoLeaders: { [`leader_election_master_status{${OPERATOR},name="l",instance="b"}`]: '1x60' },
  KubechainReconcileErrors: {
    [`controller_runtime_reconcile_errors_total{${OPERATOR},controller="taskrun"}`]: '0+120x60',
  },
  KubechainQueueBacklog: { [`workqueue_depth{${OPERATOR},name="taskrun"}`]: '5000x60' },
  KubechainApiServerErrors: {
    [`rest_client_requests_total{${OPERATOR},verb="get",resource="secrets",code="503"}`]: '0+50x60',
  },
  KubechainForbidden: {
    [`rest_client_requests_total{${OPERATOR},verb="get",resource="secrets",code="403"}`]: '0+1x60',
  },
  KubechainRunsFailing: {
    [`kubechain_taskruns_finished_total{${OPERATOR},namespace="team-a",phase="Failed"}`]: '0+20x60',
  },
  KubechainRunsInBackoff: { [`kubechain_taskruns{${OPERATOR},phase="ErrorBackoff"}`]: '40x60' },
  KubechainModelCallsWaiting: { [`kubechain_model_calls_waiting{${OPERATOR}}`]: '12x60' },
  KubechainWebhookDown: { [`up{${WEBHOOK}}`]: null },
  KubechainWebhookCertificateExpiring: {
    [`kubechain_webhook_certificate_expiry_seconds{${WEBHOOK}}`]: '86400x60',
  },
  KubechainWebhookErrors: { [`kubechain_webhook_requests_total{${WEBHOOK},outcome="error"}`]: '0+30x60' },
  KubechainWebhookSlow: {
    [`kubechain_webhook_request_duration_seconds_bucket{${WEBHOOK},le="0.1"}`]: '0+50x60',
  },
  KubechainWebhookCacheStale: {
    [`kubechain_webhook_cache_age_seconds{${WEBHOOK},resource="agents"}`]: '0+60x60',
  },
};

describe('manifests/components/prometheus', function () {
  this.timeout(120_000);

  it('has a fault for every alert', () => {
    assert.deepEqual(RULES.map(({ alert }) => alert).toSorted(), Object.keys(FAULTS).toSorted());
    for (const { alert, labels, annotations } of RULES) {
      assert.match(labels.severity ?? '', /^(critical|warning)$/, alert);
      assert.ok(annotations.summary && annotations.description, alert);
    }
  });

  it('asks for series that there are', async () => {
    const registry = new Registry();
    await createKubeMetrics(registry);
    const webhook = new Registry();
    await createWebhookMetrics(webhook);
    const exported = [...registry.getMetricsAsArray(), ...webhook.getMetricsAsArray()].map(({ name }) => name);
    // The operator's own are registered where its caches are.
    const source = readFileSync(join(ROOT, 'controller', 'metrics.ts'), 'utf8');
    const own = [...source.matchAll(/name: '(kubechain_[a-z_]+)'/g)].map(([, name]) => name ?? '');
    const known = new Set([...exported, ...own]);
    const asked = RULES.flatMap(({ expr }) => [...expr.matchAll(/([a-z_]+)\{job/g)].map(([, name]) => name ?? ''));
    assert.ok(asked.length >= RULES.length - 2);
    const unknown = asked.filter((name) => name !== 'up' && !known.has(name.replace(/_bucket$/, '')));
    assert.deepEqual(unknown, []);
  });

  it('fires each alert on its fault and on nothing else, as promtool judges', async function () {
    const found = await debianProgram('prometheus', 'usr/bin/promtool');
    if ('reason' in found) {
      process.stderr.write(`      no promtool: ${found.reason}\n`);
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'kubechain-alerts-'));
    try {
      writeFileSync(join(folder, 'rules.yaml'), stringify(spec));
      const test = (firing: string[], faults: Readonly<Record<string, string | null>>) => ({
        interval: '1m',
        input_series: Object.entries({ ...HEALTHY, ...faults }).flatMap(([series, values]) =>
          values === null ? [] : [{ series, values }],
        ),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: '50m',
            exp_samples: firing.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      });
      const tests = [test([], {}), ...Object.entries(FAULTS).map(([alert, faults]) => test([alert], faults))];
      writeFileSync(
        join(folder, 'tests.yaml'),
        stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }),
      );
      const said = await new Promise<string>((resolve) => {
        execFile(found.program, ['test', 'rules', 'tests.yaml'], { cwd: folder }, (error, out, err) =>
          resolve(error === null ? 'SUCCESS' : `${out}${err}`),
        );
      });
      assert.equal(said, 'SUCCESS');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
