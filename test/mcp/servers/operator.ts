/** Stands for the operator: keeps the servers of its arguments (JSON specs) connected, and says when each is ready. */
import { createMcpPool } from '../../../controller/mcp/index.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { Logger } from '../../../kube/types.ts';

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => logger };
const pool = createMcpPool({
  clock: systemClock,
  logger,
  termGraceMs: 200,
  onChange: (key, state) => process.stdout.write(`${key} ${state.kind} ${'error' in state ? state.error : ''}\n`),
});
for (const [index, spec] of process.argv.slice(2).entries()) pool.ensure(String(index), JSON.parse(spec), '1');
process.once('SIGUSR2', () => void pool.close().then(() => process.stdout.write('closed\n')));
// The process is what is killed: nothing else may keep it.
setInterval(silent, 1000);
