import type { Message, Task } from '../../api/index.ts';

/** Up to how many bytes of JSON the conversation stays whole in the TaskRun; then older messages move into pages. */
export const WINDOW_BYTES = 65_536;
/** How large a page may get; a single longer message gets a page of its own. */
export const PAGE_BYTES = 524_288;

/** The first messages of a run: the agent's prompt, what happened before (if the Task tells), the user's message. */
export function firstMessages(system: string, task: Task): Message[] {
  const { goal, everythingThatHappenedSoFar: soFar, message } = task.spec;
  const background = [
    ...(goal === undefined || goal === '' ? [] : [`Goal: ${goal}`]),
    ...(soFar === undefined || soFar.length === 0
      ? []
      : [`Everything that happened so far:\n${soFar.map((event) => `- ${event}`).join('\n')}`]),
  ];
  return [
    { role: 'system', content: system },
    ...(background.length === 0 ? [] : [{ role: 'user' as const, content: background.join('\n\n') }]),
    { role: 'user', content: message },
  ];
}

/** The beginning of a message on one line: 50 characters at most, cut between characters. */
export function preview(message: string): string {
  const line = [...message.replace(/\s+/g, ' ').trim().slice(0, 400)];
  return line.length <= 50 ? line.join('') : `${line.slice(0, 47).join('')}...`;
}

/** Bytes of a message as JSON, near enough: what it costs in etcd. */
export function messageBytes(message: Message): number {
  let bytes = 40 + Buffer.byteLength(message.content);
  for (const call of message.toolCalls ?? []) {
    bytes += 80 + call.id.length + call.function.name.length + Buffer.byteLength(call.function.arguments);
  }
  return bytes + (message.toolCallId?.length ?? 0);
}

export const windowBytes = (messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + messageBytes(message), 0);

export interface Paging {
  /** Messages that leave, page by page, oldest first. Empty when all stay. */
  readonly pages: Message[][];
  /** How many messages of the present window leave. */
  readonly removed: number;
  /** The new messages that go into the window. */
  readonly appended: Message[];
}

/**
 * Where the messages go when `added` come to `window`: all into the window while that stays within `limit` bytes, else the
 * older ones into pages, so that half the limit is free again. The last message always stays: what follows reads it.
 */
export function paginate(window: readonly Message[], added: readonly Message[], limit = WINDOW_BYTES): Paging {
  const all = [...window, ...added];
  let total = windowBytes(all);
  if (total <= limit) return { pages: [], removed: 0, appended: [...added] };

  const pages: Message[][] = [];
  let page: Message[] = [];
  let pageBytes = 0;
  let leaving = 0;
  while (leaving < all.length - 1 && total > limit / 2) {
    const message = all[leaving];
    if (message === undefined) break;
    const bytes = messageBytes(message);
    if (page.length > 0 && pageBytes + bytes > PAGE_BYTES) {
      pages.push(page);
      page = [];
      pageBytes = 0;
    }
    page.push(message);
    pageBytes += bytes;
    total -= bytes;
    leaving += 1;
  }
  if (page.length > 0) pages.push(page);
  return {
    pages,
    removed: Math.min(leaving, window.length),
    appended: added.slice(Math.max(0, leaving - window.length)),
  };
}
