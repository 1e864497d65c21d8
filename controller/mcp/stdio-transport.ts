import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { sleep } from '../../kube/clock.ts';
import type { Clock } from '../../kube/types.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { messageOf } from '../tools/outcome.ts';
import { showValue } from '../tools/show-value.ts';
import { NotSentError } from './errors.ts';
import { LineSplitter, readAtRate, Tail } from './intake.ts';
import { CONNECTION_VARIABLE, killMarked, OWNER_VARIABLE, signalGroup } from './processes.ts';
import type { McpLimits, McpServerSpec } from './types.ts';
import type { Watchdog } from './watchdog.ts';

/** Bytes and messages that are read from a server in a tenth of a second; the rest waits in its pipe. */
const OUTPUT_RATE = { windowMs: 100, maxBytes: 4 * 1024 * 1024 };
const ERROR_OUTPUT_RATE = { windowMs: 100, maxBytes: 256 * 1024 };
/** What a message counts for at least, so that many small ones wait as few large ones do: 1,024 in a window. */
const MESSAGE_COST = 4096;
/** Bytes written to a server that it has not read; beyond, it counts as stuck. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** How long a process may take to end when its input has; SIGTERM comes after that. */
const END_OF_INPUT_GRACE_MS = 500;
const GROUP_POLL_MS = 10;
/** How long a dead process' last words may take to arrive: a child of it may hold the pipe open for ever. */
const LAST_WORDS_MS = 200;

export interface StdioTransportOptions {
  readonly spec: McpServerSpec;
  /** Unique to the pool, and unique to the connection within it. */
  readonly owner: string;
  readonly connectionId: string;
  readonly limits: Pick<McpLimits, 'maxMessageBytes' | 'maxRubbishLines'>;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly termGraceMs: number;
  readonly watchdog: Watchdog;
  readonly clock: Clock;
}

