import { strictEqual } from 'node:assert/strict';
import { GROUP, KINDS, VERSION } from '../../api/index.ts';
import { webhookConfigurations } from '../../webhooks/index.ts';

const OPERATOR = 'system:serviceaccount:kubechain-system:kubechain-operator';
const { mutating, validating } = webhookConfigurations({
  reach: { url: 'https://127.0.0.1:9443' },
  operators: [OPERATOR],
});

const asked = ({ webhooks }: typeof mutating, operation: string, resource: string, apiGroup: string = GROUP) =>
  webhooks.filter(({ rules }) =>
    rules.some(
      ({ apiGroups, apiVersions, operations, resources }) =>
        apiGroups.includes(apiGroup) &&
        apiVersions.includes(VERSION) &&
        operations.includes(operation) &&
        resources.includes(resource),
    ),
  );

describe('webhooks: what is registered', () => {
  it('asks once about each creation and change of each kind, and once about each status', () => {
    for (const { plural, definition } of KINDS) {
      for (const operation of ['CREATE', 'UPDATE']) {
        strictEqual(asked(mutating, operation, plural).length, 1, `stamping ${operation} of ${plural}`);
        strictEqual(asked(validating, operation, plural).length, 1, `judging ${operation} of ${plural}`);
      }
      const statuses = definition.status === undefined ? 0 : 1;
      strictEqual(asked(validating, 'UPDATE', `${plural}/status`).length, statuses, `${plural}/status`);
      strictEqual(asked(mutating, 'UPDATE', `${plural}/status`).length, 0, `${plural}/status`);
    }
  });

  it('has the operator’s runs and tool calls judged as everybody’s, with no condition to be worked out', () => {
    for (const resource of ['tasks', 'taskruns', 'taskruntoolcalls']) {
      const [entry] = asked(validating, 'CREATE', resource);
      strictEqual(entry?.matchConditions, undefined, resource);
    }
  });

  it('is about no deletion and nobody else’s objects', () => {
    for (const configuration of [mutating, validating]) {
      for (const { plural } of KINDS) strictEqual(asked(configuration, 'DELETE', plural).length, 0, plural);
      for (const { rules } of configuration.webhooks) {
        for (const { apiGroups } of rules) strictEqual(apiGroups.join(), GROUP);
      }
    }
  });
});
