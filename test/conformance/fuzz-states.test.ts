import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { encodeWitness } from '../model/model-witness.ts';
import { Random } from '../model/random.ts';
import type { Forgery } from '../support/forgery.ts';
import { mutatedBytes, mutatedImage } from '../support/image-mutations.ts';
import { isSoundImage } from '../support/image-oracle.ts';
import { imageOf, partsOf } from '../support/image-parts.ts';
import { LEVEL_FORGERIES } from '../support/level-forgeries.ts';
import { outcomeInNode } from '../support/node-outcome.ts';
import { LOTS_FORGERIES, ORDER_FORGERIES, STOP_FORGERIES } from '../support/order-forgeries.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { NEXT_BATCH, NEXT_TIMESTAMP, richBook } from '../support/rich-book.ts';
import { runGuest } from '../support/rv32-machine.ts';
import { SEED } from '../support/seed.ts';

/*
 * Snapshots and witnesses that somebody made up: from noise, from changed bytes, and from a state image whose sums, digests and root were
 * computed anew after a lie, so that nothing but the meaning of the fields can refuse it.
 */

/** Mutations of each kind; a long run sets it to millions. */
const MUTATIONS = Number(process.env.PROOFBOOK_FUZZ_MUTATIONS ?? 1000);
const DAYS_MS = 10 * 24 * 60 * 60 * 1000;

const base = richBook();
const snapshot = base.snapshot();
const config = snapshot.slice(32, 96);
const sealed = Engine.restore(snapshot).applyBatch(NEXT_BATCH, NEXT_TIMESTAMP);
const { elf } = loadGuestImage();

/** The witness of the next batch that opens all there is, over any state image. */
function witnessOver(stateImage: Uint8Array): Uint8Array {
  const { journalDigest, commands } = sealed;
  return encodeWitness({ timestamp: NEXT_TIMESTAMP, journalDigest, stateImage, commands });
}

function forged({ tell }: Forgery, areSumsRecomputed: boolean): Uint8Array {
  const parts = partsOf(snapshot);
  tell(parts);
  return imageOf(parts, { sums: areSumsRecomputed, digests: true, root: true });
}

/** Restores, and returns the engine, or undefined when the snapshot was refused with a typed error. Anything else is thrown on. */
function restored(bytes: Uint8Array): Engine | undefined {
  try {
    return Engine.restore(bytes);
  } catch (error) {
    if (isProofbookError(error, 'SNAPSHOT_REFUSED')) return undefined;
    throw error;
  }
}

test('the book has what the forgeries need, and taking it to pieces loses nothing', () => {
  const parts = partsOf(snapshot);
  expect(parts.levels.filter(({ side }) => side === 'bid').length).toBeGreaterThan(2);
  expect(parts.levels.filter(({ side }) => side === 'ask').length).toBeGreaterThan(2);
  expect(parts.levels[0]?.orders.length).toBeGreaterThan(0);
  expect(parts.stops.length).toBe(4);
  expect(imageOf(parts, { sums: false, digests: false, root: false })).toEqual(snapshot);
  expect(imageOf(parts, { sums: true, digests: true, root: true })).toEqual(snapshot);
  expect(isSoundImage(snapshot, config)).toBe(true);
  expect(outcomeInNode(witnessOver(snapshot))).toBe(0);
  expect(runGuest(elf, witnessOver(snapshot)).exitCode).toBe(0);
});

describe('a forged book whose digests and root agree', () => {
  const forgeries = [
    ...[...LEVEL_FORGERIES, ...ORDER_FORGERIES, ...STOP_FORGERIES].map((forgery) => ({
      forgery,
      sums: false,
    })),
    ...LOTS_FORGERIES.map((forgery) => ({ forgery, sums: true })),
  ].map(({ forgery, sums }) => ({
    name: forgery.name,
    statuses: forgery.statuses,
    image: forged(forgery, sums),
  }));

  test.each(forgeries)('is refused for $name', ({ image, statuses }) => {
    expect(isSoundImage(image, config)).toBe(false);
    expect(restored(image)).toBeUndefined();
    expect(statuses).toContain(outcomeInNode(image, 'openState'));
    const witness = witnessOver(image);
    const { exitCode, publicValues } = runGuest(elf, witness);
    expect(statuses).toContain(exitCode);
    expect(exitCode).toBe(outcomeInNode(witness));
    expect(publicValues, 'a guest that fails reveals nothing').toEqual(new Uint8Array(32));
  });
});

