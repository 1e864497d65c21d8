/** An embedded API server in a process of its own: `node program.ts FOLDER fsync|none`; prints its address when it serves. */
import { startApiServer } from '../../devcluster/index.ts';

const [folder, durability] = process.argv.slice(2);
const server = await startApiServer({ dataDir: folder, durability: durability === 'none' ? 'none' : 'fsync' });
process.stdout.write(`${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
