import { compileGlob } from '../../policies/engine/glob.ts';
import { CliError, EXIT } from '../exit.ts';
import { finish, type ReportOptions } from '../findings/finish.ts';
import type { Io } from '../io.ts';
import { readInputs } from '../policy/inputs.ts';
import { lintTree } from './lint.ts';

export interface LintCommandOptions extends ReportOptions {
  readonly namespace?: string;
  readonly base?: string;
  readonly assume?: readonly string[];
  readonly now?: number;
}

/** `kubechain lint PATH…`: schema, references, names, and what is likely not meant. */
export async function lint(paths: readonly string[], options: LintCommandOptions, io: Io): Promise<number> {
  const assumed = (options.assume ?? []).map((text) => {
    const [kind = '', name = '', ...more] = text.split('/');
    if (kind === '' || name === '' || more.length > 0) {
      throw new CliError(`--assume ${text}: write KIND/NAME, such as LLM/gpt-4o or Tool/*`, { exitCode: EXIT.usage });
    }
    return { kind: compileGlob(kind), name: compileGlob(name) };
  });
  const { tree, unreadable, changes } = await readInputs(paths, options, io);
  // Only a Tool with parameters needs the library that judges them.
  const needsSchemas = tree.ours.some(({ object }) => object.kind === 'Tool');
  const { createSchemaCompiler } = needsSchemas
    ? await import('../../controller/tools/json-schema.ts')
    : { createSchemaCompiler: () => ({ check: () => undefined }) };
  const schemas = createSchemaCompiler();
  const linted = lintTree(tree, {
    now: options.now ?? Date.now(),
    namespace: options.namespace ?? 'default',
    assumed: (kind, name) => assumed.some((each) => each.kind.test(kind) && each.name.test(name)),
    schemaProblem: (schema) => schemas.check(schema),
    ...(changes === undefined ? {} : { changes }),
  });
  const nothing =
    options.base === undefined || tree.ours.length === 0
      ? `nothing to check: no object of ours in ${paths.join(', ')}`
      : `nothing to check: no object of ours has changed since ${options.base}`;
  return finish({ command: 'lint', ...linted, excepted: 0 }, { unreadable, nothing }, options, io);
}
