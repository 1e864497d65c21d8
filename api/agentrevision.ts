import { apiKeySource } from './common.ts';
import { defineKind } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { anyObject, int, list, object, oneOf, str } from './schema.ts';

const revisionTool = object(
  'A tool that the agent may call.',
  {
    functionName: str(
      'The name that the model calls it by: 64 characters at most, unique in this revision, never parsed back.',
    ),
    kind: oneOf('Whether a Tool or an MCPServer executes it.', ['Tool', 'MCPServer']),
    name: str('Name of that object.'),
    digest: str('SHA-256 of what the model is told of the tool: name, description, schema, annotations.'),
  },
  {
    tool: str('The tool’s name at the MCP server.'),
  },
);

const spec = object(
  'What the agent was. Immutable; the object’s name ends in the hash of it.',
  {
    agent: str('Name of the Agent.'),
    system: str('The system prompt.'),
    llm: object(
      'The model.',
      { name: str('Name of the LLM.'), provider: str('Its provider.') },
      {
        apiKeyFrom: apiKeySource('Where the key for it is.'),
        parameters: anyObject('Its parameters, with the model also where the LLM leaves it to this program.'),
        openai: anyObject('What only OpenAI knows.'),
      },
    ),
    tools: list('The tools that the agent may call.', revisionTool),
  },
  {
    maxTurns: int('How many model calls a run may make.'),
    onUnknownOutcome: oneOf('What follows when a tool call was cut off.', ['TellModel', 'Fail']),
  },
  {
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'a revision is immutable', reason: 'FieldValueForbidden' },
    ],
  },
);

export const agentRevisions = defineKind({
  kind: 'AgentRevision',
  plural: 'agentrevisions',
  shortNames: ['arev'],
  description: 'What an Agent was at one time: prompt, model and tools, resolved. Runs are pinned to one.',
  spec,
  columns: [
    { name: 'Agent', path: '.spec.agent' },
    { name: 'LLM', path: '.spec.llm.name' },
    { name: 'Model', path: '.spec.llm.parameters.model' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
  selectableFields: ['.spec.agent'],
});

export type AgentRevisionSpec = TypeOf<typeof spec>;
export type RevisionTool = TypeOf<typeof revisionTool>;
export type AgentRevision = NonNullable<typeof agentRevisions.object>;
