import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../../cli/exit.ts';
import { startSmallServer } from '../../cli/healthServer.ts';
import { createLogger } from '../../cli/logging.ts';
import { parseCount, parseDuration, parseName, parseNamespace, parsePort } from '../../cli/options.ts';
import { shellQuote, shownPath } from '../../cli/paths.ts';
import { programName } from '../../cli/programName.ts';
import { didYouMean, nearNames } from '../../cli/runs/near.ts';
import { listenForShutdown } from '../../cli/signals.ts';
import { openDataDir } from '../../cli/up/dataDir.ts';
import { startOnPort } from '../../cli/up/ports.ts';
import { ROOT } from './support/kubechain.ts';

describe('options', () => {
  it('take what makes sense', () => {
    assert.deepEqual(['0', '8080', '65535'].map(parsePort), [0, 8080, 65535]);
    assert.deepEqual(
      ['90', '500ms', '90s', '5m', '1h30m'].map(parseDuration),
      [90_000, 500, 90_000, 300_000, 5_400_000],
    );
    assert.equal(parseCount('12'), 12);
    assert.equal(parseName('a.b-c'), 'a.b-c');
    assert.equal(parseNamespace('team-a'), 'team-a');
  });

  it('refuse what does not, and say the rule', () => {
    const refused: [(text: string) => unknown, string[]][] = [
      [parsePort, ['65536', '-1', '80a', '', '1e3', ' 80']],
      [parseDuration, ['', '5 m', '-5s', '1d', 'soon']],
      [parseCount, ['0', '-1', '1.5', '']],
      [parseName, ['', 'A', '../x', 'x'.repeat(254), '-a', 'a/b']],
      [parseNamespace, ['', 'a.b', 'x'.repeat(64), 'Team']],
    ];
    for (const [parse, texts] of refused) {
      for (const text of texts) assert.throws(() => parse(text), InvalidArgumentError, `${parse.name} ${text}`);
    }
  });
});

describe('suggestions', () => {
  it('are names that were likely meant, the nearest first', () => {
    const names = ['my-assistant', 'your-assistant', 'poet', 'my-assistant-2'];
    assert.deepEqual(nearNames('my-asistant', names), ['my-assistant', 'my-assistant-2']);
    assert.equal(didYouMean('peot', names), '; did you mean poet?');
    assert.equal(didYouMean('zebra', names), '');
  });
});

describe('signals', () => {
  it('shut down in order at the first, by force at a later one; one that is passed on twice counts once', () => {
    const source = new EventEmitter();
    const forced: number[] = [];
    let now = 0;
    const shutdown = listenForShutdown({ source, force: (code) => forced.push(code), now: () => now });
    source.emit('SIGINT');
    assert.equal(shutdown.signal.aborted, true);
    assert.equal(shutdown.signal.reason, 'SIGINT');
    now = 50;
    source.emit('SIGINT');
    assert.deepEqual(forced, [], 'the terminal and npm both pass Ctrl-C on');
    now = 1000;
    source.emit('SIGTERM');
    assert.deepEqual(forced, [143]);
    shutdown.dispose();
    assert.equal(source.listenerCount('SIGINT'), 0);
  });
});

describe('paths in hints', () => {
  it('are as short as they can be and safe to paste', () => {
    assert.equal(shownPath('/home/me/project/.kubechain', '/home/me/project'), '.kubechain');
    assert.equal(shownPath('/elsewhere/x', '/home/me'), '/elsewhere/x');
    assert.equal(shellQuote("it's $HOME; rm"), "'it'\\''s $HOME; rm'");
  });
});

describe('the program’s name in hints', () => {
  const bin = join(ROOT, 'bin', 'kubechain');
  it('is what the user has to type, there where the user is', () => {
    // Made here: a folder that is surely not above the checkout.
    const elsewhere = mkdtempSync(join(tmpdir(), 'kubechain-elsewhere-'));
    assert.equal(programName({ KUBECHAIN_STARTED_AS: bin }, ROOT), './bin/kubechain');
    assert.equal(programName({ KUBECHAIN_STARTED_AS: '/usr/local/bin/kubectl-kubechain' }, ROOT), 'kubectl kubechain');
    assert.equal(programName({ KUBECHAIN_STARTED_AS: bin, PATH: join(ROOT, 'bin') }, elsewhere), 'kubechain');
    assert.equal(programName({ KUBECHAIN_STARTED_AS: bin, PATH: '' }, elsewhere), bin);
    assert.equal(
      programName({ KUBECHAIN_STARTED_AS: '/p/node_modules/.bin/kubechain' }, '/p'),
      'node_modules/.bin/kubechain',
    );
    rmSync(elsewhere, { recursive: true });
  });
});

