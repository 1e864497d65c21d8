import { commonStatus, localRef, READY_STATES, UNSEEN } from './common.ts';
import { defineKind } from './kind.ts';
import { egress, egressHosts, image, podTemplate } from './mcppod.ts';
import { environment, ONE_VALUE, resources, valueFrom } from './process.ts';
import type { TypeOf } from './schema.ts';
import { anyObject, bool, int, list, listByKey, object, oneOf, str } from './schema.ts';

const spec = object(
  'How the server is started or reached.',
  {
    transport: oneOf(
      '`stdio` starts `command`; `http` reaches `url` over streamable HTTP, or over SSE where the server knows nothing newer; `sse` reaches it over SSE.',
      ['stdio', 'http', 'sse'],
    ),
  },
  {
    command: str('The program (stdio).', { minLength: 1, maxLength: 4096 }),
    args: list('Its arguments.', str('An argument.', { maxLength: 32768 }), { maxItems: 256 }),
    env: environment(
      'Its environment variables. Nothing else of this program’s environment reaches it but PATH, HOME, LANG, TMPDIR, and where certificates are (SSL_CERT_FILE and its like).',
    ),
    url: str('Where the server is (http, sse).', { maxLength: 2048, pattern: '^https?://[^\\s]+$' }),
    headers: listByKey(
      'HTTP headers sent with each request (http, sse).',
      'name',
      object(
        'A header.',
        { name: str('Its name.', { minLength: 1, maxLength: 256, pattern: "^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$" }) },
        { value: str('Its value.', { maxLength: 8192 }), valueFrom },
        ONE_VALUE,
      ),
      { maxItems: 64 },
    ),
    timeoutSeconds: int('Seconds until a tool call is given up; 300 when absent.', { minimum: 1, maximum: 86400 }),
    idempotentTools: list(
      'Tools whose calls may be repeated without harm, `*` for all. After a crash only such calls run again; of others the outcome is unknown.',
      str('A tool’s name, or `*`.', { minLength: 1, maxLength: 253 }),
      { maxItems: 1024, 'x-kubernetes-list-type': 'set' },
    ),
    trustAnnotations: bool(
      'Believes the server’s own annotations (readOnlyHint, idempotentHint) as if they stood in `idempotentTools`; those of locked tools are believed anyway.',
    ),
    lockedTools: listByKey(
      'The tools that were reviewed, as `kubechain mcp lock` writes them. With `toolSchemaDrift` Block agents get these, and nothing else.',
      'name',
      object(
        'A tool.',
        {
          name: str('Its name at the server.', { minLength: 1, maxLength: 128 }),
          digest: str('SHA-256 of its name, description, schema and annotations.', {
            pattern: '^sha256:[0-9a-f]{64}$',
          }),
        },
        {},
      ),
      { maxItems: 500 },
    ),
    toolSchemaDrift: oneOf(
      'What follows when the server offers other tools than those locked: its agents are not ready and calls are refused (Block, when absent), an event says so (Warn), or nothing (Allow).',
      ['Block', 'Warn', 'Allow'],
    ),
    approvalContactChannel: localRef(
      'Every call of this server’s tools waits for a human’s approval; this is where the human is asked.',
    ),
    resources: resources(
      'What the server may use where it runs as a Pod of its own. A server that runs as a child process of the operator is not limited, and an event says so.',
    ),
    image,
    egress,
    egressHosts,
    podTemplate,
  },
  {
    'x-kubernetes-validations': [
      {
        rule: '!has(self.toolSchemaDrift) || has(self.lockedTools)',
        message: 'toolSchemaDrift needs lockedTools',
        fieldPath: '.lockedTools',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.transport != 'stdio' || has(self.command)",
        message: 'transport stdio needs command',
        fieldPath: '.command',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.transport == 'stdio' || has(self.url)",
        message: 'transports http and sse need url',
        fieldPath: '.url',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.transport == 'stdio' || !(has(self.command) || has(self.args) || has(self.env))",
        message: 'command, args and env go with transport stdio only',
      },
      {
        rule: "self.transport == 'stdio' || !(has(self.image) || has(self.egress) || has(self.egressHosts) || has(self.podTemplate))",
        message: 'image, egress, egressHosts and podTemplate go with transport stdio only',
      },
      {
        rule: '!has(self.egressHosts) || !has(self.podTemplate) || !has(self.podTemplate.proxy)',
        message: 'egressHosts brings a proxy of its own: podTemplate.proxy cannot be set with it',
        fieldPath: '.egressHosts',
      },
      {
        rule: "self.transport != 'stdio' || !(has(self.url) || has(self.headers))",
        message: 'url and headers go with transports http and sse only',
      },
    ],
  },
);

const tool = object(
  'A tool of the server.',
  { name: str('Its name.') },
  {
    description: str('What it does, in the server’s words.'),
    inputSchema: anyObject('JSON Schema of its arguments.'),
    annotations: object(
      'What the server says about its effects.',
      {},
      {
        title: str('A title for people.'),
        readOnlyHint: bool('Changes nothing.'),
        destructiveHint: bool('May destroy something.'),
        idempotentHint: bool('May be repeated without further effect.'),
        openWorldHint: bool('Reaches beyond a closed set of things.'),
      },
    ),
  },
);

const status = object(
  'What the controller found.',
  {},
  {
    connected: bool('Whether the connection stands.'),
    runsAs: oneOf(
      'How a stdio server runs: as a `Pod` of its own, or as a child `Process` of the operator, which shares the operator’s network and memory. Absent for servers that run elsewhere.',
      ['Pod', 'Process'],
    ),
    podName: str('The Pod that it runs as.'),
    ...commonStatus(READY_STATES),
    tools: list('What the server offers.', tool),
  },
);

export const mcpServers = defineKind({
  kind: 'MCPServer',
  plural: 'mcpservers',
  shortNames: ['mcp'],
  description: 'A server of the Model Context Protocol, whose tools agents may call.',
  spec,
  status,
  initialStatus: UNSEEN,
  rules: [
    {
      rule: "!(self.metadata.name in ['builtin', 'tool', 'agent', 'human'])",
      message:
        'an MCPServer cannot be called builtin, tool, agent or human: its tools would pass for others in policies',
    },
  ],
  columns: [
    { name: 'Ready', path: '.status.ready', type: 'boolean' },
    { name: 'Status', path: '.status.status' },
    { name: 'Detail', path: '.status.statusDetail', wide: true },
    { name: 'Runs As', path: '.status.runsAs', wide: true },
  ],
});

export type MCPServerSpec = TypeOf<typeof spec>;
export type MCPServerStatus = TypeOf<typeof status>;
export type MCPServerTool = TypeOf<typeof tool>;
export type MCPServer = NonNullable<typeof mcpServers.object>;
