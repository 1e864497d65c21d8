/** Compiles the package @kubechain/devcluster into devcluster/dist. */
import { join } from 'node:path';
import { compile } from './compile.ts';

compile('devcluster/tsconfig.build.json', join(import.meta.dirname, '..', 'devcluster', 'dist'));
