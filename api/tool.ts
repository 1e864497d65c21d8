import { commonStatus, localRef, READY_STATES, secretKeyRef, UNSEEN } from './common.ts';
import { defineKind, STATUS_COLUMNS } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { anyObject, bool, int, list, object, oneOf, str } from './schema.ts';
import { container } from './toolcontainer.ts';

const externalApi = object(
  'An HTTP call. `{name}` in the URL stands for the argument of that name; what the URL does not take goes into the query (GET, HEAD, DELETE) or the JSON body.',
  {
    url: str('The URL, with placeholders in path and query only: `https://api.example.com/v1/orders/{id}`.', {
      minLength: 1,
      maxLength: 2048,
      pattern: '^https?://[^\\s]+$',
    }),
  },
  {
    method: oneOf('The HTTP method; GET when absent.', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    requiresApproval: bool('Whether a human has to approve each call.'),
    credentialsFrom: secretKeyRef('A token, sent as `Authorization: Bearer …`.'),
    headers: list(
      'Headers sent with each call.',
      object(
        'A header.',
        { name: str('Its name.', { minLength: 1, maxLength: 256 }), value: str('Its value.', { maxLength: 4096 }) },
        {},
      ),
      { maxItems: 32 },
    ),
    timeoutSeconds: int('Seconds until a call is given up; 30 when absent.', { minimum: 1, maximum: 3600 }),
    maxResponseBytes: int('The longest answer that is read, in bytes; 262144 when absent.', {
      minimum: 1,
      maximum: 1048576,
    }),
  },
);

const spec = object(
  'What the tool is called, what it takes, how it is executed.',
  {},
  {
    name: str('The name that the model sees; the object’s name when absent.', {
      minLength: 1,
      maxLength: 64,
      pattern: '^[a-zA-Z0-9_-]+$',
    }),
    description: str('What the tool does and when to use it, for the model.', { maxLength: 16384 }),
    parameters: anyObject('JSON Schema of the arguments.'),
    arguments: anyObject('As `parameters`, which is to be preferred.'),
    toolType: oneOf('What kind of tool this is; follows from the other fields when absent.', [
      'function',
      'delegateToAgent',
      'externalAPI',
      'container',
    ]),
    execute: object(
      'How the tool is executed.',
      {},
      {
        builtin: object(
          'A function of this program.',
          { name: oneOf('Which.', ['add', 'subtract', 'multiply', 'divide']) },
          {},
        ),
        externalAPI: externalApi,
        container,
      },
    ),
    agentRef: localRef('The agent that the call is delegated to: its final answer is the tool’s result.'),
    requiresApproval: bool('Whether a human has to approve each call.'),
    idempotent: bool(
      'Whether a call may be repeated without harm. After a crash only such calls run again; of others the outcome is unknown.',
    ),
    readOnly: bool('Whether a call changes nothing; implies `idempotent`.'),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: '(has(self.execute) && has(self.execute.builtin) ? 1 : 0) + (has(self.execute) && has(self.execute.externalAPI) ? 1 : 0) + (has(self.execute) && has(self.execute.container) ? 1 : 0) + (has(self.agentRef) ? 1 : 0) == 1',
        message: 'exactly one of execute.builtin, execute.externalAPI, execute.container and agentRef is required',
      },
      {
        rule: "!has(self.toolType) || self.toolType != 'function' || (has(self.execute) && has(self.execute.builtin))",
        message: 'toolType function needs execute.builtin',
        fieldPath: '.toolType',
      },
      {
        rule: "!has(self.toolType) || self.toolType != 'externalAPI' || (has(self.execute) && has(self.execute.externalAPI))",
        message: 'toolType externalAPI needs execute.externalAPI',
        fieldPath: '.toolType',
      },
      {
        rule: "!has(self.toolType) || self.toolType != 'container' || (has(self.execute) && has(self.execute.container))",
        message: 'toolType container needs execute.container',
        fieldPath: '.toolType',
      },
      {
        rule: "!has(self.toolType) || self.toolType != 'delegateToAgent' || has(self.agentRef)",
        message: 'toolType delegateToAgent needs agentRef',
        fieldPath: '.toolType',
      },
      {
        rule: '!(has(self.parameters) && has(self.arguments))',
        message: 'set parameters or arguments, not both',
      },
    ],
  },
);

const status = object('What the controller found.', {}, commonStatus(READY_STATES));

export const tools = defineKind({
  kind: 'Tool',
  plural: 'tools',
  description: 'A tool that agents may call: a builtin function, an HTTP API, a container, or another agent.',
  spec,
  status,
  initialStatus: UNSEEN,
  columns: STATUS_COLUMNS,
});

export type ToolSpec = TypeOf<typeof spec>;
export type ExternalAPI = TypeOf<typeof externalApi>;
export type Tool = NonNullable<typeof tools.object>;
