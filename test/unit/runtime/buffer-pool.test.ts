import { describe, expect, test } from 'vitest';
import { IntegerRandom } from '../../../queue/order-flow/integer-random.ts';
import { BufferPool } from '../../../queue/runtime/pools/buffer-pool.ts';
import { ChunkMaker } from '../../../queue/runtime/pools/chunk-maker.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';
import { SEED } from '../../support/seed.ts';

const OPTIONS = { bufferBytes: 64, chunkBuffers: 64, chunksMax: 3 };

describe('a pool of buffers', () => {
  test('never gives one buffer to two owners, over random takings and givings, and grows when it must', () => {
    const random = new IntegerRandom(BigInt(SEED));
    const pool = new BufferPool(OPTIONS);
    const owned = new Map<number, number>();
    for (let turn = 0; turn < 20_000; turn++) {
      const wantsMore = random.chance(turn % 4000 < 2000 ? 3 : 1, 4);
      if (wantsMore) {
        const buffer = pool.take();
        if (buffer < 0) {
          expect(owned.size).toBe(192);
          continue;
        }
        expect(owned.has(buffer)).toBe(false);
        pool.bytesOf(buffer).fill(buffer & 0xff, pool.offsetOf(buffer), pool.offsetOf(buffer) + 64);
        owned.set(buffer, buffer & 0xff);
      } else if (owned.size > 0) {
        const [buffer, mark] = [...owned][random.below(owned.size)] as [number, number];
        const start = pool.offsetOf(buffer);
        expect(pool.bytesOf(buffer).subarray(start, start + 64)).toEqual(new Uint8Array(64).fill(mark));
        pool.give(buffer);
        owned.delete(buffer);
      }
      expect(pool.usage().inUse).toBe(owned.size);
    }
    expect(pool.usage().highWater).toBe(192);
    expect(pool.usage().capacity).toBe(192);
    expect(pool.usage().failures).toBeGreaterThan(0);
  });

  test('takes the lowest free one, so that the same few stay warm', () => {
    const pool = new BufferPool(OPTIONS);
    expect([pool.take(), pool.take(), pool.take()]).toEqual([0, 1, 2]);
    pool.give(1);
    expect([pool.take(), pool.take()]).toEqual([1, 3]);
  });

  test('grows ahead of need while what is taken stays where it is', () => {
    const pool = new BufferPool(OPTIONS);
    const first = pool.take();
    const bytes = pool.bytesOf(first);
    while (!pool.isLow()) pool.take();
    expect(pool.usage().inUse).toBe(49);
    expect(pool.grow()).toBe(true);
    expect(pool.isLow()).toBe(false);
    expect(pool.bytesOf(first)).toBe(bytes);
    expect([pool.grow(), pool.grow()]).toEqual([true, false]);
  });

  test('refuses what is not taken, and shapes that cannot be', () => {
    const pool = new BufferPool(OPTIONS);
    const buffer = pool.take();
    pool.give(buffer);
    for (const wrong of [buffer, 63, 64, -1, 10_000]) {
      expectRefusal(() => pool.give(wrong), 'INVALID_FIELD', { field: 'buffer', value: wrong });
    }
    expectRefusal(() => new BufferPool({ ...OPTIONS, bufferBytes: 12 }), 'INVALID_FIELD', {
      field: 'bufferBytes',
    });
    expectRefusal(() => new BufferPool({ ...OPTIONS, chunkBuffers: 33 }), 'INVALID_FIELD', {
      field: 'chunkBuffers',
    });
    expectRefusal(() => new BufferPool({ ...OPTIONS, chunksMax: 0 }), 'INVALID_FIELD', {
      field: 'chunksMax',
    });
  });

  test('adopts memory that another thread made while takings go on', async () => {
    const pool = new BufferPool(OPTIONS);
    const maker = new ChunkMaker();
    const taken: number[] = [];
    let isAdopted = false;
    for (let turn = 0; !isAdopted; turn++) {
      if (taken.length < 60) taken.push(pool.take());
      if (pool.isLow()) maker.ask(pool.chunkBytes);
      const chunk = maker.poll();
      if (chunk !== undefined) isAdopted = pool.adopt(chunk);
      if (turn % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(pool.usage()).toEqual({ inUse: 60, highWater: 60, capacity: 128, failures: 0 });
    expect(new Set(Array.from({ length: 68 }, () => pool.take())).size).toBe(68);
    expect(maker.poll()).toBeUndefined();
    await maker.close();
    expectRefusal(() => pool.adopt(new SharedArrayBuffer(8)), 'INVALID_LENGTH', { field: 'chunk', value: 8 });
  });
});
