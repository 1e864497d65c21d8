/** The embedded API server as a process of its own: `apiServer.ts FOLDER PORT`. Says `ready` when it listens. */
import { join } from 'node:path';
import { startApiServer } from '../../../devcluster/index.ts';

const [folder = '', port = '0'] = process.argv.slice(2);

await startApiServer({ dataDir: folder, port: Number(port), kubeconfigPath: join(folder, 'kubeconfig') });
process.stdout.write('ready\n');
