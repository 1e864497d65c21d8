import { localRef } from './common.ts';
import { defineKind } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { bool, list, object, oneOf, str } from './schema.ts';

const approver = object(
  'Who decides: the authenticated user. Filled in when the object is created; nobody can write another’s name.',
  { username: str('The user’s name.', { minLength: 1, maxLength: 1024 }) },
  {
    uid: str('The user’s id.', { maxLength: 1024 }),
    groups: list('The user’s groups.', str('A group.', { maxLength: 1024 }), { maxItems: 1024 }),
  },
);

const spec = object(
  'What is decided of which tool call, by whom, and why. Immutable.',
  {
    toolCallRef: localRef('The TaskRunToolCall.'),
    decision: oneOf('The decision.', ['Approve', 'Reject']),
  },
  {
    reason: str('Why. The model reads the reason of a rejection.', { maxLength: 4096 }),
    argumentsDigest: str(
      'What was seen: `sha256:` and the SHA-256 of the call’s `spec.arguments`, in hex. Required to approve.',
      { maxLength: 71, pattern: '^sha256:[0-9a-f]{64}$' },
    ),
    approver,
  },
  {
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'a decision is immutable', reason: 'FieldValueForbidden' },
      {
        rule: "self.decision != 'Approve' || has(self.argumentsDigest)",
        message: 'argumentsDigest is required to approve: it says which arguments were seen',
        fieldPath: '.argumentsDigest',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.decision != 'Reject' || (has(self.reason) && size(self.reason) > 0)",
        message: 'reason is required to reject: the model reads it',
        fieldPath: '.reason',
        reason: 'FieldValueRequired',
      },
    ],
  },
);

const status = object(
  'What the controller made of it.',
  {},
  {
    counted: bool('Whether it counts.'),
    statusDetail: str('Why not, or what came of it.'),
  },
);

export const approvals = defineKind({
  kind: 'Approval',
  plural: 'approvals',
  description: 'A human’s decision on a tool call that waits for one.',
  spec,
  status,
  initialStatus: {},
  columns: [
    { name: 'ToolCall', path: '.spec.toolCallRef.name' },
    { name: 'Decision', path: '.spec.decision' },
    { name: 'By', path: '.spec.approver.username' },
    { name: 'Counted', path: '.status.counted', type: 'boolean' },
    { name: 'Reason', path: '.spec.reason', wide: true },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
  selectableFields: ['.spec.toolCallRef.name', '.spec.decision'],
});

export type Approver = TypeOf<typeof approver>;
export type ApprovalSpec = TypeOf<typeof spec>;
export type Approval = NonNullable<typeof approvals.object>;
