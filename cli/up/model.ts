import type { Logger } from '../../kube/index.ts';
import type { DataDir } from './dataDir.ts';
import type { DemoModel } from './demo.ts';
import { startOnPort } from './ports.ts';

export interface UpModel {
  readonly model: DemoModel;
  /** One line for people: which model answers. */
  readonly description: string;
  /** Runs pinned to the port of last time cannot go on. */
  readonly moved: boolean;
  close(): Promise<void>;
}

/** The model that answers: the real one where there is a key, else the simulated one on a loopback port. */
export async function startModel(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: DataDir,
  logger: Logger,
): Promise<UpModel> {
  const apiKey = env.OPENAI_API_KEY?.trim();
  if (apiKey) {
    return {
      model: { kind: 'real', apiKey },
      description: 'OpenAI, with the key of OPENAI_API_KEY',
      moved: false,
      close: async () => undefined,
    };
  }
  const { startSimulatedOpenAI } = await import('../simulate-openai/index.ts');
  const { server, moved } = await startOnPort(
    (port) => startSimulatedOpenAI({ port, host: '127.0.0.1', apiKey: false, logger }),
    {
      wanted: undefined,
      saved: dataDir.saved.modelPort,
      option: '--port',
    },
  );
  dataDir.save({ modelPort: server.port });
  return {
    model: { kind: 'simulated', baseUrl: server.url },
    description: `simulated, on ${server.url}; set OPENAI_API_KEY to use the real one`,
    moved,
    close: () => server.close(),
  };
}
