import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseUrl } from '../../policies/engine/address.ts';
import { compileGlob, compileGlobs } from '../../policies/engine/glob.ts';
import { compileSelector } from '../../policies/engine/selector.ts';
import { compileToolPatterns, parseToolId, toolNames, toolPatternProblem } from '../../policies/engine/toolid.ts';
import { compileHostPattern, compileUrlPattern } from '../../policies/engine/urlpattern.ts';

/** The definition, as plainly as it can be written: exponential, and right. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
  return text !== '' && pattern[0] === text[0] && naive(pattern.slice(1), text.slice(1));
}

const letters = (alphabet: string, maxLength: number) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength }).map((chars) => chars.join(''));

describe('globs', () => {
  it('match what the definition says', () => {
    fc.assert(
      fc.property(letters('ab*', 9), letters('ab', 12), (pattern, text) => {
        assert.equal(compileGlob(pattern).test(text), naive(pattern, text), `${pattern} ${text}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('of a list, one match is enough', () => {
    fc.assert(
      fc.property(fc.array(letters('ab*', 5), { maxLength: 6 }), letters('ab', 6), (patterns, text) => {
        const found = compileGlobs(patterns).match(text);
        assert.equal(
          found !== undefined,
          patterns.some((pattern) => naive(pattern, text)),
        );
        if (found !== undefined) assert.ok(patterns.includes(found) && naive(found, text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('patterns of tools', () => {
  it('split at the first slash, and match both parts', () => {
    const part = letters('ab-*', 5).filter((text) => text !== '');
    const name = letters('ab/*', 6).filter((text) => text !== '');
    const server = letters('ab-', 4).filter((text) => text !== '');
    const tool = letters('ab/', 6).filter((text) => text !== '');
    fc.assert(
      fc.property(fc.array(fc.tuple(part, name), { minLength: 1, maxLength: 5 }), server, tool, (pairs, s, t) => {
        const patterns = compileToolPatterns(pairs.map(([p, n]) => `${p}/${n}`));
        const expected = pairs.some(([p, n]) => naive(p, s) && naive(n, t));
        const names = toolNames({ kind: 'MCPServer', server: s, name: t });
        assert.equal(patterns.match(names) !== undefined, expected, JSON.stringify([pairs, s, t]));
      }),
      { numRuns: 3000 },
    );
  });

  it('are refused where they can match nothing, and say why', () => {
    const table: [pattern: string, problem: RegExp | undefined][] = [
      ['*', undefined],
      ['*/*', undefined],
      ['github/Create_*', undefined],
      ['git.hub-1/x', undefined],
      ['builtin/add', undefined],
      ['builtin/*', undefined],
      ['github', /no slash/],
      ['/x', /nothing before or after/],
      ['github/', /nothing before or after/],
      ['GitHub/*', /no name of an MCPServer/],
      ['github/creat?', /only wildcard/],
      ['github/[a-z]', /only wildcard/],
      ['github/{a,b}', /only wildcard/],
      [' github/x', /white space/],
      ['', /empty/],
      ['builtin/adds', /builtin functions are add/],
      ['tool/Orders', /no name of an object/],
      ['agent/a_b', /no name of an object/],
    ];
    for (const [pattern, problem] of table) {
      const actual = toolPatternProblem(pattern);
      if (problem === undefined) assert.equal(actual, undefined, pattern);
      else assert.match(actual ?? '', problem, pattern);
    }
  });

  it('read names of tools', () => {
    assert.deepEqual(parseToolId('github/a/b'), { kind: 'MCPServer', server: 'github', name: 'a/b' });
    assert.deepEqual(parseToolId('agent/helper'), { kind: 'Agent', name: 'helper' });
    assert.equal(parseToolId('github'), undefined);
    assert.equal(parseToolId('/x'), undefined);
  });
});

