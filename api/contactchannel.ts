import { apiKeySource, commonStatus, READY_STATES, UNSEEN } from './common.ts';
import { defineKind, STATUS_COLUMNS } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { list, object, oneOf, str } from './schema.ts';

const spec = object(
  'Where a human is reached.',
  {
    type: oneOf('By what.', ['slack', 'email']),
    apiKeyFrom: apiKeySource('Where the API key of the service is.'),
  },
  {
    slack: object(
      'A channel or a person on Slack.',
      { channelOrUserID: str('Its id: `C…` or `U…`.', { pattern: '^[CU][A-Z0-9]+$', maxLength: 64 }) },
      {
        contextAboutChannelOrUser: str('Who reads there, for the model.', { maxLength: 4096 }),
        allowedResponderIDs: list('The only people whose answers count.', str('A user’s id.', { maxLength: 64 }), {
          maxItems: 256,
        }),
      },
    ),
    email: object(
      'An address.',
      { address: str('The address.', { pattern: '^[^\\s@]+@[^\\s@]+\\.[^\\s@.]+$', maxLength: 320 }) },
      {
        contextAboutUser: str('Whose it is, for the model.', { maxLength: 4096 }),
        subject: str('Subject of the mails.', { maxLength: 998 }),
      },
    ),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: "has(self.slack) == (self.type == 'slack')",
        message: 'slack is required with type slack, and only there',
      },
      {
        rule: "has(self.email) == (self.type == 'email')",
        message: 'email is required with type email, and only there',
      },
    ],
  },
);

const status = object('What the controller found.', {}, commonStatus(READY_STATES));

export const contactChannels = defineKind({
  kind: 'ContactChannel',
  plural: 'contactchannels',
  description: 'A way to reach a human: Slack or e-mail.',
  spec,
  status,
  initialStatus: UNSEEN,
  columns: [{ name: 'Type', path: '.spec.type' }, ...STATUS_COLUMNS],
});

export type ContactChannelSpec = TypeOf<typeof spec>;
export type ContactChannel = NonNullable<typeof contactChannels.object>;
