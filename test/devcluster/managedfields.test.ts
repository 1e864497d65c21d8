import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { applyDefaults } from '../../devcluster/builtin/defaults.ts';
import { builtinResources } from '../../devcluster/builtin/index.ts';
import { applyPatch, mergeTypeFromSchema, trackUpdate } from '../../devcluster/managedfields/index.ts';
import {
  ApplyConflictError,
  ApplyInvalidError,
  type JsonObject,
  type KubeObject,
  type MergeType,
} from '../../devcluster/types.ts';
import { type Scenario, type Step, scenarios } from './managedfields.scenarios.ts';

interface Recorded {
  readonly code?: number;
  readonly message?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly object?: JsonObject;
  readonly managedFields?: readonly unknown[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const recorded = read('./managedfields.recorded.json') as { [scenario: string]: Recorded[] };
const widgetSchema = read('./managedfields.widget.json').spec.versions[0].schema.openAPIV3Schema;
const builtins = builtinResources();

/** A kind as the registry would handle it, less everything that has no bearing on who owns what. */
interface Kind {
  readonly type: MergeType;
  read(object: KubeObject): void;
  resetFields(subresource: string): JsonObject;
}

function dropNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (item === null && !Array.isArray(value)) delete (value as JsonObject)[key];
    else dropNulls(item);
  }
}

const widget: Kind = {
  type: mergeTypeFromSchema(widgetSchema),
  read: (object) => {
    const spec = object.spec as JsonObject | null | undefined;
    if (spec === null) delete object.spec;
    if (!spec) return;
    const { free, ...rest } = spec;
    dropNulls(rest);
    object.spec = { ...rest, ...(free === undefined || free === null ? {} : { free }) };
    (object.spec as JsonObject).color ??= 'green';
  },
  resetFields: (subresource): JsonObject =>
    subresource === 'status'
      ? {
          'f:metadata': {
            'f:deletionTimestamp': {},
            'f:finalizers': {},
            'f:ownerReferences': {},
            'f:labels': {},
            'f:annotations': {},
          },
          'f:spec': {},
        }
      : { 'f:status': {} },
};

function kindOf(name: Scenario['kind']): Kind {
  if (name === 'Widget') return widget;
  const definition = builtins.find((resource) => resource.kind === name);
  assert(definition);
  const hasStatus = definition.subresources.some((subresource) => subresource.name === 'status');
  return {
    type: definition.mergeType(),
    read: (object) => {
      definition.decode?.(object);
      applyDefaults(object as unknown as JsonObject, definition.openApiName);
    },
    resetFields: (subresource): JsonObject =>
      !hasStatus
        ? {}
        : subresource === 'status'
          ? { 'f:spec': {}, ...(name === 'Deployment' ? { 'f:metadata': { 'f:labels': {} } } : {}) }
          : { 'f:status': {} },
  };
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: { [key: string]: unknown } =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** Runs one step; the new object, or undefined with the error that refused it. */
function run(kind: Kind, live: KubeObject | undefined, step: Step, time: string): KubeObject {
  const body = structuredClone(step.body) as unknown as KubeObject;
  const subresource = step.subresource ?? '';
  const apiVersion = live?.apiVersion ?? body.apiVersion;
  const by = { manager: step.manager, apiVersion, subresource, time };
  const common = {
    live,
    by,
    typeOf: (version: string) => (version === apiVersion ? kind.type : undefined),
    resetFields: kind.resetFields(subresource),
  };
  let object: KubeObject;
  if (step.op === 'apply') {
    object = applyPatch({ ...common, patch: body, force: step.force === true }).object;
    kind.read(object);
  } else {
    object = step.op === 'merge' ? (mergePatch(structuredClone(live), body) as KubeObject) : body;
    object.metadata.namespace = 'default';
    if (live !== undefined && step.op === 'update') object.metadata.uid = live.metadata.uid as string;
    kind.read(object);
    if (subresource === 'status' && live !== undefined)
      object = { ...structuredClone(live), status: object.status, metadata: { ...live.metadata } };
    else if (live?.status !== undefined) object.status = structuredClone(live.status);
    trackUpdate({ ...common, updated: object });
  }
  if (subresource === 'status' && live !== undefined)
    object = {
      ...structuredClone(live),
      status: object.status,
      metadata: { ...live.metadata, managedFields: object.metadata.managedFields ?? [] },
    };
  object.metadata.uid = live?.metadata.uid ?? 'u';
  return object;
}

function visible(object: KubeObject): JsonObject {
  const { managedFields: _, uid: __, namespace: ___, ...metadata } = object.metadata;
  return { ...(object as unknown as JsonObject), metadata: metadata as JsonObject };
}

const orders = (entries: readonly unknown[] | undefined) =>
  entries?.map((entry) => JSON.stringify((entry as { fieldsV1: unknown }).fieldsV1));
const byField = (left: { field: string; message: string }, right: { field: string; message: string }) =>
  left.message + left.field < right.message + right.field ? -1 : 1;

describe('managed fields as kube-apiserver keeps them', () => {
  for (const scenario of scenarios) {
    it(scenario.name, () => {
      const kind = kindOf(scenario.kind);
      let live: KubeObject | undefined;
      for (const [index, step] of scenario.steps.entries()) {
        const expected = recorded[scenario.name]?.[index];
        assert(expected, `no record of step ${index}`);
        // Validation and storage refuse these before ownership matters.
        if (expected.code === 422 || (expected.code === 409 && step.op === 'create')) continue;
        const time = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString().replace('.000', '');
        const place = `step ${index}: ${step.op} by ${step.manager}`;
        let next: KubeObject;
        try {
          next = run(kind, live, step, time);
        } catch (error) {
          assert(
            error instanceof ApplyConflictError || error instanceof ApplyInvalidError,
            String((error as Error).stack),
          );
          assert.equal(error.message, expected.message, place);
          if (error instanceof ApplyConflictError) {
            assert.equal(expected.code, 409);
            assert.deepEqual([...error.causes].sort(byField), [...(expected.causes ?? [])].sort(byField), place);
          } else assert.equal(error.code, expected.code, place);
          continue;
        }
        assert.equal(expected.code, undefined, `${place} was refused: ${expected.message}`);
        const entries = next.metadata.managedFields?.map(({ time: stamp, ...entry }) => ({
          ...entry,
          timed: stamp !== undefined,
        }));
        assert.deepEqual(entries, expected.managedFields, place);
        assert.deepEqual(orders(entries), orders(expected.managedFields), `${place}: order of fields`);
        assert.deepEqual(visible(next), expected.object, place);
        live = next;
      }
    });
  }
});
