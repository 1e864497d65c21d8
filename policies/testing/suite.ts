import { POLICY_MODES, POLICY_PLACES } from '../../api/index.ts';
import { anyObject, bool, int, list, long, map, object, oneOf, str, type TypeOf, time } from '../../api/schema.ts';
import type { FieldError, JsonObject } from '../../schema/index.ts';
import { compileSchema } from '../../schema/index.ts';
import { compileRegExp } from '../../schema/regex.ts';

/** `apiVersion` and `kind` of a file of tests. */
export const SUITE_API_VERSION = 'cli.kubechain.humanlayer.dev/v1alpha1';
export const SUITE_KIND = 'PolicyTest';

/** What a case may come to: the strictest finding, or `allow` where there is none at all. */
export const OUTCOMES = ['allow', 'deny', 'requireApproval', 'warn', 'audit'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const user = object(
  'Who asks.',
  { username: str('Name of the user.') },
  { groups: list('The user’s groups.', str('A group.')), uid: str('UID of the user.') },
);

const counters = object(
  'What the run has used, the call that is judged included. Of a figure that is absent nothing is said.',
  {},
  {
    turns: int('Model calls: 1 before the first one.'),
    toolCalls: int('Tool calls that the model has asked for: 1 when the first one is judged.'),
    tokens: long('Tokens so far.'),
    startTime: time('When the run began.'),
    depth: int('0 for a run that no agent asked for, 1 for one that it delegates to.'),
    parallelToolCalls: int('Tool calls of the run that would be under way at once.'),
  },
);

const paths = (description: string) => list(description, str('A file, a folder or a glob, relative to this file.'));

const testCase = object(
  'What is asked, and what must be answered. It is about a tool call (`agent` and `tool`), an object of the suite (`object`), or one that stands here (`manifest`).',
  {
    name: str('Name of the case.', { minLength: 1, maxLength: 253 }),
    expect: oneOf(
      'The strictest finding: deny, then requireApproval, then warn and audit (findings of policies in those modes); allow where nothing is found.',
      OUTCOMES,
    ),
  },
  {
    agent: str('With `tool`: name of the Agent that calls it. Any Agent where the suite has none of that name.'),
    tool: str('The tool: `fetch/fetch`, `builtin/add`, `tool/orders`, `agent/poet`, `human/ops`.', { minLength: 1 }),
    args: anyObject('Its arguments; {} when absent.'),
    arguments: str('The arguments as the model wrote them, where that is no JSON object.'),
    counters,
    object: str('An object of the suite: `Agent/billing-bot`, `Agent/team-a/billing-bot`.'),
    manifest: anyObject('An object. Its apiVersion may be left out.'),
    oldObject: anyObject(
      'With `object` or `manifest`: what was there before. What it violated as well does not count.',
    ),
    namespace: str('Namespace of what names none; that of the suite when absent.'),
    namespaceLabels: map('Labels of the namespace; those of the suite when absent.', str('A value.')),
    place: oneOf('Where it is asked: `runtime` (of tool calls, when absent) or another place.', POLICY_PLACES),
    user,
    now: time('The time; that of the suite when absent.'),
    rule: str(
      'The rule that decides: `tools.deny`, or with its policy `production/tools.deny`. With `expect: allow`, the one that allows.',
    ),
    message: str('A text that a finding of that rule contains.'),
    messageMatches: str('A regular expression (RE2) that the message of such a finding matches.'),
    exceptedBy: str('Name of the AgentPolicyException that takes a finding away.'),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: '(has(self.tool) ? 1 : 0) + (has(self.object) ? 1 : 0) + (has(self.manifest) ? 1 : 0) == 1',
        message: 'exactly one of tool, object and manifest is required',
      },
      { rule: 'has(self.agent) == has(self.tool)', message: 'agent and tool go together' },
      {
        rule: '!(has(self.args) && has(self.arguments))',
        message: 'set args or arguments, not both',
      },
    ],
  },
);

const suite = object(
  'Tests of policies.',
  {
    apiVersion: oneOf('Version of the format.', [SUITE_API_VERSION]),
    kind: oneOf('What the file is.', [SUITE_KIND]),
    policies: list('Files with the policies.', str('A file, a folder or a glob, relative to this file.'), {
      minItems: 1,
    }),
    cases: list('The cases.', testCase, { minItems: 1, maxItems: 10_000 }),
  },
  {
    metadata: object('What it is called.', {}, { name: str('Name of the suite; the file’s when absent.') }),
    objects: paths('Files with what the cases are about: Agents, LLMs, Tools, MCPServers, Tasks, runs, ConfigMaps.'),
    exceptions: paths('Files with AgentPolicyExceptions; those among the objects count, too.'),
    mode: oneOf(
      'Judges all policies in this mode, whatever they say: Enforce, for one, tests what a policy in Audit will do.',
      POLICY_MODES,
    ),
    place: oneOf('Where is asked: for objects `admission`, for tool calls `runtime` when absent.', POLICY_PLACES),
    namespace: str('Namespace of objects that name none; `default` when absent.'),
    namespaceLabels: map(
      'Labels of namespaces, by name; those of Namespaces among the objects count, too.',
      map('Labels.', str('A value.')),
    ),
    user,
    now: time('The time of all cases. Without it, the time at which the tests run.'),
    coverage: bool('Whether every rule of the policies has to be exercised here, as with --require-coverage.'),
  },
);

export type Suite = TypeOf<typeof suite>;
export type SuiteCase = TypeOf<typeof testCase>;

/** A problem of a suite, at a path such as `cases[2].expect`. */
export interface SuiteProblem {
  readonly field: string;
  readonly message: string;
}

let compiled: ReturnType<typeof compileSchema> | undefined;

/** Reads a suite from data. Says what is wrong with it, by field; throws nothing. */
export function readSuite(
  data: unknown,
): { readonly suite: Suite; readonly problems?: undefined } | { readonly problems: readonly SuiteProblem[] } {
  compiled ??= compileSchema(suite);
  const copy = structuredClone(data) as JsonObject;
  const { metadata: _, ...rest } = copy;
  // Of an object of Kubernetes the metadata is not looked into.
  const unknown = compiled.prune(rest as JsonObject).map((field) => ({ field, message: 'there is no such field' }));
  const invalid = compiled.validate(copy).map(({ field, body }: FieldError) => ({ field, message: body }));
  const problems = [...unknown, ...invalid];
  if (problems.length > 0) return { problems };
  const read = data as Suite;
  const patterns = read.cases.flatMap(({ messageMatches }, index) => {
    const message = messageMatches === undefined ? undefined : patternProblem(messageMatches);
    return message === undefined ? [] : [{ field: `cases[${index}].messageMatches`, message }];
  });
  const names = new Map<string, number>();
  const twice = read.cases.flatMap(({ name }, index) => {
    const before = names.get(name);
    names.set(name, index);
    return before === undefined
      ? []
      : [{ field: `cases[${index}].name`, message: `cases[${before}] has the name ${JSON.stringify(name)}, too` }];
  });
  return patterns.length + twice.length > 0 ? { problems: [...patterns, ...twice] } : { suite: read };
}

function patternProblem(pattern: string): string | undefined {
  try {
    compileRegExp(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
