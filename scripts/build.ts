/** Compiles the package kubechain into dist. */
import { join } from 'node:path';
import { compile } from './compile.ts';

compile('tsconfig.build.json', join(import.meta.dirname, '..', 'dist'));
