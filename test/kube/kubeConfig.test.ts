import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeError, loadKubeConfig, parseKubeConfig } from '../../kube/index.ts';

function file(name: string, more: { current?: boolean; token?: string } = {}): string {
  return `
apiVersion: v1
kind: Config
${more.current === false ? '' : `current-context: ${name}`}
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: ns-${name}}}]
clusters: [{name: ${name}, cluster: {server: "https://${name}.example:6443/", certificate-authority: pki/ca.crt}}]
users: [{name: ${name}, user: {token: ${more.token ?? name}, client-certificate: /abs/cert, client-key: key.pem}}]
`;
}

describe('the kubeconfig', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };

  it('is the file that is named; paths in it count from it', () => {
    const config = loadKubeConfig({ path: write('a', file('one')), env: { KUBECONFIG: '/nowhere' } });
    assert.equal(config.cluster.server, 'https://one.example:6443');
    assert.equal(config.cluster.caFile, join(directory, 'pki/ca.crt'));
    assert.deepEqual(
      [config.user.certFile, config.user.keyFile, config.user.token],
      ['/abs/cert', join(directory, 'key.pem'), 'one'],
    );
    assert.deepEqual([config.context, config.namespace], ['one', 'ns-one']);
  });

  it('is what KUBECONFIG names: of several files the first to name a thing wins, missing ones are passed over', () => {
    const first = write('a', file('one', { current: false, token: 'first' }));
    const second = write('b', file('two'));
    const third = write('c', file('one', { token: 'third' }));
    const env = { KUBECONFIG: [join(directory, 'missing'), first, second, third].join(':') };
    assert.equal(loadKubeConfig({ env }).context, 'two');
    assert.equal(loadKubeConfig({ env, context: 'one' }).user.token, 'first');
  });

  it('is the service account in a Pod, before ~/.kube/config', () => {
    mkdirSync(join(directory, '.kube'));
    write('.kube/config', file('home'));
    write('token', 't');
    write('namespace', 'pod-ns\n');
    const pod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443', HOME: directory };
    const config = loadKubeConfig({ env: pod, serviceAccountRoot: directory });
    assert.deepEqual(
      [config.context, config.cluster.server, config.namespace],
      ['in-cluster', 'https://[fd00::1]:443', 'pod-ns'],
    );
    assert.deepEqual(
      [config.user.tokenFile, config.cluster.caFile],
      [join(directory, 'token'), join(directory, 'ca.crt')],
    );
    assert.equal(loadKubeConfig({ env: { HOME: directory }, serviceAccountRoot: directory }).context, 'home');
  });

  it('that is nowhere says what was looked for', () => {
    assert.throws(() => loadKubeConfig({ env: { HOME: directory }, serviceAccountRoot: directory }), {
      code: 'BadRequest',
      message: /KUBECONFIG is not set.*\.kube\/config.*no Pod.*--kubeconfig/,
    });
  });

  const bad: [string, string, RegExp][] = [
    ['empty', '', /empty/],
    ['no YAML', '{a: [', /not valid YAML/],
    ['a list', '- a', /not a mapping/],
    ['without a current context', 'contexts: []', /current-context is not set/],
    [
      'with a context that is not there',
      'current-context: x\ncontexts: [{name: a, context: {}}]',
      /no context "x"; it has: a/,
    ],
    [
      'with a cluster that is not there',
      'current-context: a\ncontexts: [{name: a, context: {cluster: c}}]',
      /names cluster "c", which is not there/,
    ],
    [
      'with a user that is not there',
      'current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: "https://x"}}]',
      /names user "u"/,
    ],
    [
      'with a server that is no URL',
      'clusters: [{name: c, cluster: {server: "localhost:80"}}]',
      /clusters\[c\]\.cluster\.server "localhost:80" must be/,
    ],
    ['with clusters that are no list', 'clusters: {a: b}', /clusters must be a list/],
    ['with a cluster without a name', 'clusters: [{cluster: {}}]', /clusters\[0\]\.name is missing/],
    ['with a user that is a text', 'users: [{name: u, user: secret-canary}]', /users\[0\]\.user must be a mapping/],
  ];
  for (const [what, text, message] of bad) {
    it(`${what} is refused with the reason, and nothing of it is quoted`, () => {
      assert.throws(
        () => parseKubeConfig(`${text}\n# secret-canary`),
        (error) => {
          assert(error instanceof KubeError);
          assert.match(error.message, message);
          assert(!error.message.includes('canary'));
          return true;
        },
      );
    });
  }

  it('that cannot be read says so', () => {
    assert.throws(() => loadKubeConfig({ path: join(directory, 'missing') }), {
      code: 'BadRequest',
      message: /missing: cannot be read: ENOENT/,
    });
  });
});
