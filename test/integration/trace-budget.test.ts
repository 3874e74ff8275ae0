import { expect, test } from 'vitest';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { HostSession } from '../../prover/sdk/host-session.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { mixedBatches } from '../bench/mixed-batches.ts';

/** What proving takes time and memory for. Exact for one build and one segment limit: a twentieth above what was measured. */
const PADDED_CELLS_MAX = { 100: 206_600, 1000: 53_900 } as const;
/** The default of a machine with 16 GB or more, said outright so that a small machine counts the same. */
const MEMORY_LIMIT_BYTES = 12 * 2 ** 30;

test.each([100, 1000] as const)(
  'a batch of %i commands fills no more trace cells than it did',
  async (size) => {
    const batch = mixedBatches(2, size).at(-1);
    if (batch === undefined) throw new RangeError('no batch');
    const session = await HostSession.start({ memoryLimitBytes: MEMORY_LIMIT_BYTES });
    try {
      const { inputs } = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
      const { result } = await session.call('execute', {}, [loadGuestImage().elf, ...inputs], {});
      expect(result.paddedTraceCells / size).toBeLessThan(PADDED_CELLS_MAX[size]);
      expect(result.paddedTraceCells / size).toBeGreaterThan(0.85 * PADDED_CELLS_MAX[size]);
    } finally {
      await session.close();
    }
  },
);