describe('logs', () => {
  it('are JSON lines, or lines for people in which nothing moves the cursor', () => {
    const write = (format: 'json' | 'pretty'): string => {
      let text = '';
      const logger = createLogger({ logFormat: format, logLevel: 'info' }, { write: (part) => (text += part) });
      logger.info({ tool: 'x\u001b[2J' }, 'called \u009b1A');
      logger.debug({}, 'not shown');
      return text;
    };
    const record = JSON.parse(write('json'));
    assert.equal(record.level, 'info');
    assert.equal(record.msg, 'called \u009b1A');
    assert.match(record.time, /^\d{4}-\d\d-\d\dT/);
    const pretty = write('pretty');
    assert.match(pretty, /INFO.*called \\u009b1A/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    assert.doesNotMatch(pretty, /[\u001b\u009b]/);
    assert.equal(pretty.trimEnd().split('\n').length, 1);
  });
});

describe('the folder of `up`', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held by one process alone, and keeps its ports', () => {
    const path = join(folder, 'data');
    const first = openDataDir(path);
    first.save({ apiPort: 20_001 });
    first.save({ modelPort: 20_002 });
    assert.throws(
      () => openDataDir(path),
      (error) =>
        error instanceof CliError && error.message.includes(`in use by another kubechain (process ${process.pid})`),
    );
    first.release();
    const second = openDataDir(path);
    assert.deepEqual(second.saved, { apiPort: 20_001, modelPort: 20_002, webhooks: false });
    second.release();
  });

  it('is for its owner only', () => {
    const path = join(folder, 'data');
    mkdirSync(path, { mode: 0o755 });
    openDataDir(path).release();
    assert.equal(statSync(path).mode & 0o777, 0o700);
  });

  it('starts afresh where the saved state is damaged', () => {
    const path = join(folder, 'data');
    mkdirSync(path);
    for (const damaged of ['{"apiPort":"x","modelPort":-1}', 'rubbish', '[]', '{"apiPort":99999}']) {
      writeFileSync(join(path, 'state.json'), damaged);
      const data = openDataDir(path);
      assert.deepEqual(data.saved, { apiPort: undefined, modelPort: undefined, webhooks: false }, damaged);
      data.release();
    }
  });

  it('says what is wrong where there can be none', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.throws(() => openDataDir(join(file, 'data')), /--data .*file.data/);
  });
});

describe('ports', () => {
  const taken = (): Error => Object.assign(new Error('in use'), { code: 'EADDRINUSE' });

  it('are those of last time, or others that are free', async () => {
    const start = async (port: number): Promise<number> => port;
    assert.deepEqual(await startOnPort(start, { wanted: undefined, saved: 23_456, option: '--port' }), {
      server: 23_456,
      moved: false,
    });
    const busy = async (port: number): Promise<number> => {
      if (port === 23_456) throw taken();
      return port;
    };
    const { server, moved } = await startOnPort(busy, { wanted: undefined, saved: 23_456, option: '--port' });
    assert.ok(moved && server >= 20_000 && server < 30_000);
  });

  it('that were asked for are those or an error that says what to do', async () => {
    const busy = async (): Promise<never> => {
      throw taken();
    };
    await assert.rejects(
      startOnPort(busy, { wanted: 6443, saved: undefined, option: '--port' }),
      /port 6443 is taken.*--port/,
    );
    const broken = async (): Promise<never> => {
      throw new Error('disk full');
    };
    await assert.rejects(startOnPort(broken, { wanted: undefined, saved: 1, option: '--port' }), /disk full/);
  });
});

describe('the server for probes', () => {
  it('answers its paths, names them elsewhere, refuses a port that is taken', async () => {
    const routes = new Map([
      ['/healthz', () => ({ status: 200, text: 'ok\n' })],
      [
        '/broken',
        () => {
          throw new Error('no');
        },
      ],
    ]);
    const server = await startSmallServer({ host: '127.0.0.1', port: 0, option: '--health-port', routes });
    try {
      const get = async (path: string, method = 'GET') => {
        const answer = await fetch(server.url + path, { method });
        return `${answer.status} ${(await answer.text()).trim()}`;
      };
      assert.equal(await get('/healthz?verbose'), '200 ok');
      assert.equal(await get('/healthz', 'POST'), '405 only GET and HEAD');
      assert.match(await get('/nope'), /^404 .*\/healthz/);
      assert.equal(await get('/broken'), '500 no');
      const { port } = new URL(server.url);
      await assert.rejects(
        startSmallServer({ host: '127.0.0.1', port: Number(port), option: '--health-port', routes }),
        new RegExp(`--health-port ${port}: port ${port} is taken`),
      );
    } finally {
      await server.close();
    }
    await assert.doesNotReject(
      new Promise<void>((resolve, reject) => {
        const again = createServer().once('error', reject);
        again.listen(Number(new URL(server.url).port), '127.0.0.1', () => again.close(() => resolve()));
      }),
      'the port is free after close',
    );
  });
});
