import { type CommandFields, cancel, reduce } from './command-builders.ts';
import type { LiveOrders } from './live-orders.ts';
import { encodeCommand, FLAG, type ModelCommand, RECORD_BYTES } from './model-command.ts';
import type { Random } from './random.ts';
import { concatBytes } from './words.ts';

const EDGE_VALUES: readonly [bigint, ...bigint[]] = [
  0n,
  1n,
  4095n,
  (1n << 32n) - 1n,
  1n << 32n,
  (1n << 48n) - 1n,
  1n << 48n,
  (1n << 48n) + 1n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];

/**
 * Commands of which many are malformed: random bytes, reserved bits, unknown kinds, extensions (at the end of
 * the batch too), owners and ids that do not fit, values at the edges. `wellFormed` makes the commands that
 * are bent.
 */
export function garbageCommands(
  random: Random,
  live: LiveOrders,
  count: number,
  wellFormed: () => ModelCommand,
): Uint8Array {
  const records: Uint8Array[] = [];
  let length = 0;
  while (length < count * RECORD_BYTES) {
    const record = garbageRecord(random, live, wellFormed);
    records.push(record);
    length += record.length;
  }
  // Cutting the last command may take its extension away, which is a case of its own.
  return concatBytes(records).slice(0, count * RECORD_BYTES);
}

function garbageRecord(random: Random, live: LiveOrders, wellFormed: () => ModelCommand): Uint8Array {
  const dice = random.below(100);
  if (dice < 5) return randomBytes(random, RECORD_BYTES);
  if (dice < 15) return encodeCommand(strangerCommand(random, live));
  if (dice < 25) return encodeCommand(extendedCommand(random, wellFormed()));
  if (dice < 30) return flipBit(random, encodeCommand(wellFormed()));
  if (dice < 60) return encodeCommand({ ...wellFormed(), ...bentField(random) });
  if (dice < 65) return encodeCommand({ ...wellFormed(), ...bentField(random), ...bentField(random) });
  return encodeCommand(wellFormed());
}

function bentField(random: Random): CommandFields {
  const small = BigInt(random.pick([0, 1, 2, 3, 4, 5, 7, 8, 127, 128, 255]));
  switch (random.below(8)) {
    case 0:
      return { kind: small };
    case 1:
      return { side: small };
    case 2:
      return { timeInForce: small };
    case 3:
      return { flags: BigInt(random.below(256)) };
    case 4:
      return { price: random.pick(EDGE_VALUES) };
    case 5:
      return { quantity: random.pick(EDGE_VALUES) };
    case 6:
      return { id: random.pick(EDGE_VALUES) };
    default:
      return { account: random.pick([0n, (1n << 32n) - 1n]) };
  }
}

/** A Cancel or Reduce of an order that is another's, gone, or never was. */
function strangerCommand(random: Random, live: LiveOrders): ModelCommand {
  const order = live.pick(random);
  const account = order?.account ?? 1n;
  const make = (id: bigint, by: bigint) =>
    random.chance(50)
      ? cancel(id, { account: by })
      : reduce(id, BigInt(random.between(1, 3)), { account: by });
  switch (random.below(6)) {
    case 0:
      return make(order?.orderId ?? 0n, account ^ 1n);
    case 1:
      return make(live.pickGone(random) ?? 4095n, account);
    case 2: // the slot of a resting order under another sequence
      return make((order?.orderId ?? 0n) ^ (1n << BigInt(random.between(12, 63))), account);
    case 3: // the sequence of a resting order under another slot
      return make((order?.orderId ?? 0n) ^ BigInt(random.between(1, 4095)), account);
    case 4: // an order of this same batch, perhaps
      return make(((live.sequence + BigInt(random.between(1, 40))) << 12n) | live.nextSlot(), account);
    default:
      return make(random.pick(EDGE_VALUES), account);
  }
}

/** Half of the extensions are all zero, which changes nothing about the command. */
function extendedCommand(random: Random, command: ModelCommand): ModelCommand {
  const words = [0n, 0n, 0n, 0n];
  if (random.chance(50)) words[random.below(4)] = random.pick(EDGE_VALUES);
  const flags = command.flags | FLAG.extended;
  return { ...command, kind: random.pick([1n, 1n, 1n, 4n, 2n]), flags, extension: words };
}

function flipBit(random: Random, bytes: Uint8Array): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const index = random.below(flipped.length);
  flipped[index] = (flipped[index] ?? 0) ^ (1 << random.below(8));
  return flipped;
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
