/** An API server in a process of its own, for tests that kill it: `node storage.server.ts FOLDER`; prints its address when ready. */
import { startApiServer } from '../../devcluster/index.ts';

const server = await startApiServer({ dataDir: process.argv[2] as string });
process.stdout.write(`${server.url}\n`);
