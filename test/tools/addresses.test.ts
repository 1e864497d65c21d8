import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { createAddressGuard } from '../../controller/tools/index.ts';

/** Where a URL's host leads when it is an address; what Node's URL parser makes of its spelling. */
function addressOf(host: string): string {
  return new URL(`http://${host}/`).hostname.replace(/^\[|\]$/g, '');
}

const byte = fc.integer({ min: 0, max: 255 });
const privateIPv4 = fc.oneof(
  ...[
    [fc.constant(10), byte, byte, byte],
    [fc.constant(127), byte, byte, byte],
    [fc.constant(0), byte, byte, byte],
    [fc.constant(169), fc.constant(254), byte, byte],
    [fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte],
    [fc.constant(192), fc.constant(168), byte, byte],
    [fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte],
    [fc.integer({ min: 224, max: 255 }), byte, byte, byte],
  ].map((parts) => fc.tuple(...(parts as [typeof byte, typeof byte, typeof byte, typeof byte]))),
);
type Octets = [number, number, number, number];

const hex = (value: number): string => value.toString(16);
const oct = (value: number): string => `0${value.toString(8)}`;
const whole = ([a, b, c, d]: Octets): number => ((a * 256 + b) * 256 + c) * 256 + d;
const tail = ([a, b, c, d]: Octets): string => `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;

/** Ways to write an IPv4 address as the host of a URL. */
const SPELLINGS: ((octets: Octets) => string)[] = [
  (o) => o.join('.'),
  (o) => `${o.join('.')}.`,
  (o) => String(whole(o)),
  (o) => `0x${hex(whole(o))}`,
  (o) => `0${whole(o).toString(8)}`,
  (o) => o.map(oct).join('.'),
  (o) => o.map((part) => `0x${hex(part)}`).join('.'),
  ([a, b, c, d]) => `${a}.${b * 65536 + c * 256 + d}`,
  ([a, b, c, d]) => `${a}.${b}.${c * 256 + d}`,
  (o) =>
    o.map((part) => [...String(part)].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')).join('.'),
  (o) => encodeURIComponent(o.join('.')).replaceAll('1', '%31'),
  (o) => `[::ffff:${o.join('.')}]`,
  (o) => `[::ffff:${tail(o)}]`,
  (o) => `[0:0:0:0:0:FFFF:${tail(o)}]`,
  (o) => `[::${tail(o)}]`,
  (o) => `[64:ff9b::${tail(o)}]`,
  (o) => `[64:ff9b:1::${tail(o)}]`,
  (o) => `[2002:${tail(o)}::1]`,
  (o) => `[::ffff:0:${tail(o)}]`,
];

describe('the guard of addresses', () => {
  const guard = createAddressGuard();

  it('lets no private IPv4 address pass, in any spelling', () => {
    fc.assert(
      fc.property(privateIPv4, fc.constantFrom(...SPELLINGS), (octets, spell) => {
        const host = spell(octets);
        const address = addressOf(host);
        assert(isIP(address) !== 0, `${host} is no address: ${address}`);
        assert.notEqual(guard.refusal(host, 80, address), undefined, `${host} = ${address}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('lets no IPv6 address pass that is not global unicast', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const outside = group.filter((first) => first >> 13 !== 1 && first !== 0x64);
    fc.assert(
      fc.property(outside, fc.array(group, { minLength: 7, maxLength: 7 }), (first, rest) => {
        // ::ffff:0:0/96 is IPv4, judged above.
        fc.pre(first !== 0 || rest[4] !== 0xffff);
        const address = [first, ...rest].map(hex).join(':');
        assert.notEqual(guard.refusal('x', 80, address), undefined, address);
      }),
    );
  });

  const refused = [
    '169.254.169.254',
    'fd00:ec2::254',
    '168.63.129.16',
    '100.100.100.200',
    '::1',
    '::',
    'fe80::1%eth0',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    'not an address',
    '',
  ];
  for (const address of refused) {
    it(`refuses ${address || 'the empty string'}`, () => assert.notEqual(guard.refusal('x', 80, address), undefined));
  }

  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2a00:1450:4001:800::200e',
  ]) {
    it(`lets ${address} pass`, () => assert.equal(guard.refusal('x', 443, address), undefined));
  }

  it('says which address, what it is, and what can be done', () => {
    assert.match(
      String(guard.refusal('api.example.com', 80, '10.1.2.3')),
      /api\.example\.com leads to 10\.1\.2\.3, which is a private network.+administrator can allow/,
    );
  });

  describe('with an allow-list', () => {
    const allowing = createAddressGuard({
      hosts: ['api.internal', 'pay.internal:8443', '*.svc.cluster.local', '[::1]:9000', 'bücher.internal'],
      cidrs: ['10.20.0.0/16', 'fd12::/48', '192.168.1.7'],
    });
    const cases: [string, number, string, boolean][] = [
      ['api.internal', 80, '10.0.0.1', true],
      ['API.internal.', 80, '10.0.0.1', true],
      ['api.internal.evil.com', 80, '10.0.0.1', false],
      ['pay.internal', 8443, '10.0.0.1', true],
      ['pay.internal', 443, '10.0.0.1', false],
      ['a.b.svc.cluster.local', 80, '10.96.0.1', true],
      ['svc.cluster.local', 80, '10.96.0.1', false],
      ['evilsvc.cluster.local', 80, '10.96.0.1', false],
      ['[::1]', 9000, '::1', true],
      ['xn--bcher-kva.internal', 80, '10.0.0.1', true],
      ['other.example.com', 80, '10.20.3.4', true],
      ['other.example.com', 80, '::ffff:10.20.3.4', true],
      ['other.example.com', 80, '10.21.3.4', false],
      ['other.example.com', 80, 'fd12::5', true],
      ['other.example.com', 80, '192.168.1.7', true],
      ['other.example.com', 80, '192.168.1.8', false],
      // A name that someone points at the metadata service later.
      ['api.internal', 80, '169.254.169.254', false],
      ['api.internal', 80, '::ffff:169.254.169.254', false],
    ];
    for (const [host, port, address, allowed] of cases) {
      it(`${allowed ? 'lets' : 'does not let'} ${host}:${port} reach ${address}`, () => {
        assert.equal(allowing.refusal(host, port, address) === undefined, allowed);
      });
    }

    it('opens link-local addresses only by their CIDR', () => {
      const opened = createAddressGuard({ cidrs: ['169.254.20.10/32'] });
      assert.equal(opened.refusal('x', 80, '169.254.20.10'), undefined);
      assert.notEqual(opened.refusal('x', 80, '169.254.169.254'), undefined);
    });

    it('names the entry that is malformed', () => {
      assert.throws(() => createAddressGuard({ cidrs: ['10.0.0.0/33'] }), /cidrs: "10\.0\.0\.0\/33" is no CIDR/);
      assert.throws(() => createAddressGuard({ cidrs: ['everything'] }), /cidrs: "everything"/);
      for (const host of ['http://x/', '*', 'a b', '*.*', '']) {
        assert.throws(() => createAddressGuard({ hosts: [host] }), /hosts: .+ is no host/, host);
      }
    });
  });
});
