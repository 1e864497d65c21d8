import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../kube/index.ts';
import { followCertificateFiles } from '../../webhooks/certificates/files.ts';
import { type Authority, ROTATION_TIMES, rotate } from '../../webhooks/certificates/rotation.ts';
import { checkPair, createAuthority, issueServingCertificate } from '../../webhooks/certificates/x509.ts';
import { createApp } from '../../webhooks/server/app.ts';
import { type KeyPair, listen } from '../../webhooks/server/listener.ts';
import { createRecordingLogger } from '../support/logger.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOSTS = ['kubechain-webhook.kubechain-system.svc', '127.0.0.1', '::1', 'fd00::1:2'];
const hourly = () => ({ notBefore: Date.now() - 1000, notAfter: Date.now() + HOUR });

describe('certificates of our own', () => {
  it('are what TLS clients ask for', () => {
    const authority = createAuthority('test', hourly());
    const leaf = checkPair(issueServingCertificate(authority, HOSTS, hourly()));
    const ca = new X509Certificate(authority.cert);
    assert.ok(ca.ca && !leaf.ca);
    assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
    assert.ok(leaf.checkHost(HOSTS[0] as string));
    for (const address of HOSTS.slice(1)) assert.ok(leaf.checkIP(address), address);
    assert.equal(leaf.checkIP('127.0.0.2'), undefined);
  });

  it('are refused where key and certificate do not belong together', () => {
    const [a, b] = [createAuthority('a', hourly()), createAuthority('b', hourly())];
    assert.throws(() => checkPair({ cert: a.cert, key: b.key }), /the key does not belong/);
    assert.throws(() => checkPair({ cert: a.cert.slice(0, 90), key: a.key }), /no PEM certificate/);
    assert.throws(
      () => checkPair({ cert: a.cert, key: 'secret' }),
      (error: Error) => !error.message.includes('secret'),
    );
  });

  describe('in time', () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    const store = (stored: Authority | undefined, now: number, hosts: readonly string[] = HOSTS): Authority => {
      const rotation = rotate(stored, hosts, now);
      assert.equal(rotation.kind, 'store');
      return rotation.authority;
    };
    const kept = (stored: Authority, now: number, hosts: readonly string[] = HOSTS): number => {
      const rotation = rotate(stored, hosts, now);
      assert.ok(rotation.kind === 'keep', rotation.kind === 'store' ? rotation.why : '');
      assert.ok(rotation.until > now, 'there is time until the next look');
      return rotation.until;
    };
    const authorities = ({ bundle }: Authority): number => bundle.split('BEGIN CERTIFICATE').length - 1;

    it('are kept for two thirds of their time, then renewed', () => {
      const first = store(undefined, start);
      const settled = start + ROTATION_TIMES.overlap;
      const until = kept(first, settled);
      assert.ok(Math.abs(until - start - (ROTATION_TIMES.serving * 2) / 3) < 1000);
      const second = store(first, until + 1000);
      assert.equal(second.bundle, first.bundle);
      assert.notEqual(second.serving.cert, first.serving.cert);
    });

    it('get a new authority long before the old one ends, which signs nothing before all know it', () => {
      const first = store(undefined, start);
      const late = start + 300 * DAY;
      const both = store(first, late);
      assert.equal(authorities(both), 2);
      assert.ok(both.bundle.endsWith(first.bundle), 'the old one still counts');
      assert.equal(both.serving.cert, first.serving.cert);
      // The old serving certificate ended long ago: it is replaced at once all the same.
      const inTime = {
        ...both,
        serving: issueServingCertificate({ cert: first.bundle, key: first.key }, HOSTS, {
          notBefore: late,
          notAfter: late + 14 * DAY,
        }),
      };
      const until = kept(inTime, late + 1000);
      assert.ok(until - late <= ROTATION_TIMES.overlap + 1000);
      const third = store(inTime, until + 1000);
      const signer = new X509Certificate(third.bundle);
      assert.ok(new X509Certificate(third.serving.cert).verify(signer.publicKey), 'the new authority signs now');
    });

    it('are made anew where what is stored is of no use', () => {
      const good = store(undefined, start);
      for (const broken of [
        { ...good, key: '' },
        { ...good, bundle: 'x' },
        { ...good, serving: { cert: good.serving.cert, key: good.key } },
      ]) {
        store(broken, start);
      }
      store(good, start + 366 * DAY);
      store(good, start + ROTATION_TIMES.overlap, [...HOSTS, 'another.svc']);
    });
  });
});

