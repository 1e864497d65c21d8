import { closeArgoStage } from './stage.ts';

export const mochaHooks = { afterAll: closeArgoStage };
