/** What the tables of this folder share. */
import { selector, template } from '../../probes.things.ts';
import { casesOf, type Fields, inNamespace, ofGroup } from '../../steps.ts';

export const one = casesOf('probes-writes');

export const [deployments, services] = [`${ofGroup('apps/v1')}/deployments`, `${inNamespace}/services`];

export const aDeployment = `${deployments}/a`;

export const deployment = (name = 'a', more: Fields = {}, meta: Fields = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ...meta },
  spec: { replicas: 1, selector, template, ...more },
});

/** A deployment of pods with those containers. */
export const running = (...containers: Fields[]) =>
  deployment('a', { template: { ...template, spec: { containers } } });
