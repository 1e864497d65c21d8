/** What the tables of this folder share. */
import type { Step } from '../../harness.ts';
import { casesOf, type Fields, inNamespace, ofGroup, pick } from '../../steps.ts';

export const one = casesOf('probes-kinds', 'rules: ');

export const object = (g: string, kind: string, spec: Fields, name = 'a', more: Fields = {}): Fields => ({
  apiVersion: g,
  kind,
  metadata: { name },
  spec,
  ...more,
});

export const services = `${inNamespace}/services`,
  pods = `${inNamespace}/pods`,
  deployments = `${ofGroup('apps/v1')}/deployments`,
  statefulSets = `${ofGroup('apps/v1')}/statefulsets`,
  daemonSets = `${ofGroup('apps/v1')}/daemonsets`,
  replicaSets = `${ofGroup('apps/v1')}/replicasets`,
  jobs = `${ofGroup('batch/v1')}/jobs`,
  cronJobs = `${ofGroup('batch/v1')}/cronjobs`,
  networkPolicies = `${ofGroup('networking.k8s.io/v1')}/networkpolicies`,
  _ings = `${ofGroup('networking.k8s.io/v1')}/ingresses`,
  budgets = `${ofGroup('policy/v1')}/poddisruptionbudgets`,
  claims = `${inNamespace}/persistentvolumeclaims`,
  autoscalers = `${ofGroup('autoscaling/v2')}/horizontalpodautoscalers`;

const judged = pick('spec', 'status', 'metadata.generation');

export const about = (step: Step): Step => ({ ...step, view: judged });
