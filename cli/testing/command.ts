import { dirname, resolve } from 'node:path';
import type { PolicyObject } from '../../policies/engine/index.ts';
import {
  isPolicy,
  readSuite,
  runSuite,
  SUITE_API_VERSION,
  SUITE_KIND,
  type Suite,
} from '../../policies/testing/index.ts';

import { emit, sinkOf } from '../findings/emit.ts';
import { CHECK_EXIT, type Format } from '../findings/model.ts';
import type { Io } from '../io.ts';
import { readSources, repositoryOf, shownAs, type Unreadable } from '../manifests/files.ts';
import { type Manifest, parseManifests } from '../manifests/parse.ts';
import { createStyle } from '../terminal/style.ts';
import { renderTests, type SuiteRun, totalsOf } from './report.ts';

export interface PolicyTestOptions {
  readonly output: Format;
  readonly outputFile?: string;
  readonly requireCoverage?: boolean;
  /** Only cases whose name contains it. */
  readonly filter?: string;
  readonly now?: number;
}

/** `kubechain policy test PATH…`: runs suites of tests of policies. */
export async function policyTest(paths: readonly string[], options: PolicyTestOptions, io: Io): Promise<number> {
  const { sources, unreadable } = await readSources(paths, io);
  const faults: Unreadable[] = [...unreadable];
  const named = new Set(paths.map((path) => resolve(io.cwd, path)));
  const runs: SuiteRun[] = [];
  for (const source of sources) {
    // Policies lie beside their tests: what is no suite is read when a suite names it. A file that is named itself is meant.
    const meant = source.text.includes(SUITE_API_VERSION) || named.has(resolve(io.cwd, source.file));
    if (!meant) continue;
    const parsed = parseManifests(source);
    faults.push(...parsed.unreadable);
    for (const manifest of parsed.manifests) {
      if (manifest.object.apiVersion !== SUITE_API_VERSION) continue;
      const outcome = await runOne(manifest, options, io);
      if ('faults' in outcome) faults.push(...outcome.faults);
      else runs.push(outcome);
    }
  }
  for (const { file, line, column, message } of faults)
    io.err.write(`kubechain: ${file}:${line}:${column}: ${message}\n`);
  const totals = totalsOf(runs);
  if (runs.length > 0) emit(renderTests(runs, options.output, createStyle(sinkOf(options, io), io.env)), options, io);
  if (faults.length > 0) return CHECK_EXIT.usage;
  if (totals.passed + totals.failed === 0) {
    io.err.write(
      `kubechain: no test ran: ${options.filter === undefined ? `no ${SUITE_KIND} (${SUITE_API_VERSION}) in ${paths.join(', ')}` : `no case has ${JSON.stringify(options.filter)} in its name`}\n`,
    );
    return CHECK_EXIT.nothing;
  }
  if (runs.some(({ result }) => result.broken.length > 0)) return CHECK_EXIT.evaluation;
  return totals.failed > 0 || totals.missing.length > 0 ? CHECK_EXIT.violations : CHECK_EXIT.clean;
}

async function runOne(
  manifest: Manifest,
  options: PolicyTestOptions,
  io: Io,
): Promise<SuiteRun | { readonly faults: readonly Unreadable[] }> {
  const { file } = manifest;
  const read = readSuite(manifest.object);
  if (read.problems !== undefined) {
    const faults = read.problems.map(({ field, message }) => ({
      file,
      ...manifest.position(field),
      message: field === '' || field === '<nil>' ? message : `${field}: ${message}`,
    }));
    return { faults };
  }
  const { filter } = options;
  const kept = read.suite.cases
    .map((testCase, index) => ({ testCase, index }))
    .filter(({ testCase }) => filter === undefined || testCase.name.includes(filter));
  const suite: Suite = { ...read.suite, cases: kept.map(({ testCase }) => testCase) };
  const folder = file === '-' ? io.cwd : dirname(resolve(io.cwd, file));
  // Suites come from pull requests, and what is wrong with a file is told with words of it.
  const repository = repositoryOf(folder);
  const faults: Unreadable[] = [];
  const load = async (field: 'policies' | 'objects' | 'exceptions'): Promise<PolicyObject[]> => {
    const objects: PolicyObject[] = [];
    for (const [index, path] of (suite[field] ?? []).entries()) {
      const loaded = await readSources([path], { ...io, cwd: folder }, repository);
      const at = manifest.position(`${field}[${index}]`);
      // Names of files within are relative to the suite: shown relative to where the command was started.
      for (const each of loaded.unreadable) faults.push({ file, ...at, message: `${each.file}: ${each.message}` });
      const parsed = loaded.sources.map((source) =>
        parseManifests({ ...source, file: shownAs(resolve(folder, source.file), io.cwd) }),
      );
      faults.push(...parsed.flatMap(({ unreadable }) => unreadable));
      objects.push(...parsed.flatMap(({ manifests }) => manifests).map(({ object }) => object as PolicyObject));
    }
    return objects;
  };
  const policies = await load('policies');
  const objects = await load('objects');
  const exceptions = await load('exceptions');
  if (faults.length > 0) return { faults };
  if (!policies.some(isPolicy)) {
    const message = 'policies: there is no policy in these files';
    return { faults: [{ file, ...manifest.position('policies'), message }] };
  }
  const result = runSuite(suite, { policies, objects, exceptions, now: options.now ?? Date.now() });
  return {
    file,
    name: read.suite.metadata?.name ?? file,
    result,
    positions: kept.map(({ index }) => manifest.position(`cases[${index}].name`)),
    coverageRequired: filter === undefined && (options.requireCoverage === true || read.suite.coverage === true),
  };
}
