import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';
import { attacksOn, EXIT_UNREACHABLE } from '../support/witness-attacks.ts';
import { layoutOf } from '../support/witness-layout.ts';
import { regionsOf } from '../support/witness-regions.ts';

// The real guest, run by the real executor, on witnesses that somebody has tampered with. The base is the sixth batch of a
// market, so that its book has opened levels, opaque levels and queues. No witness but the true one may get through.
const batches = sampleBatches(6, 40, SEED);
const base = batches[5] ?? raise();
const FLIPS_PER_REGION = 24;

let prover: Prover;
let image: GuestImage;
beforeAll(async () => {
  prover = await Prover.start();
  image = loadGuestImage();
}, 60_000);
afterAll(() => prover.close());

/** 0 and the public values of a guest that accepted, or the exit code that it ended with. */
async function run(witness: Uint8Array): Promise<{ exitCode: unknown; publicValues?: Uint8Array }> {
  try {
    const { publicValues } = await prover.execute(ExecutorEnv.builder().write(witness).build(), image);
    return { exitCode: 0, publicValues };
  } catch (error) {
    if (isProofbookError(error, 'GUEST_TRAPPED')) return { exitCode: error.details.exitCode };
    throw error;
  }
}

/** What the same WebAssembly says in Node. */
function exitCodeInNode(witness: Uint8Array): number {
  const engine = instantiateEngine();
  new Uint8Array(engine.memory.buffer, engine.inputPointer(), witness.length).set(witness);
  try {
    return engine.proveBatch(witness.length);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError && error.message === 'unreachable') return EXIT_UNREACHABLE;
    throw error;
  }
}

describe('the guest (PROTOCOL.md §8)', () => {
  test('accepts the true witness of every batch and reveals its journal digest', async () => {
    for (const sealed of batches) {
      expect(await run(sealed.witness)).toEqual({
        exitCode: 0,
        publicValues: new Uint8Array(sealed.journalDigest),
      });
    }
  });

  test('the base has what the attacks need: opened levels, opaque levels, a queue', () => {
    const { levels } = layoutOf(base.witness);
    expect(levels.filter(({ isOpened }) => isOpened).length).toBeGreaterThan(1);
    expect(levels.filter(({ isOpened }) => !isOpened).length).toBeGreaterThan(1);
    expect(attacksOn(base.witness).length).toBeGreaterThan(50);
  });

  test.each(attacksOn(base.witness))(
    'traps on $name with exit code $exitCodes',
    async ({ witness, exitCodes }) => {
      const { exitCode } = await run(witness);
      expect(exitCodes).toContain(exitCode);
      expect(exitCode).toBe(exitCodeInNode(witness));
    },
  );

  test.each(regionsOf(base.witness))(
    'traps on flipped bits in the $name',
    async ({ from, to, exitCodes }) => {
      const dice = seededBytes(FLIPS_PER_REGION * 4, SEED + from);
      for (let flip = 0; flip < FLIPS_PER_REGION; flip++) {
        const die = new DataView(dice.buffer).getUint32(flip * 4, true);
        const offset = from + (die % (to - from));
        const mask = 1 << ((die >>> 16) % 8);
        const witness = base.witness.slice();
        witness[offset] = (witness[offset] ?? 0) ^ mask;
        const { exitCode } = await run(witness);
        expect(exitCodes, `byte ${offset} xor ${mask}`).toContain(exitCode);
        expect(exitCode, `byte ${offset} xor ${mask}`).toBe(exitCodeInNode(witness));
      }
    },
  );

  test('traps on the witness of another batch that claims this journal', async () => {
    for (const other of batches.slice(0, 5)) {
      const witness = other.witness.slice();
      witness.set(base.journalDigest, 32);
      expect(await run(witness)).toEqual({ exitCode: 14 });
    }
  });

  test('traps on random bytes and on an input that is not there', async () => {
    for (const length of [64, 896, 5_000])
      expect(await run(seededBytes(length, SEED))).toEqual({ exitCode: 2 });
    const nothing = prover.execute(ExecutorEnv.builder().build(), image);
    await expect(nothing).rejects.toMatchObject({ code: 'GUEST_TRAPPED' });
  });

  test('traps on an input that is longer than any witness, with the exit code of the shell', async () => {
    const capacity = instantiateEngine().inputCapacity();
    expect(await run(new Uint8Array(capacity + 8))).toEqual({ exitCode: 120 });
    expect(await run(new Uint8Array(capacity))).toEqual({ exitCode: 2 });
  });
});

function raise(): never {
  throw new Error('six batches were sampled');
}
