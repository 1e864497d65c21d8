import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import {
  createInformer,
  createKubeMetrics,
  createRateLimiter,
  createWorkQueue,
  runController,
  systemClock,
} from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { json, startScriptedServer, status, until, WIDGETS, type Widget } from './scriptedServer.ts';
import { createWidgetApi } from './widgetApi.ts';

describe('metrics', () => {
  it('tell what client, informer, queue and controller did', async () => {
    const registry = new Registry();
    const metrics = await createKubeMetrics(registry);
    const api = createWidgetApi();
    api.put('a');
    await using server = await startScriptedServer((request, response) =>
      request.method === 'DELETE' ? json(response, 403, status(403, 'Forbidden', 'no')) : api.answer(request, response),
    );
    const client = server.client({ metrics: metrics.client });
    const logger = createRecordingLogger();
    const queue = createWorkQueue({
      clock: systemClock,
      name: 'widget',
      metrics: metrics.queue,
      rateLimiter: createRateLimiter({ baseMs: 1 }),
    });
    const informer = createInformer<Widget>({
      client,
      resource: WIDGETS,
      logger,
      metrics: metrics.informer,
      backoffMs: 1,
    });
    informer.on({ add: (object) => queue.add(object.metadata.name ?? '') });
    const stop = new AbortController();
    let runs = 0;
    const ended = [
      informer.run(stop.signal),
      runController(
        {
          name: 'widget',
          queue,
          workers: 1,
          logger,
          clock: systemClock,
          metrics: metrics.controller,
          reconcile: async () => {
            if (++runs === 1) throw new Error('first');
            return { kind: 'done' };
          },
        },
        stop.signal,
      ),
    ];
    await until(() => runs === 2 && api.watchers === 1, 'two reconciles');
    await client.delete(WIDGETS, { namespace: 'a', name: 'b' }).catch(() => undefined);
    api.compact();
    api.expireWatches();
    await until(
      () =>
        server.requests.filter((request) => request.query.get('watch') === null && request.method === 'GET').length ===
        2,
      'the relist',
    );
    await until(() => api.watchers === 1, 'the watch');
    // The server knows of a watch before the client has its answer.
    while (!(await registry.metrics()).includes('{verb="watch",resource="widgets",code="200"} 2'))
      await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await Promise.all(ended);

    const text = await registry.metrics();
    for (const line of [
      'rest_client_requests_total{verb="list",resource="widgets",code="200"} 2',
      'rest_client_requests_total{verb="delete",resource="widgets",code="403"} 1',
      'rest_client_requests_total{verb="watch",resource="widgets",code="200"} 2',
      'rest_client_request_duration_seconds_count{verb="list",resource="widgets"} 2',
      'informer_relists_total{resource="widgets"} 1',
      'informer_failures_total{resource="widgets",code="Gone"} 1',
      'informer_objects{resource="widgets"} 1',
      'workqueue_adds_total{name="widget"} 2',
      'workqueue_retries_total{name="widget"} 1',
      'workqueue_depth{name="widget"} 0',
      'workqueue_queue_duration_seconds_count{name="widget"} 2',
      'controller_runtime_reconcile_total{controller="widget",result="error"} 1',
      'controller_runtime_reconcile_total{controller="widget",result="success"} 1',
      'controller_runtime_reconcile_errors_total{controller="widget"} 1',
    ]) {
      assert(text.includes(line), `${line} is missing in\n${text}`);
    }
  });
});
