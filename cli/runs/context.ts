import type { Message, TaskRun } from '../../api/index.ts';
import { contextPages } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { isNotFound } from '../../kube/index.ts';
import { CliError } from '../exit.ts';

/** All messages of a run, oldest first: those in pages, then those in its status. */
export async function wholeContext(client: KubeClient, run: TaskRun): Promise<Message[]> {
  const messages: Message[] = [];
  for (const page of run.status?.contextPages ?? []) {
    try {
      const { spec } = await client.get(contextPages, { namespace: run.metadata.namespace, name: page.name });
      messages.push(...spec.messages);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new CliError(
        `TaskRun ${run.metadata.name}: ContextPage ${page.name} with its messages ${messages.length + 1} to ` +
          `${messages.length + page.messages} is gone; what is left is in the TaskRun’s status.contextWindow`,
        { cause: error },
      );
    }
  }
  return messages.concat(run.status?.contextWindow ?? []);
}
