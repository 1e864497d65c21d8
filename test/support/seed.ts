/**
 * Where PROPERTY_SEED is set, all properties of fast-check take it, so that a change is judged by itself: `.ci/run` sets one. Without it
 * they try something else each time. Mocha loads this in each of its workers.
 */
const { PROPERTY_SEED } = process.env;
if (PROPERTY_SEED !== undefined) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(PROPERTY_SEED) });
}

export {};
