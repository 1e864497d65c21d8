import type { Logger } from '../../kube/index.ts';

export interface RecordingLogger extends Logger {
  readonly entries: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[];
}

/** Keeps what is logged, children included. */
export function createRecordingLogger(): RecordingLogger {
  const entries: RecordingLogger['entries'] = [];
  const at = (bound: object): RecordingLogger => {
    const log = (level: string) => (fields: object, message: string) => {
      entries.push({ level, message, fields: { ...bound, ...fields } });
    };
    return {
      entries,
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      child: (fields) => at({ ...bound, ...fields }),
    };
  };
  return at({});
}