describe('a snapshot', () => {
  test('of noise is refused with a typed error', () => {
    for (let attempt = 0; attempt < MUTATIONS / 10; attempt++) {
      const noise = seededBytes((attempt * 37) % 4000, SEED + attempt);
      // Noise behind a true head gets past the first checks.
      for (const head of [0, 8, 32, 128, 256, 832]) {
        expect(restored(new Uint8Array([...snapshot.subarray(0, head), ...noise]))).toBeUndefined();
      }
    }
    const capacity = instantiateEngine().inputCapacity();
    for (const length of [capacity, capacity + 1, capacity + 8]) {
      expect(restored(new Uint8Array(length))).toBeUndefined();
    }
  });

  test(
    'with changed bytes is refused with a typed error',
    () => {
      const random = new Random(BigInt(SEED));
      for (let attempt = 0; attempt < MUTATIONS; attempt++) {
        const bytes = mutatedBytes(random, snapshot);
        if (Buffer.compare(bytes, snapshot) !== 0) expect(restored(bytes)).toBeUndefined();
      }
    },
    DAYS_MS,
  );

  test(
    'of changed pieces opens when it is a sound image, and then reads back as it was',
    () => {
      const random = new Random(BigInt(SEED) + 1n);
      const counts = { sound: 0, refused: 0 };
      for (let attempt = 0; attempt < MUTATIONS; attempt++) {
        const bytes = mutatedImage(random, snapshot);
        const engine = restored(bytes);
        expect(engine !== undefined, `mutation ${attempt} of seed ${SEED}`).toBe(isSoundImage(bytes, config));
        if (engine !== undefined) {
          expect(Buffer.compare(engine.snapshot(), bytes)).toBe(0);
          expect(Buffer.compare(engine.stateRoot(), bytes.subarray(96, 128))).toBe(0);
        }
        counts[engine === undefined ? 'refused' : 'sound'] += 1;
      }
      // Both kinds were made: another account or clientOrderId in a book that agrees with it is a sound book.
      expect(counts.sound).toBeGreaterThan(MUTATIONS / 100);
      expect(counts.refused).toBeGreaterThan(MUTATIONS / 2);
    },
    DAYS_MS,
  );
});

describe('a witness', () => {
  test(
    'of changed bytes or pieces is never proven, and ends in the guest as in Node',
    () => {
      const random = new Random(BigInt(SEED) + 2n);
      const exitCodes = new Set<number>();
      const opened = witnessOver(snapshot);
      const image = sealed.witness.slice(64, sealed.witness.length - sealed.commands.length);
      for (let attempt = 0; attempt < MUTATIONS / 3; attempt++) {
        for (const witness of [
          mutatedBytes(random, sealed.witness),
          mutatedBytes(random, opened),
          witnessOver(mutatedImage(random, image)),
          witnessOver(mutatedImage(random, snapshot)),
        ]) {
          if ([opened, sealed.witness].some((honest) => Buffer.compare(honest, witness) === 0)) continue;
          const { exitCode } = runGuest(elf, witness);
          expect(exitCode, `attempt ${attempt} of seed ${SEED}`).not.toBe(0);
          expect(exitCode, `attempt ${attempt} of seed ${SEED}`).toBe(outcomeInNode(witness));
          exitCodes.add(exitCode);
        }
      }
      expect(exitCodes.size).toBeGreaterThan(10);
    },
    DAYS_MS,
  );
});
