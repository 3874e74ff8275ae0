/**
 * The seed of every property test of this run: PROOFBOOK_TEST_SEED, or one fixed number, so that a plain run is
 * the same each time. It is printed so that a failure can be repeated from the log alone.
 */
export const SEED = Number(process.env.PROOFBOOK_TEST_SEED ?? 20_260_701);

console.log(`seed ${SEED}`);
