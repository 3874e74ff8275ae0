/** The files and folders of the project that a copy of it must have to run chaos rounds. */
export const COPIED_PARTS: readonly string[] = [
  'engine',
  'guest/artifact',
  'prover/aggregation',
  'prover/fake-host',
  'prover/merkle',
  'prover/receipts',
  'prover/sdk',
  'prover/verifier',
  'queue',
  'test',
  'package.json',
];
