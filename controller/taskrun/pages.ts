import type { ContextPage, Message, TaskRun } from '../../api/index.ts';
import { API_VERSION, contextPages, LABELS } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { childName, controllerOf, controllerRef, isAlreadyExists, labelValue } from '../../kube/index.ts';
import { childAnnotations } from '../childAnnotations.ts';
import { digest, inNamespaceOf, nameOf, uidOf } from '../keys.ts';
import { nameTaken } from './nameTaken.ts';
import { windowBytes } from './window.ts';

export interface Pages {
  /** Writes the pages that follow the ones the run has; returns what the run's status is to list. */
  write(run: TaskRun, pages: readonly Message[][], signal: AbortSignal): Promise<{ name: string; messages: number }[]>;
  /** All messages in the run's pages, oldest first. */
  read(run: TaskRun, signal: AbortSignal): Promise<Message[]>;
}

/**
 * The same page gets the same name after a crash. Another one gets another: the model may have answered otherwise this time, so
 * that the cut falls elsewhere, and the page that was written before the crash is nobody's.
 */
const pageName = (run: TaskRun, index: number, messages: readonly Message[]) =>
  childName(nameOf(run), `page-${String(index).padStart(3, '0')}-${digest(messages).slice(0, 8)}`);

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
            ...inNamespaceOf(run, pageName(run, index, messages)),
            labels: { [LABELS.taskRun]: labelValue(nameOf(run)) },
            ...childAnnotations(run),
            ownerReferences: [controllerRef(run)],
          },
          spec: { taskRunRef: { name: nameOf(run) }, index, firstMessage, messages },
        };
        await createOnce(client, page, run, signal);
        remember(`${uidOf(run)}/${nameOf(page)}`, messages);
        written.push({ name: nameOf(page), messages: messages.length });
        firstMessage += messages.length;
      }
      return written;
    },

    async read(run, signal) {
      const all: Message[] = [];
      for (const { name } of run.status?.contextPages ?? []) {
        const key = `${uidOf(run)}/${name}`;
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
async function createOnce(client: KubeClient, page: ContextPage, run: TaskRun, signal: AbortSignal): Promise<void> {
  try {
    await client.create(contextPages, page, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const present = await client.get(contextPages, inNamespaceOf(page, nameOf(page)), { signal });
    const same = controllerOf(present)?.uid === run.metadata.uid && digest(present.spec) === digest(page.spec);
    if (!same) throw nameTaken(page, present, run);
  }
}
