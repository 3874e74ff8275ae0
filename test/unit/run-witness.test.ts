import { describe, expect, test } from 'vitest';
import { buildRunInputs } from '../../engine/run-witness.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// What the guest makes of the inputs is in test/conformance/guest-aggregation.test.ts.
const witnesses = sampleBatches(6, 40, SEED).map(({ witness }) => witness);
const [, second, third] = witnesses;
if (second === undefined || third === undefined) throw new Error('six were sampled');

describe(`the inputs of a run, seed ${SEED}`, () => {
  test('are the count, the first witness, and time and records of each further batch', () => {
    const [count, first, next, ...others] = buildRunInputs([second, third]);
    expect([...(count ?? [])]).toEqual([2, 0, 0, 0]);
    expect(first?.subarray(0, 64)).toEqual(second.subarray(0, 64));
    expect(next?.subarray(0, 8)).toEqual(third.subarray(8, 16));
    expect(next?.subarray(16)).toEqual(third.subarray(-40 * 32));
    expect(others).toEqual([]);
  });

  test('of one batch hold its witness as it is', () => {
    for (const witness of witnesses) expect(buildRunInputs([witness])[1]).toEqual(witness);
  });

  test('are refused for no batches and for more than 256', () => {
    expectRefusal(() => buildRunInputs([]), 'INVALID_FIELD', { field: 'batches', value: 0 });
    const many = Array.from({ length: 257 }, () => second);
    expectRefusal(() => buildRunInputs(many), 'INVALID_FIELD', { field: 'batches', value: 257 });
  });

  test('are refused for what is no witness, naming which', () => {
    const named = { field: 'batch 1 of the run' };
    const withWord = (at: number, word: number) => {
      const bytes = third.slice();
      new DataView(bytes.buffer).setUint32(at, word, true);
      return bytes;
    };
    for (const bad of [
      new Uint8Array(0),
      third.subarray(0, 895),
      third.subarray(0, -1),
      third.subarray(0, -32),
      withWord(0, 1),
      withWord(16, 41),
      withWord(64 + 8, 65),
      withWord(64 + 12, 0xffffffff),
    ]) {
      expectRefusal(() => buildRunInputs([second, bad]), 'WITNESS_REFUSED', named);
    }
  });

  test('never end in anything but a refusal, whatever byte is damaged', () => {
    for (let at = 0; at < third.length; at += 3) {
      const bytes = third.map((byte, offset) => (offset === at ? byte ^ 0xff : byte));
      try {
        buildRunInputs([second, bytes]);
      } catch (error) {
        expect(error, `byte ${at}`).toMatchObject({ code: 'WITNESS_REFUSED' });
      }
    }
  });
});
