// What a trader does: takes a root and a count from the journal of a batch, and asks whether a fill is under it. The journal comes
// from a verified receipt (examples/verify-a-receipt.ts); here it is the engine's own.
import {
  DEFAULT_MARKET_CONFIG,
  decodeJournal,
  decodeTransitions,
  Engine,
  encodeCommands,
} from 'proofbook/engine';
import { isProofbookError, orderHistory, TRANSITION_RECORD_BYTES, verifyInclusion } from 'proofbook/merkle';

const { journal, transitions } = Engine.create(DEFAULT_MARKET_CONFIG).applyBatch(
  encodeCommands([
    {
      kind: 'place',
      side: 'ask',
      timeInForce: 'GTC',
      account: 1,
      clientOrderId: 1n,
      price: 10_000n,
      quantity: 5n,
    },
    {
      kind: 'place',
      side: 'bid',
      timeInForce: 'IOC',
      account: 2,
      clientOrderId: 2n,
      price: 10_000n,
      quantity: 5n,
    },
  ]),
  1n,
);
const { transitionsRoot, transitionCount } = decodeJournal(journal);
const [accepted] = decodeTransitions(transitions);
if (accepted === undefined) throw new Error('a batch has transitions');

const { recordIndices, proofs } = orderHistory(transitions, accepted.orderId);
console.log(`order ${accepted.orderId} has transitions ${recordIndices.join(' and ')} of ${transitionCount}`);
for (const proof of proofs) {
  const { records } = verifyInclusion(transitionsRoot, transitionCount, TRANSITION_RECORD_BYTES, proof);
  console.log(`page ${proof.index} with ${records.length} transitions is under the root`);
  const altered = { ...proof, page: proof.page.with(40, 9) };
  try {
    verifyInclusion(transitionsRoot, transitionCount, TRANSITION_RECORD_BYTES, altered);
  } catch (error) {
    if (!isProofbookError(error, 'INCLUSION_REFUSED')) throw error;
    console.log(`with another price it is not: ${error.code}`);
  }
}
