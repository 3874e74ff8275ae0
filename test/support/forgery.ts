import type { ImageParts } from './image-parts.ts';

/** A lie about a book whose every digest and root is then computed to agree, and the statuses that may refuse it (PROTOCOL.md §8). */
export interface Forgery {
  readonly name: string;
  readonly statuses: readonly number[];
  readonly tell: (parts: ImageParts) => void;
}

/** Statuses of PROTOCOL.md §8. */
export const STATUS = {
  reserved: 3,
  header: 5,
  level: 6,
  order: 7,
  digest: 8,
  totals: 9,
  stopBook: 15,
} as const;
/** Prices and quantities are below it. */
export const LIMIT: bigint = 1n << 48n;

export function lie(name: string, statuses: readonly number[], tell: Forgery['tell']): Forgery {
  return { name, statuses, tell };
}

/** The lowest order slot whose bit is clear. */
export function freeSlotOf({ bitmap }: Pick<ImageParts, 'bitmap'>): number {
  const word = bitmap.findIndex((bits) => bits !== (1n << 64n) - 1n);
  const bits = bitmap[word] ?? 0n;
  return word * 64 + [...Array(64).keys()].findIndex((bit) => ((bits >> BigInt(bit)) & 1n) === 0n);
}

export function change(words: bigint[], word: number, to: (old: bigint) => bigint): void {
  words[word] = BigInt.asUintN(64, to(words[word] ?? 0n));
}

export function add(words: bigint[], word: number, lots: bigint): void {
  change(words, word, (old) => old + lots);
}
