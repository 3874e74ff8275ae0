// Proves one batch for real and writes its receipt: `node prove-a-batch.ts FILE`. It needs the prover host.
import { writeFileSync } from 'node:fs';
import { DEFAULT_MARKET_CONFIG, Engine, encodeCommands } from 'proofbook/engine';
import { ExecutorEnv, isProofbookError, loadGuestImage, Prover } from 'proofbook/sdk';

const { witness, journal } = Engine.create(DEFAULT_MARKET_CONFIG).applyBatch(
  encodeCommands([
    {
      kind: 'place',
      side: 'bid',
      timeInForce: 'GTC',
      account: 1,
      clientOrderId: 1n,
      price: 10_000n,
      quantity: 5n,
    },
    {
      kind: 'place',
      side: 'ask',
      timeInForce: 'IOC',
      account: 2,
      clientOrderId: 2n,
      price: 9_990n,
      quantity: 3n,
    },
  ]),
  1_700_000_000_000_000_000n,
);

try {
  const prover = await Prover.start();
  const env = ExecutorEnv.builder().write(witness).journal(journal).build();
  const receipt = await prover.prove(env, loadGuestImage(), { kind: 'app' });
  await prover.close();
  writeFileSync(process.argv[2] ?? 'batch.receipt', receipt.encode());
  console.log(`${receipt.kind} receipt of image ${receipt.imageId}`);
} catch (error) {
  if (!isProofbookError(error, 'HOST_BINARY_MISSING')) throw error;
  console.log(error.message);
}
