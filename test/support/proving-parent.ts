import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { sampleBatches } from './sample-batches.ts';

// A program that proves and never cleans up: it prints the host's process id once the proof has begun. With `exit` it
// then ends by itself, otherwise it waits for whatever the test does to it.

const [batch] = sampleBatches(1, 300, 1);
if (batch === undefined) throw new Error('one batch was sampled');
const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
const prover = await Prover.start();
const proving = prover.prove(env, loadGuestImage(), {
  onProgress: ({ stage }) => {
    if (stage !== 'proving') return;
    process.stdout.write(`${prover.pid}\n`);
    if (process.argv[2] === 'exit') process.exit(0);
  },
});
await proving;
