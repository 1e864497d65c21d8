import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AnswerReader, type WholeAnswer } from '../../devcluster/admission/webhook/answer.ts';

/** Reads a text that comes in pieces, and then the end of the connection. */
function read(text: string, sizes: readonly number[] = []): WholeAnswer | undefined {
  const reader = new AnswerReader();
  let rest = Buffer.from(text);
  for (const size of [...sizes, rest.length]) {
    if (rest.length === 0) break;
    const answer = reader.take(rest.subarray(0, size));
    if (answer !== undefined) return answer;
    rest = rest.subarray(size);
  }
  return reader.end();
}

const json = '{"text":"tünde"}';
const length = Buffer.byteLength(json);
const head = { code: 200, contentType: 'application/json', retryAfter: undefined, location: undefined };
const chunked = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${json.slice(0, 5)}\r\n${(length - 5).toString(16)};x=y\r\n${json.slice(5)}\r\n0\r\nX-Trailer: a\r\n\r\n`;

/** What comes, and what is read of it. */
const answers: readonly (readonly [name: string, text: string, answer: WholeAnswer])[] = [
  [
    'a length',
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${json}`,
    { head, body: json, reusable: true },
  ],
  ['chunks and a trailer', chunked, { head, body: json, reusable: true }],
  [
    'the end of the connection',
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${json}`,
    { head, body: json, reusable: false },
  ],
  [
    'lines that end as Unix ends them',
    `HTTP/1.1 200\nContent-Type: application/json\nContent-Length: ${length}\n\n${json}`,
    { head, body: json, reusable: true },
  ],
  [
    'what is said on the way',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${json}`,
    { head, body: json, reusable: true },
  ],
  [
    'a connection that is closed',
    'HTTP/1.1 503 Busy\r\nConnection: Close\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\nno',
    { head: { code: 503, contentType: '', retryAfter: '3', location: undefined }, body: 'no', reusable: false },
  ],
  [
    'HTTP/1.0',
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    { head: { ...head, contentType: '' }, body: 'ok', reusable: false },
  ],
  [
    'no body',
    'HTTP/1.1 204 No Content\r\nLocation: /elsewhere\r\n\r\n',
    { head: { ...head, code: 204, contentType: '', location: '/elsewhere' }, body: '', reusable: true },
  ],
];

/** What is no answer, and how the real server's client says so. */
const nonsense: readonly (readonly [text: string, message: RegExp])[] = [
  ['SSH-2.0-OpenSSH\r\n\r\n', /transport connection broken: malformed HTTP response "SSH-2\.0-OpenSSH"$/],
  ['HTTP/1.1 2x0 OK\r\n\r\n', /malformed HTTP response "HTTP\/1\.1 2x0 OK"$/],
  ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /malformed MIME header line: no colon$/],
  ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', /bad Content-Length "-1"$/],
  [
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    /cannot contain multiple Content-Length headers/,
  ],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', /unsupported transfer encoding: "gzip"$/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', /^invalid byte in chunk length$/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n', /^malformed chunked encoding$/],
  ['HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n', /^the answer is longer than 16777216 bytes$/],
  [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n'.padEnd(17 << 20, ' '),
    /^the answer is longer than/,
  ],
  [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1 << 20)}`, /server response headers exceeded 65536 bytes; aborted$/],
];

describe('the answer of a webhook', () => {
  for (const [name, text, answer] of answers)
    it(`is read whatever pieces it comes in: ${name}`, () => {
      assert.deepEqual(read(text), answer);
      assert.deepEqual(read(text, new Array(text.length).fill(1)), answer);
      fc.assert(fc.property(fc.array(fc.nat(80)), (sizes) => assert.deepEqual(read(text, sizes), answer)));
    });

  it('is none where it is cut', () => {
    for (const [name, text, { body, reusable }] of answers) {
      const whole = Buffer.from(text);
      // What lasts as long as the connection cannot be seen to be cut.
      const lasting = !/content-length|chunked|204/i.test(text);
      for (let size = 0; size < whole.length; size++) {
        const reader = new AnswerReader();
        const early = reader.take(whole.subarray(0, size)) ?? reader.end();
        if (lasting && reader.head !== undefined)
          assert.ok(early !== undefined && body.startsWith(early.body.replace('\ufffd', '')));
        else assert.equal(early, undefined, `${name} at ${size}, ${reusable}`);
      }
    }
  });

  it('is no answer for the next question when more comes than was asked for', () => {
    assert.equal(read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n')?.reusable, false);
    assert.equal(read(`${chunked}x`)?.reusable, false);
  });

  for (const [text, message] of nonsense)
    it(`is refused where it is none: ${JSON.stringify(text.slice(0, 70))}`, () => {
      assert.throws(() => read(text), { message });
    });

  it('is bounded work, whatever comes', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('HTTP/1.1 200 OK', '\r\n', '\n', ':', '0', 'Transfer-Encoding: chunked\r\n\r\n'),
      ),
    );
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(20)), (parts, sizes) => {
        try {
          read(parts.join(''), sizes);
        } catch (error) {
          assert.ok(error instanceof Error && error.message !== '');
          assert.equal(error.constructor, Error);
        }
      }),
    );
  });
});
