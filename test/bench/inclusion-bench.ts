import { decodeJournal } from '../../engine/journal.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { type Figures, median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZE = 1000;
const BATCHES = 4;
const PROOFS = 20_000;
const VERIFICATIONS = 500;
const ROUNDS = 7;
/** Coprime to every count of transitions that is not a multiple of it: the records are asked for in no order. */
const STRIDE = 7919;

/** Inclusion proofs of transitions out of the trees of proven batches: how many a second are given, and how many are checked. */
export function inclusionBench(): Figures {
  const batches = mixedBatches(BATCHES, BATCH_SIZE).map(({ transitions, journal }) => ({
    tree: BatchTree.ofTransitions(transitions),
    journal: decodeJournal(journal),
  }));
  const givenNs: number[] = [];
  const checkedNs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { tree, journal } of batches) {
      const at = (index: number) => (index * STRIDE) % tree.recordCount;
      let from = process.hrtime.bigint();
      for (let index = 0; index < PROOFS; index++) tree.inclusionProof(at(index));
      givenNs.push(Number(process.hrtime.bigint() - from) / PROOFS);
      const proofs = Array.from({ length: VERIFICATIONS }, (_, index) => tree.inclusionProof(at(index)));
      from = process.hrtime.bigint();
      for (const proof of proofs) verifyInclusion(journal.transitionsRoot, tree.recordCount, 64, proof);
      checkedNs.push(Number(process.hrtime.bigint() - from) / VERIFICATIONS);
    }
  }
  return {
    proofs_per_second: 1e9 / median(givenNs),
    verifications_per_second: 1e9 / median(checkedNs),
  };
}
