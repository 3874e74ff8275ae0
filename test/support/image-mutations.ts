import type { Random } from '../model/random.ts';
import { type ImageParts, imageOf, type LevelParts, partsOf } from './image-parts.ts';

const EDGES: readonly [bigint, ...bigint[]] = [
  0n,
  1n,
  2n,
  63n,
  64n,
  4095n,
  1n << 32n,
  (1n << 48n) - 1n,
  1n << 48n,
  (1n << 51n) - 1n,
  1n << 51n,
  (1n << 64n) - 1n,
];

/**
 * The image with one to three of its pieces changed, exchanged, doubled or dropped, after which some of its sums, digests and root are made
 * to agree with the change. Opaque parts stay opaque, so that any image will do.
 */
export function mutatedImage(random: Random, image: Uint8Array): Uint8Array {
  const parts = partsOf(image);
  for (let edits = random.between(1, 3); edits > 0; edits--) {
    EDITS[random.below(EDITS.length)]?.(random, parts);
  }
  return imageOf(parts, {
    sums: random.chance(60),
    digests: random.chance(75),
    root: random.chance(85),
  });
}

/** A copy with bytes changed, cut out, repeated or added anywhere, without regard to what they mean. */
export function mutatedBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length);
  const to = Math.min(bytes.length, at + 8 * random.between(1, 20));
  const piece = bytes.subarray(at, to);
  switch (random.below(6)) {
    case 0:
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte));
    case 1:
      return bytes.map((byte, index) => (index >= at && index < to ? random.below(256) : byte));
    case 2:
      return new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(to)]);
    case 3:
      return new Uint8Array([...bytes.subarray(0, to), ...piece, ...bytes.subarray(to)]);
    case 4:
      return bytes.slice(0, at);
    default:
      return new Uint8Array([...bytes, ...piece]);
  }
}

const EDITS: readonly ((random: Random, parts: ImageParts) => void)[] = [
  (random, { header }) => changeWord(random, header),
  (random, { totals }) => changeWord(random, totals),
  (random, { stopWords }) => changeWord(random, stopWords),
  (random, { bitmap }) => changeWord(random, bitmap),
  (random, { levels }) => rearrange(random, levels, copyOfLevel),
  (random, { stops }) => rearrange(random, stops, (stop) => [...stop]),
  (random, { levels }) => changeLevel(random, pickFrom(random, levels)),
  (random, { levels }) => rearrange(random, pickFrom(random, levels)?.orders ?? [], (order) => [...order]),
  (random, { levels }) => changeWord(random, pickFrom(random, pickFrom(random, levels)?.orders ?? []) ?? []),
  (random, { stops }) => changeWord(random, pickFrom(random, stops) ?? []),
];

function copyOfLevel(level: LevelParts): LevelParts {
  return { ...level, orders: level.orders.map((order) => [...order]) };
}

function changeLevel(random: Random, level: LevelParts | undefined): void {
  if (level === undefined) return;
  switch (random.below(6)) {
    case 0:
      level.slot = random.below(66);
      break;
    case 1:
      level.side = level.side === 'bid' ? 'ask' : 'bid';
      break;
    case 2:
      level.digest = level.digest.map((byte) => byte ^ random.below(2));
      break;
    default: {
      const words = [level.price, level.volume, level.orderCount, level.hidden];
      changeWord(random, words);
      const [price = 0n, volume = 0n, orderCount = 0n, hidden = 0n] = words;
      Object.assign(level, { price, volume, orderCount, hidden });
    }
  }
}

function changeWord(random: Random, words: bigint[]): void {
  if (words.length === 0) return;
  const at = random.below(words.length);
  const old = words[at] ?? 0n;
  words[at] = BigInt.asUintN(64, newWord(random, old));
}

function newWord(random: Random, old: bigint): bigint {
  switch (random.below(5)) {
    case 0:
      return old + 1n;
    case 1:
      return old - 1n;
    case 2:
      return random.pick(EDGES);
    case 3:
      return random.u64();
    default:
      return old ^ (1n << BigInt(random.below(64)));
  }
}

/** Exchanges two elements, doubles one, or drops one. */
function rearrange<T>(random: Random, list: T[], copy: (element: T) => T): void {
  if (list.length === 0) return;
  const [a, b] = [random.below(list.length), random.below(list.length)];
  const [first, second] = [list[a], list[b]];
  if (first === undefined || second === undefined) return;
  const dice = random.below(3);
  if (dice === 0) [list[a], list[b]] = [second, first];
  else if (dice === 1) list.splice(b, 0, copy(first));
  else list.splice(a, 1);
}

function pickFrom<T>(random: Random, list: readonly T[]): T | undefined {
  return list.length === 0 ? undefined : list[random.below(list.length)];
}
