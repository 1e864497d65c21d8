import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { CUSTOMIZATIONS } from '../../argocd/actions.ts';
import type { Json } from '../../argocd/lua/vm.ts';

/** The tests beside our scripts, in Argo CD's own format: `health_test.yaml`, `actions/action_test.yaml`, `testdata/`. */
export type Fixture = { readonly [field: string]: Json };

export interface HealthTest {
  readonly kind: string;
  readonly path: string;
  readonly object: Fixture;
  readonly status: string;
  readonly message: string;
}

export interface DiscoveryTest {
  readonly kind: string;
  readonly path: string;
  readonly object: Fixture;
  readonly result: readonly { readonly name: string; readonly disabled: boolean }[];
}

export interface ActionTest {
  readonly kind: string;
  readonly action: string;
  readonly path: string;
  readonly object: Fixture;
  readonly parameters: Readonly<Record<string, string>>;
  readonly expected: Json | undefined;
  readonly error: string | undefined;
}

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));
const exists = (path: string): boolean => readdirSync(dirname(path)).includes(path.slice(dirname(path).length + 1));

export const fixtureKinds = (): string[] => readdirSync(CUSTOMIZATIONS).sort();

export function healthTests(): HealthTest[] {
  return fixtureKinds().flatMap((kind) => {
    const folder = join(CUSTOMIZATIONS, kind);
    const { tests } = read(join(folder, 'health_test.yaml')) as {
      tests: { inputPath: string; healthStatus: { status: string; message: string } }[];
    };
    return tests.map(({ inputPath, healthStatus }) => {
      const path = join(folder, inputPath);
      return { kind, path, object: read(path) as Fixture, ...healthStatus };
    });
  });
}

interface ActionFile {
  discoveryTests: { inputPath: string; result: DiscoveryTest['result'] }[];
  actionTests: {
    action: string;
    inputPath: string;
    expectedOutputPath?: string;
    expectedErrorMessage?: string;
    parameters?: Record<string, string>;
  }[];
}

const actionFiles = () =>
  fixtureKinds()
    .filter((kind) => exists(join(CUSTOMIZATIONS, kind, 'actions')))
    .map((kind) => {
      const folder = join(CUSTOMIZATIONS, kind, 'actions');
      return { kind, folder, file: read(join(folder, 'action_test.yaml')) as ActionFile };
    });

export const discoveryTests = (): DiscoveryTest[] =>
  actionFiles().flatMap(({ kind, folder, file }) =>
    file.discoveryTests.map(({ inputPath, result }) => {
      const path = join(folder, inputPath);
      return { kind, path, object: read(path) as Fixture, result };
    }),
  );

export const actionTests = (): ActionTest[] =>
  actionFiles().flatMap(({ kind, folder, file }) =>
    file.actionTests.map(({ action, inputPath, expectedOutputPath, expectedErrorMessage, parameters }) => {
      const path = join(folder, inputPath);
      return {
        kind,
        action,
        path,
        object: read(path) as Fixture,
        parameters: parameters ?? {},
        expected: expectedOutputPath === undefined ? undefined : (read(join(folder, expectedOutputPath)) as Json),
        error: expectedErrorMessage,
      };
    }),
  );