describe('mounted certificates', () => {
  it('are read again when they change; of a half-written pair the last good one is kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const authority = createAuthority('test', hourly());
    const pair = (): KeyPair => issueServingCertificate(authority, ['127.0.0.1'], hourly());
    const write = ({ cert, key }: KeyPair) => Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    const pairs: KeyPair[] = [];
    const refusals: string[] = [];
    let happened = Promise.withResolvers<void>();
    const next = async (): Promise<void> => {
      await happened.promise;
      happened = Promise.withResolvers();
    };
    const [first, second] = [pair(), pair()];
    await write(first);
    const stop = new AbortController();
    const following = followCertificateFiles(
      {
        certFile,
        keyFile,
        clock: systemClock,
        logger: createRecordingLogger(),
        pollMs: 20,
        onPair(read) {
          pairs.push(read);
          happened.resolve();
        },
        onRefused(why) {
          refusals.push(why);
          happened.resolve();
        },
      },
      stop.signal,
    );
    await next();
    assert.deepEqual(pairs, [first]);
    await writeFile(certFile, second.cert);
    await next();
    assert.match(refusals[0] ?? '', /the key does not belong to the certificate/);
    assert.equal(pairs.length, 1);
    await writeFile(keyFile, second.key);
    while (pairs.length < 2) await next();
    assert.deepEqual(pairs.at(-1), second);
    stop.abort();
    await following;
    await rm(folder, { recursive: true });
  });
});

describe('the server', () => {
  const post = (port: number, ca: string, agent: Agent, path = '/validate', body = '{}') =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = httpsRequest({ port, host: '127.0.0.1', method: 'POST', path, ca, agent }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      request.on('error', reject);
      request.end(body);
    });
  const app = () => {
    const ok = async (_request: unknown, response: { end(text: string): void }) => void response.end('ok');
    return createApp({ mutate: ok as never, validate: ok as never });
  };

  it('changes its certificate each 100 ms under load without a failed handshake', async function () {
    this.timeout(30_000);
    const authority = createAuthority('test', hourly());
    const pair = () => issueServingCertificate(authority, ['127.0.0.1'], hourly());
    const listener = await listen({ host: '127.0.0.1', port: 0, pair: pair(), handler: app(), clock: systemClock });
    const fresh = new Agent({ keepAlive: false, maxCachedSessions: 0 });
    const reused = new Agent({ keepAlive: true });
    let rotations = 0;
    let answered = 0;
    const rotating = (async () => {
      while (rotations < 10) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        listener.setCertificate(pair());
        rotations++;
      }
    })();
    const load = async (agent: Agent) => {
      while (rotations < 10 || answered < 20) {
        const { status } = await post(listener.port, authority.cert, agent);
        assert.equal(status, 200);
        answered++;
      }
    };
    await Promise.all([rotating, load(fresh), load(fresh), load(reused)]);
    reused.destroy();
    await listener.close(1000);
  });

  it('refuses a broken certificate and goes on with the old one', async () => {
    const authority = createAuthority('test', hourly());
    const pair = issueServingCertificate(authority, ['127.0.0.1'], hourly());
    const listener = await listen({ host: '127.0.0.1', port: 0, pair, handler: app(), clock: systemClock });
    assert.throws(() => listener.setCertificate({ cert: pair.cert, key: authority.key }));
    const agent = new Agent({ keepAlive: false });
    assert.equal((await post(listener.port, authority.cert, agent)).status, 200);
    await listener.close(1000);
  });

  it('says what there is, and lets answers under way go out before it ends', async () => {
    const authority = createAuthority('test', hourly());
    const pair = issueServingCertificate(authority, ['127.0.0.1'], hourly());
    const arrived = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const slow = async (_request: unknown, response: { end(text: string): void }) => {
      arrived.resolve();
      await gate.promise;
      response.end('late');
    };
    const handler = createApp({ mutate: slow as never, validate: slow as never });
    const listener = await listen({ host: '127.0.0.1', port: 0, pair, handler, clock: systemClock });
    const agent = new Agent({ keepAlive: true });
    const lost = await post(listener.port, authority.cert, agent, '/nothing');
    assert.deepEqual(lost, { status: 404, text: 'not found; there are: /mutate /validate\n' });
    const answering = post(listener.port, authority.cert, agent, '/mutate');
    await arrived.promise;
    const closing = listener.close(10_000);
    gate.resolve();
    assert.deepEqual(await answering, { status: 200, text: 'late' });
    await closing;
    agent.destroy();
    await assert.rejects(post(listener.port, authority.cert, new Agent()), /ECONNREFUSED/);
  });
});
