/**
 * An embedded API server in a process of its own, compiled as its package has it: `node program.js FOLDER fsync|none`; prints its
 * address when it serves.
 */
import { startApiServer } from '../../devcluster/dist/devcluster/index.js';

const [folder, durability] = process.argv.slice(2);
const server = await startApiServer({ dataDir: folder, durability: durability === 'none' ? 'none' : 'fsync' });
process.stdout.write(`${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