/**
 * Messages over the standard streams of a process of its own group. The SDK's own transport shares this process'
 * group, knows no limit of rate, and leaves grandchildren behind.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #options: StdioTransportOptions;
  readonly #lines: LineSplitter;
  readonly #errorTail = new Tail(4096, 20);
  #child: ChildProcessWithoutNullStreams | undefined;
  #stopReading: (() => void)[] = [];
  #reading = true;
  #rubbishLines = 0;
  #firstRubbish = '';
  /** Why the connection is over, once it is. */
  #ended: string | undefined;
  /** Until the process' last words are read. */
  #said: Promise<void> | undefined;
  #gone: Promise<void> | undefined;
  #exited: Promise<void> | undefined;

  constructor(options: StdioTransportOptions) {
    this.#options = options;
    this.#lines = new LineSplitter(options.limits.maxMessageBytes);
  }

  async start(): Promise<void> {
    const { spec, owner, connectionId, watchdog } = this.#options;
    const command = spec.command ?? '';
    const env = childEnvironment(process.env);
    for (const { name, value } of spec.env ?? []) env[name] = value;
    env[OWNER_VARIABLE] = owner;
    env[CONNECTION_VARIABLE] = connectionId;

    watchdog.start();
    const child = spawn(command, spec.args ?? [], { detached: true, stdio: 'pipe', env });
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) watchdog.watch(pid);
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    child.on('exit', (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      this.#end(`the process ${how}`, LAST_WORDS_MS);
    });
    child.stdin.on('error', (error) => this.onerror?.(error));
    child.stdout.on('error', (error) => this.onerror?.(error));
    child.stderr.on('error', (error) => this.onerror?.(error));
    this.#stopReading = [
      readAtRate(child.stdout, OUTPUT_RATE, this.#options.clock, (chunk) => this.#read(chunk)),
      readAtRate(child.stderr, ERROR_OUTPUT_RATE, this.#options.clock, (chunk) => {
        this.#errorTail.push(chunk);
        return undefined;
      }),
    ];
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        const reason = startError(command, error);
        this.#end(reason, 0);
        reject(new Error(reason));
      });
    });
  }

  /** Resolves when the process' pipe has taken the message; rejects with `NotSentError` when it never did. */
  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (stdin === undefined || this.#ended !== undefined || !stdin.writable) {
      return Promise.reject(new NotSentError(this.#ended ?? 'the process is not running'));
    }
    if (stdin.writableLength > MAX_UNREAD_BYTES) {
      this.#end('the process does not read its input', 0);
      return Promise.reject(new NotSentError('the process does not read its input'));
    }
    return new Promise((resolve, reject) => {
      stdin.write(`${JSON.stringify(message)}\n`, (error) => {
        // A line without its end was never a message.
        if (error) void this.#broken(error).then(reject);
        else resolve();
      });
    });
  }

  /** Why a message was not taken. A process that ends breaks its pipe before it is known to have ended, and its end says more. */
  async #broken(error: Error): Promise<NotSentError> {
    const exited = new AbortController();
    void this.#exited?.then(() => exited.abort());
    await sleep(this.#options.clock, LAST_WORDS_MS, exited.signal);
    this.#end(`the process closed its standard input (${messageOf(error)})`, LAST_WORDS_MS);
    await this.#said;
    return new NotSentError(this.#ended ?? messageOf(error));
  }

  /** Why the connection is over, and what the process said last; undefined while it stands. Not redacted. */
  epitaph(): string | undefined {
    return this.#ended === undefined ? undefined : `${this.#ended}${this.lastWords()}`;
  }

  /** What the process wrote to stderr last, and what it wrote to stdout that is no message, for an error's end. */
  lastWords(): string {
    const rubbish =
      this.#rubbishLines === 0
        ? ''
        : `; it wrote ${this.#rubbishLines} line(s) to stdout that are no messages of MCP (logs belong on stderr), the first: ${this.#firstRubbish}`;
    const tail = this.#errorTail.toString();
    return `${rubbish}${tail === '' ? '' : `; stderr: ${tail}`}`;
  }

  /** Ends the process and all that it started. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#end('the connection was closed', 0);
    await this.#gone;
  }

  /** What is read counts by bytes and by messages. */
  #read(chunk: Buffer): number {
    const { lines, overflow } = this.#lines.push(chunk);
    for (const line of lines) {
      if (!this.#reading) break;
      if (line.trim() !== '') this.#receive(line);
    }
    if (overflow) {
      this.#end(`it wrote a line of more than ${this.#options.limits.maxMessageBytes} bytes to stdout`, 0);
    }
    return chunk.length + lines.length * MESSAGE_COST;
  }

  #receive(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = JSONRPCMessageSchema.parse(JSON.parse(line));
    } catch {
      this.#rubbishLines += 1;
      if (this.#rubbishLines === 1) this.#firstRubbish = showValue(line, 200);
      if (this.#rubbishLines > this.#options.limits.maxRubbishLines) {
        this.#end('what it writes to stdout is not MCP', 0);
      }
      return;
    }
    // One that logs to stdout now and then is sloppy; one that does nothing else is no server.
    this.#rubbishLines = 0;
    // The SDK handles notices a microtask after they came, and answers at once: progress that came in one piece with the
    // answer would be overtaken by it, and lost.
    if ('method' in message) this.onmessage?.(message);
    else queueMicrotask(() => this.onmessage?.(message));
  }

  /** Once: the connection is over. What the process still has to say is waited for, for `lastWordsMs`. */
  #end(reason: string, lastWordsMs: number): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#said = this.#listen(lastWordsMs);
    this.#gone = this.#said.then(() => this.#dispose());
  }

  async #listen(ms: number): Promise<void> {
    const child = this.#child;
    if (child === undefined || ms === 0) return;
    const closed = new AbortController();
    child.once('close', () => closed.abort());
    await sleep(this.#options.clock, ms, closed.signal);
  }

  async #dispose(): Promise<void> {
    const child = this.#child;
    const { connectionId, watchdog } = this.#options;
    this.#reading = false;
    for (const stop of this.#stopReading) stop();
    // Pipes that nobody reads would block what the process has to do before it ends.
    child?.stdout.resume();
    child?.stderr.resume();
    this.onclose?.();
    if (child?.pid === undefined) return;
    await this.#endProcess(child, child.pid);
    // What left the group is found by its mark.
    await killMarked(CONNECTION_VARIABLE, connectionId);
    watchdog.forget(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }

  async #endProcess(child: ChildProcessWithoutNullStreams, groupId: number): Promise<void> {
    child.stdin.end();
    await this.#groupGone(groupId, END_OF_INPUT_GRACE_MS);
    // The group may outlive its first process, as npx's does.
    if (signalGroup(groupId, 'SIGTERM')) await this.#groupGone(groupId, this.#options.termGraceMs);
    signalGroup(groupId, 'SIGKILL');
    await this.#exited;
  }

  /** Waits for the group to end, for `ms` at most. The system tells nobody, so it is asked again and again. */
  async #groupGone(groupId: number, ms: number): Promise<void> {
    const { clock } = this.#options;
    const end = clock.monotonic() + ms;
    while (clock.monotonic() < end && signalGroup(groupId, 0)) await sleep(clock, GROUP_POLL_MS);
  }
}

function startError(command: string, error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `command ${showValue(command)} was not found on this machine's PATH`;
  if (code === 'EACCES') return `command ${showValue(command)} may not be executed (EACCES)`;
  return `command ${showValue(command)} could not be started: ${messageOf(error)}`;
}
