import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRedactor, MAX_MESSAGE } from '../../controller/models/redact.ts';
import { processorTime } from '../support/processorTime.ts';

const key = 'sk-proj-CANARY0123456789abcdefCANARY';

describe('redaction', () => {
  const cases: [string, string][] = [
    ['the key', `Incorrect API key provided: ${key}.`],
    ['the key, starred out', 'Incorrect API key provided: sk-proj-CANA**********NARY.'],
    ['the start of the key', `bad key ${key.slice(0, 20)}…`],
    ['the key in a URL', `GET /?key=${encodeURIComponent(key)}`],
    ['the key in Basic authentication', `Authorization: Basic ${Buffer.from(`x:${key}`).toString('base64')}`],
    ['the key as base64', `got ${Buffer.from(key).toString('base64')}`],
    ['the key twice in quotes', `"${key}" is not '${key}'`],
    ['another key', 'use sk-ant-CANARY-3 instead'],
    ['a bearer token', 'header Bearer CANARY.abc.def was refused'],
  ];
  for (const [what, text] of cases) {
    it(`takes out ${what}`, () => {
      const out = createRedactor([key]).message(text);
      assert.doesNotMatch(out, /CANA|NARY|Q0FOQVJZ/, out);
      assert.match(out, /\[redacted\]/);
    });
  }

  it('takes out the start of a key that looks like none', () => {
    const out = createRedactor(['gatewayCANARY0123456789']).message(
      'unknown token gatewayCAN...6789 (or "gatewayC***")',
    );
    assert.equal(out, 'unknown token [redacted] (or "[redacted]")');
  });

  it('leaves the rest as it was', () => {
    const message = 'The model `gpt-9` does not exist: risk-averse task-1234 key-value pairs';
    assert.equal(createRedactor([key]).message(message), message);
  });

  it('does not let a placeholder garble answers', () => {
    assert.equal(createRedactor(['ollama']).answer('ollama is a server'), 'ollama is a server');
  });

  it('knows secrets that begin alike', () => {
    const redactor = createRedactor(['tenant-secret', 'tenant-secret-of-another']);
    assert.equal(redactor.message('tenant-secret-of-another tenant-secret'), '[redacted] [redacted]');
  });

  it('makes one bounded line of anything, without the secret', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3000 }),
        fc.string({ minLength: 16 }).filter((s) => s.trim().length >= 16),
        fc.nat(3000),
        (text, secret, at) => {
          const out = createRedactor([secret]).message(text.slice(0, at) + secret + text.slice(at));
          assert.ok(out.length <= MAX_MESSAGE);
          assert.doesNotMatch(out, /\p{Cc}|\u2028/u);
          assert.ok(out.isWellFormed());
          assert.ok(!out.includes(secret.trim()));
        },
      ),
    );
  });

  it('takes no time for a page of 8 MiB', () => {
    const spent = processorTime();
    createRedactor([key]).message('sk-'.repeat(3_000_000));
    assert.ok(spent() < 500);
  });
});
