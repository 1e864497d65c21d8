import { commonStatus, localRef, READY_STATES, UNSEEN } from './common.ts';
import { defineKind, STATUS_COLUMNS } from './kind.ts';
import { agentProvenance } from './provenance.ts';
import type { TypeOf } from './schema.ts';
import { int, list, listByKey, object, oneOf, str } from './schema.ts';

/** Long enough for any prompt people write, short enough that an AgentRevision and a context window hold it. */
export const MAX_PROMPT = 262_144;

/** What may become of runs under way when their Agent gets another revision. */
export const DEFINITION_CHANGES = ['Pin', 'Abort'] as const;

const spec = object(
  'What the agent is: a model, a system prompt, tools.',
  {
    llmRef: localRef('The LLM that thinks.'),
    system: str('The system prompt.', { minLength: 1, maxLength: MAX_PROMPT }),
  },
  {
    tools: listByKey('Tools that the agent may call.', 'name', localRef('A Tool.'), { maxItems: 128 }),
    mcpServers: listByKey('MCP servers whose tools the agent may call.', 'name', localRef('An MCPServer.'), {
      maxItems: 64,
    }),
    maxTurns: int('How many model calls a run may make before it fails; 100 when absent.', {
      minimum: 1,
      maximum: 10000,
    }),
    onUnknownOutcome: oneOf(
      'What follows when a tool call was cut off and may or may not have taken effect: the model is told so (TellModel, when absent), or the run fails (Fail).',
      ['TellModel', 'Fail'],
    ),
    onDefinitionChange: oneOf(
      'What becomes of runs under way when the agent gets another revision: they go on with theirs (Pin, when absent), or fail (Abort). A TaskRun may say otherwise.',
      DEFINITION_CHANGES,
    ),
    revisionHistoryLimit: int('How many AgentRevisions that no run uses are kept; 10 when absent.', {
      minimum: 0,
      maximum: 1000,
    }),
  },
);

const status = object(
  'What the controller found.',
  {},
  {
    ...commonStatus(READY_STATES),
    validTools: list(
      'The tools that resolved.',
      object('A tool.', { kind: oneOf('Its kind.', ['Tool']), name: str('Its name.') }, {}),
    ),
    validMCPServers: list(
      'The MCP servers that resolved.',
      object('An MCP server.', { name: str('Its name.') }, { tools: list('Its tools.', str('A tool’s name.')) }),
    ),
    provenance: agentProvenance,
    currentRevision: str('The AgentRevision that this spec and its dependencies make; runs that start now pin it.'),
  },
);

export const agents = defineKind({
  kind: 'Agent',
  plural: 'agents',
  description: 'An agent: an LLM, a system prompt and the tools it may call.',
  spec,
  status,
  initialStatus: UNSEEN,
  columns: STATUS_COLUMNS,
  selectableFields: ['.spec.llmRef.name'],
});

export type AgentSpec = TypeOf<typeof spec>;
export type AgentStatus = TypeOf<typeof status>;
export type Agent = NonNullable<typeof agents.object>;
