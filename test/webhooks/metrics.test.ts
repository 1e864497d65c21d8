import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createWebhookMetrics } from '../../webhooks/metrics.ts';

const policy = { kind: 'AgentPolicy', namespace: 'team-a', name: 'production' } as const;
const resource = { group: 'kubechain.humanlayer.dev', version: 'v1alpha1', resource: 'agents' };

describe('the series of the webhook', () => {
  it('tell requests, durations, verdicts, what was let pass, caches and the certificate', async () => {
    const registry = new Registry();
    const metrics = await createWebhookMetrics(registry);
    let now = 1_000_000;
    metrics.observe({
      inFlight: () => 3,
      certificateNotAfter: () => 2_000_000_000_000,
      policies: () => 16,
      now: () => now,
    });
    metrics.reviewed(
      { webhook: 'validate', request: { resource, operation: 'CREATE', dryRun: true }, outcome: 'denied' },
      0.002,
    );
    metrics.reviewed({ webhook: 'validate', request: undefined, outcome: 'shed' }, 0.0001);
    // Whoever sends reviews of made-up resources makes no new series.
    const odd = { resource: { ...resource, resource: 'x'.repeat(50) }, operation: 'CREATE', dryRun: false } as const;
    metrics.reviewed({ webhook: 'validate', request: odd, outcome: 'allowed' }, 0.001);
    metrics.finding({ policy, mode: 'Enforce', effect: 'deny' });
    metrics.ratcheted(policy);
    metrics.excepted({ policy, exception: { namespace: 'team-a', name: 'until-june' } });
    metrics.certificate('loaded');
    metrics.informer.watchStarted('agents');
    metrics.informer.failed('agents', 'Network');
    now += 5000;
    const text = await registry.metrics();
    for (const line of [
      'requests_total{webhook="validate",resource="agents",operation="CREATE",outcome="denied",dry_run="true"} 1',
      'requests_total{webhook="validate",resource="other",operation="CREATE",outcome="allowed",dry_run="false"} 1',
      'request_duration_seconds_count{webhook="validate",resource="agents"} 1',
      'findings_total{policy="team-a/production",mode="Enforce",effect="deny"} 1',
      'ratcheted_total{policy="team-a/production"} 1',
      'exceptions_used_total{policy="team-a/production",exception="team-a/until-june"} 1',
      'shed_total{webhook="validate"} 1',
      'certificate_loads_total{result="loaded"} 1',
      'certificate_expiry_seconds 2000000000',
      'in_flight 3',
      'policies 16',
      'cache_age_seconds{resource="agents"} 5',
      'cache_failures_total{resource="agents",code="Network"} 1',
    ]) {
      assert.ok(text.includes(`kubechain_webhook_${line}\n`), line);
    }
    assert.ok(!text.includes('xxxx'));
  });
});
