import type { Logger } from '../../kube/index.ts';

export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export interface RecordingLogger extends Logger {
  readonly entries: LogEntry[];
  /** Resolves once there is such an entry: what is logged of a write comes after others have seen it. */
  logged(matches: (entry: LogEntry) => boolean): Promise<void>;
}

/** Keeps what is logged, children included. */
export function createRecordingLogger(): RecordingLogger {
  const entries: LogEntry[] = [];
  const waiting = new Set<() => void>();
  const logged = (matches: (entry: LogEntry) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!entries.some(matches)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const at = (bound: object): RecordingLogger => {
    const log = (level: string) => (fields: object, message: string) => {
      entries.push({ level, message, fields: { ...bound, ...fields } });
      for (const look of [...waiting]) look();
    };
    return {
      entries,
      logged,
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      child: (fields) => at({ ...bound, ...fields }),
    };
  };
  return at({});
}