describe('patterns of URLs', () => {
  const matches = (pattern: string, text: string): boolean => {
    const compiled = compileUrlPattern(pattern);
    assert.ok('test' in compiled, `${pattern}: ${'problem' in compiled ? compiled.problem : ''}`);
    const url = parseUrl(text);
    return !('problem' in url) && compiled.test(url);
  };

  const OPENAI = 'https://api.openai.com/v1';
  const table: [pattern: string, url: string, expected: boolean][] = [
    [OPENAI, 'https://api.openai.com/v1', true],
    [OPENAI, 'https://api.openai.com/v1/chat/completions', true],
    [OPENAI, 'HTTPS://API.OpenAI.com:443/v1/', true],
    [OPENAI, 'https://api.openai.com/v1/../v1/chat', true],
    [OPENAI, 'https://api.openai.com/%76%31/x', false],
    [OPENAI, 'https://api.openai.com/v10', false],
    [OPENAI, 'https://api.openai.com/v1/../admin', false],
    [OPENAI, 'https://api.openai.com/v1/%2e%2e/admin', false],
    [OPENAI, 'https://api.openai.com/v1/..%2fadmin', false],
    [OPENAI, 'https://api.openai.com/v1/..%5cadmin', false],
    [OPENAI, 'https://api.openai.com\\v1\\..\\admin', false],
    [OPENAI, 'http://api.openai.com/v1', false],
    [OPENAI, 'https://api.openai.com:8443/v1', false],
    [OPENAI, 'https://api.openai.com@evil.com/v1', false],
    [OPENAI, 'https://user:pw@api.openai.com/v1', false],
    [OPENAI, 'https://evil.com/https://api.openai.com/v1', false],
    [OPENAI, 'https://evil.com#api.openai.com/v1', false],
    [OPENAI, 'https://evil.com\\@api.openai.com/v1', false],
    [OPENAI, 'https://api.openai.com.evil.com/v1', false],
    [OPENAI, 'https://api.openai.com./v1', false],
    [OPENAI, 'https://аpi.openai.com/v1', false],
    [OPENAI, 'https://api%2eopenai.com/v1', true],
    [OPENAI, 'https://api。openai.com/v1', true],
    [OPENAI, 'ftp://api.openai.com/v1', false],
    [OPENAI, 'javascript://api.openai.com/v1', false],
    ['https://api.openai.com', 'https://api.openai.com/anything?x=1', true],
    ['https://*.internal/', 'https://a.internal/', true],
    ['https://*.internal/', 'https://internal/', false],
    ['https://*.internal/', 'https://a.b.internal/', false],
    ['https://*.internal/', 'https://a.internal.evil.com/', false],
    ['https://**.internal/', 'https://a.b.internal/', true],
    ['https://**.internal/', 'https://internal/', false],
    ['https://**.internal/', 'https://evilinternal/', false],
    ['https://**/', 'https://10.0.0.1/', true],
    ['https://api-*.example.com/', 'https://api-7.example.com/', true],
    ['https://api-*.example.com/', 'https://api-7.evil.com/.example.com/', false],
    ['https://*.123.example.com/', 'https://a.123.example.com/', true],
    ['http://127.0.0.1/', 'http://2130706433/', true],
    ['http://127.0.0.1/', 'http://0x7f.1/', true],
    ['http://*/', 'http://2130706433/', false],
    ['http://[::1]:8080/', 'http://[0:0:0:0:0:0:0:1]:8080/', true],
    ['http://[::1]/', 'http://[::ffff:127.0.0.1]/', false],
    ['http://host:80/', 'http://host/', true],
    ['http://host:*/', 'http://host:9999/', true],
    ['https://münchen.example/', 'https://xn--mnchen-3ya.example/', true],
    ['https://host/a/*/c', 'https://host/a/b/c/d', true],
    ['https://host/a/*/c', 'https://host/a/b/x/c', false],
    ['https://host/a', 'https://host//a', false],
    ['https://host/a/*', 'https://host/a//', false],
  ];
  for (const [pattern, url, expected] of table) {
    it(`${pattern} ${expected ? 'has' : 'has not'} ${url}`, () => assert.equal(matches(pattern, url), expected));
  }

  it('never match a URL of another host, port or scheme, however it is written', () => {
    const url = fc.webUrl({ withQueryParameters: true, withFragments: true });
    fc.assert(
      fc.property(url, fc.constantFrom('', 'api.openai.com@', 'api.openai.com:', 'x@', '%40', '\\'), (text, trick) => {
        const tricked = text.replace('://', `://${trick}`);
        if (!URL.canParse(tricked)) return;
        const actual = new URL(tricked);
        const allowed = matches(OPENAI, tricked);
        if (allowed) assert.equal(`${actual.origin}${actual.pathname}`.startsWith('https://api.openai.com/v1'), true);
        // And a pattern of the URL's own origin has it, unless it carries a user.
        if (actual.username === '' && actual.password === '' && !actual.hostname.includes('*')) {
          assert.equal(matches(actual.origin, tricked), true, tricked);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are refused where they can match nothing', () => {
    for (const bad of [
      'api.openai.com',
      'ftp://x/',
      'https:///',
      'https://user@host/',
      'https://host/?q',
      'https://a*b**.com/',
      'https://ex ample.com/',
      'https://host:99999/',
      'https://host:8x/',
      'https://host/a//b',
      'https://[::*]/',
      ' https://host/',
      'https://*.ex*mple..com/',
      'https://host/%2f',
      'https://*.0.0.1/',
    ]) {
      assert.ok('problem' in compileUrlPattern(bad), bad);
    }
    for (const bad of ['https://x', 'a/b', 'a@b', 'a:b', '']) assert.ok('problem' in compileHostPattern(bad), bad);
  });
});

describe('label selectors', () => {
  it('select as Kubernetes does', () => {
    const select = (selector: object, labels: Record<string, string>): boolean => {
      const compiled = compileSelector(selector);
      return 'test' in compiled && compiled.test(labels);
    };
    const expression = (operator: string, values?: string[]) => ({
      matchExpressions: [{ key: 'env', operator, ...(values === undefined ? {} : { values }) }],
    });
    assert.equal(select({}, {}), true);
    assert.equal(select({ matchLabels: { env: 'prod' } }, { env: 'prod' }), true);
    assert.equal(select({ matchLabels: { constructor: 'x' } }, {}), false);
    assert.equal(select(expression('NotIn', ['prod']), {}), true);
    assert.equal(select(expression('In', ['prod']), {}), false);
    assert.equal(select(expression('Exists'), { env: '' }), true);
    assert.equal(select(expression('DoesNotExist'), { env: '' }), false);
    assert.equal(select(expression('toString', ['x']), {}), false);
  });
});
