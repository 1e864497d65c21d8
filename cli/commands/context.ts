import type { Message } from '../../api/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { wholeContext } from '../runs/context.ts';
import { resolveRun } from '../runs/resolve.ts';
import { messageLines } from '../runs/transcript.ts';
import { escapeJson } from '../terminal/escape.ts';
import { createStyle } from '../terminal/style.ts';

export interface ContextOptions extends ClusterOptions, LogOptions {
  readonly output: 'text' | 'json';
}

/** `kubechain context RUN`: every message of the conversation, those in pages included, as the model gets them. */
export function context(run: string, options: ContextOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  return withCluster(options, io, logger, async ({ client, namespace }) => {
    const messages = await wholeContext(client, await resolveRun(client, namespace, run));
    io.out.write(
      options.output === 'json' ? `${escapeJson(JSON.stringify(messages, null, 2))}\n` : asText(messages, io),
    );
    return EXIT.ok;
  });
}

function asText(messages: readonly Message[], io: Io): string {
  const layout = { style: createStyle(io.out, io.env), columns: io.out.isTTY ? io.out.columns : undefined };
  const lines = messages.flatMap((message) => messageLines(message, undefined, layout));
  return messages.length === 0 ? '' : `${lines.slice(1).join('\n')}\n`;
}
