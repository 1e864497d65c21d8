import type { TypeOf } from './schema.ts';
import { list, object, str } from './schema.ts';

const expectation = object(
  'What must hold for an answer.',
  {
    cel: str('A CEL expression over `output`, the text of the answer, that must be true.', {
      minLength: 1,
      maxLength: 4096,
    }),
  },
  { message: str('What is said when it does not hold, instead of the expression.', { minLength: 1, maxLength: 1024 }) },
);
export type Expectation = TypeOf<typeof expectation>;

export const expectations = (description: string) => list(description, expectation, { maxItems: 32 });
