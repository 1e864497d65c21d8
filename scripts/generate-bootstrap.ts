/**
 * Writes `devcluster/builtin/generated/bootstrap.json`: what a new cluster holds (roles, bindings, priority classes, flow control), as a
 * running kube-apiserver made it. Run against a fresh cluster of ../shared/realcluster.
 *
 *   node scripts/generate-bootstrap.ts KUBECONFIG
 */
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect, send } from '../test/devcluster/conformance/harness.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const flow = '/apis/flowcontrol.apiserver.k8s.io/v1';
const selector = 'labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults';
const lists = [
  `${rbac}/clusterroles?${selector}`,
  `${rbac}/clusterrolebindings?${selector}`,
  `${rbac}/roles?${selector}`,
  `${rbac}/rolebindings?${selector}`,
  '/apis/scheduling.k8s.io/v1/priorityclasses',
  `${flow}/prioritylevelconfigurations`,
  `${flow}/flowschemas`,
];

interface Item {
  metadata: { [field: string]: unknown };
  status?: unknown;
  rules?: unknown;
  aggregationRule?: unknown;
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: generate-bootstrap.ts KUBECONFIG');
const connection = connect(path);
const agent = new Agent({ keepAlive: true });
const objects: object[] = [];
for (const list of lists) {
  const answer = await send(connection, { path: list }, agent);
  const { kind, apiVersion, items } = answer.body as { kind: string; apiVersion: string; items: Item[] };
  for (const { metadata, status, ...rest } of items) {
    void status;
    const { name, namespace, labels, annotations } = metadata;
    if (String(name).startsWith('conf-')) continue;
    // The rules of aggregated roles follow from others.
    if (rest.aggregationRule !== undefined) delete rest.rules;
    objects.push({
      apiVersion,
      kind: kind.replace(/List$/, ''),
      metadata: { name, namespace, labels, annotations },
      ...rest,
    });
  }
}
agent.destroy();
const file = new URL('../devcluster/builtin/generated/bootstrap.json', import.meta.url);
writeFileSync(file, `[\n${objects.map((object) => JSON.stringify(object)).join(',\n')}\n]\n`);
console.log(`${objects.length} objects`);
