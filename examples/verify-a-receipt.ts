// Verifies a receipt under the pinned image and parameters, and reads the journal that it proves: `node verify-a-receipt.ts FILE`.
import { readFileSync } from 'node:fs';
import { decodeJournal, isProofbookError, PINNED_IMAGE, Receipt } from 'proofbook/verify';

const bytes = readFileSync(process.argv[2] ?? 'batch.receipt');
const receipt = Receipt.decode(bytes);
await receipt.verify(PINNED_IMAGE.imageId);
const { batchNumber, commandCount } = decodeJournal(receipt.journal);
console.log(`verified: batch ${batchNumber} of ${commandCount} commands`);

try {
  const seal = receipt.seal.with(1000, (receipt.seal[1000] ?? 0) ^ 1);
  await new Receipt({ ...receipt, seal }).verify(PINNED_IMAGE.imageId);
} catch (error) {
  if (!isProofbookError(error, 'PROOF_REFUSED')) throw error;
  console.log(`with one bit of the seal turned: ${error.code}`);
}
