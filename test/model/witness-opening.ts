import type { Opening } from './model-state-image.ts';
import { fieldOf, readWords } from './words.ts';

const WITNESS_HEADER_BYTES = 64;
const LEVELS_OFFSET = WITNESS_HEADER_BYTES + 832;
const LEVEL_ENTRY_BYTES = 72;

/** What a witness opens (protocol §8). */
export function openingOf(witness: Uint8Array): Opening {
  const [, counts = 0n, opened = 0n] = readWords(
    witness.subarray(WITNESS_HEADER_BYTES, WITNESS_HEADER_BYTES + 24),
  );
  const bidCount = Number(fieldOf(counts, 0n, 32n));
  const askCount = Number(fieldOf(counts, 32n, 32n));
  const levels = new Set<string>();
  for (let index = 0; index < bidCount + askCount; index += 1) {
    const offset = LEVELS_OFFSET + index * LEVEL_ENTRY_BYTES;
    const words = readWords(witness.subarray(offset, offset + LEVEL_ENTRY_BYTES));
    if (fieldOf(words.at(-1) ?? 0n, 32n, 32n) === 1n) {
      levels.add(`${index < bidCount ? 'bid' : 'ask'} ${words[0]}`);
    }
  }
  return {
    isLevelOpened: (side, price) => levels.has(`${side} ${price}`),
    areStopsOpened: fieldOf(opened, 32n, 32n) === 1n,
  };
}
