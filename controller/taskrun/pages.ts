import type { ContextPage, Message, TaskRun } from '../../api/index.ts';
import { API_VERSION, contextPages, LABELS } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { childName, controllerRef, isAlreadyExists, keyOf, labelValue, TerminalError } from '../../kube/index.ts';
import { digest, inNamespaceOf, nameOf, uidOf } from '../keys.ts';
import { windowBytes } from './window.ts';

export interface Pages {
  /** Writes the pages that follow the ones the run has; returns what the run's status is to list. */
  write(run: TaskRun, pages: readonly Message[][], signal: AbortSignal): Promise<{ name: string; messages: number }[]>;
  /** All messages in the run's pages, oldest first. */
  read(run: TaskRun, signal: AbortSignal): Promise<Message[]>;
}

/** The run whose pages these are, as their name: the same page gets the same name after a crash. */
const pageName = (run: TaskRun, index: number) => childName(nameOf(run), `page-${String(index).padStart(3, '0')}`);

/** Pages of runs in memory, so that a turn does not read them all again. `maxBytes` is roughly how many are kept. */
export function createPages(client: KubeClient, maxBytes: number): Pages {
  const known = new Map<string, { readonly messages: Message[]; readonly bytes: number }>();
  let bytes = 0;

  function remember(key: string, messages: Message[]): void {
    if (known.has(key)) return;
    const entry = { messages, bytes: windowBytes(messages) };
    known.set(key, entry);
    bytes += entry.bytes;
    for (const [oldest, { bytes: size }] of known) {
      if (bytes <= maxBytes) break;
      known.delete(oldest);
      bytes -= size;
    }
  }

  return {
    async write(run, pages, signal) {
      const before = run.status?.contextPages ?? [];
      let firstMessage = before.reduce((sum, page) => sum + page.messages, 0);
      const written: { name: string; messages: number }[] = [];
      for (const messages of pages) {
        const index = before.length + written.length + 1;
        const page: ContextPage = {
          apiVersion: API_VERSION,
          kind: 'ContextPage',
          metadata: {
            ...inNamespaceOf(run, pageName(run, index)),
            labels: { [LABELS.taskRun]: labelValue(nameOf(run)) },
            ownerReferences: [controllerRef(run)],
          },
          spec: { taskRunRef: { name: nameOf(run) }, index, firstMessage, messages },
        };
        await createOnce(client, page, signal);
        remember(`${uidOf(run)}/${index}`, messages);
        written.push({ name: nameOf(page), messages: messages.length });
        firstMessage += messages.length;
      }
      return written;
    },

    async read(run, signal) {
      const all: Message[] = [];
      for (const [position, { name }] of (run.status?.contextPages ?? []).entries()) {
        const key = `${uidOf(run)}/${position + 1}`;
        let messages = known.get(key)?.messages;
        if (messages === undefined) {
          const page = await client.get(contextPages, inNamespaceOf(run, name), { signal });
          messages = page.spec.messages;
          remember(key, messages);
        }
        all.push(...messages);
      }
      return all;
    },
  };
}

/** After a crash the page may be there already. It is the same then, or it is not ours. */
async function createOnce(client: KubeClient, page: ContextPage, signal: AbortSignal): Promise<void> {
  try {
    await client.create(contextPages, page, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const present = await client.get(contextPages, inNamespaceOf(page, nameOf(page)), { signal });
    const owner = present.metadata.ownerReferences?.[0]?.uid;
    if (owner !== page.metadata.ownerReferences?.[0]?.uid || digest(present.spec) !== digest(page.spec)) {
      throw new TerminalError(`ContextPage ${keyOf(page)} exists and is not this run's page: delete it`);
    }
  }
}
