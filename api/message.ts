import type { TypeOf } from './schema.ts';
import { list, object, oneOf, str } from './schema.ts';

const toolCall = object(
  'A tool call that the model asks for.',
  {
    id: str("The model's id of the call; the tool's answer refers to it."),
    function: object(
      'What to call.',
      {
        name: str('The function name that the model was offered.'),
        arguments: str('The arguments as the model wrote them: JSON, if it did well.'),
      },
      {},
    ),
    type: oneOf('Always `function`.', ['function']),
  },
  {},
);

/** One message of a conversation with a model. */
export const message = object(
  'One message of the conversation.',
  {
    role: oneOf('Who says it.', ['system', 'user', 'assistant', 'tool']),
    content: str('What is said; empty where the model only calls tools.'),
  },
  {
    toolCalls: list('The tool calls that the model asks for (role assistant).', toolCall),
    toolCallId: str('The call that this answers (role tool).'),
    name: str('The tool that answers (role tool).'),
  },
);

export type Message = TypeOf<typeof message>;
export type ToolCall = TypeOf<typeof toolCall>;
