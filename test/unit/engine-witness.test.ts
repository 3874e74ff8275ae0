import { describe, expect, test } from 'vitest';
import { encodeCommands, type PlaceCommand } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { mixedHistory } from '../support/mixed-history.ts';
import { SEED } from '../support/seed.ts';

const IMAGE = 64;
const OPENED_ORDERS = IMAGE + 16;
const STOPS_OPENED = IMAGE + 20;
const STOP_COUNT = IMAGE + 256 + 16;
/** Of PROTOCOL.md §8. */
const STATUS = { ordersDigest: 8, trailing: 13, stopBook: 15 } as const;

/** What the guest would answer, from the same module in Node: a status, or `trap`. */
function prove(witness: Uint8Array, behindIt = 0): number | 'trap' {
  const guest = instantiateEngine();
  new Uint8Array(guest.memory.buffer, guest.inputPointer(), guest.inputCapacity()).fill(behindIt);
  new Uint8Array(guest.memory.buffer, guest.inputPointer(), witness.length).set(witness);
  try {
    return guest.proveBatch(witness.length);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return 'trap';
    throw error;
  }
}

/** The witness with its stop records, which are its last before the commands, taken out. */
function closeStops(witness: Uint8Array, commandBytes: number): Uint8Array {
  const view = new DataView(witness.buffer, witness.byteOffset, witness.byteLength);
  const stops = Number(view.getBigUint64(STOP_COUNT, true));
  const stopsEnd = witness.length - commandBytes;
  const closed = Uint8Array.from([
    ...witness.subarray(0, stopsEnd - stops * 64),
    ...witness.subarray(stopsEnd),
  ]);
  const closedView = new DataView(closed.buffer);
  closedView.setUint32(OPENED_ORDERS, view.getUint32(OPENED_ORDERS, true) - stops, true);
  closedView.setUint32(STOPS_OPENED, 0, true);
  return closed;
}

test('what lies behind a witness in the input buffer is no part of it', () => {
  const [history] = mixedHistory(BigInt(SEED) + 41n, 45, 1);
  expect(prove(history?.sealed.witness ?? new Uint8Array(), 0xff)).toBe(0);
});

test('a witness opens the stop book when the batch used it and only then (PROTOCOL.md §8)', () => {
  const counts = { opened: 0, closed: 0, none: 0 };
  for (const { sealed } of mixedHistory(BigInt(SEED) + 40n, 150, 12)) {
    const view = new DataView(sealed.witness.buffer, sealed.witness.byteOffset, sealed.witness.byteLength);
    const isOpened = view.getUint32(STOPS_OPENED, true) === 1;
    const stops = view.getBigUint64(STOP_COUNT, true);
    expect(prove(sealed.witness)).toBe(0);
    if (stops === 0n) {
      counts.none += 1;
      expect(isOpened).toBe(true);
    } else if (isOpened) {
      counts.opened += 1;
      expect(prove(closeStops(sealed.witness, sealed.commands.length))).toBe('trap');
    } else {
      counts.closed += 1;
    }
  }
  expect(Math.min(counts.opened, counts.closed), JSON.stringify(counts)).toBeGreaterThan(9);
  expect(counts.none).toBeGreaterThan(0);
});

describe('a witness of a small book', () => {
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  const MAKER = 0x1111_2222_3333n;
  const STOP = 0x4444_5555_6666n;
  const order = (clientOrderId: bigint, fields: Partial<PlaceCommand> = {}): PlaceCommand => ({
    kind: 'place',
    side: 'bid',
    timeInForce: 'GTC',
    account: 1,
    clientOrderId,
    price: 90n,
    quantity: 5n,
    ...fields,
  });
  const first = engine.applyBatch(
    encodeCommands([
      order(MAKER),
      order(MAKER + 1n),
      order(STOP, { triggerPrice: 300n, price: 500n }),
      order(STOP + 1n, { triggerPrice: 200n, price: 500n }),
    ]),
    1n,
  );
  const sequence = decodeTransitions(first.transitions).at(-1)?.sequence ?? 0n;
  // The next Accepted takes the next sequence and the lowest free slot, the fifth (PROTOCOL.md §2).
  const orderId = ((sequence + 1n) << 12n) | 4n;
  const commands = encodeCommands([
    order(STOP + 2n, { triggerPrice: 100n, price: 500n }),
    { kind: 'cancel', account: 1, orderId },
    order(7n, { side: 'ask', account: 2, timeInForce: 'IOC', quantity: 6n }),
  ]);
  const { witness, transitions } = engine.applyBatch(commands, 2n);

  /** The witness with another clientOrderId in the record that holds this one. */
  function renamed(clientOrderId: bigint): Uint8Array {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(clientOrderId);
    const at = Buffer.from(witness).indexOf(bytes);
    if (at < 0) throw new Error(`order ${clientOrderId} is not in the witness`);
    const altered = Uint8Array.from(witness);
    altered[at] = (altered[at] ?? 0) ^ 0x80;
    return altered;
  }

  test('proves its batch', () => {
    const types = decodeTransitions(transitions).map(({ type }) => type);
    expect(types).not.toContain('rejected');
    expect(types.filter((type) => type === 'filled')).toHaveLength(2);
    expect(prove(witness)).toBe(0);
  });

  test('opens the older stops when one came and went: the nearest trigger is theirs again', () => {
    expect(new DataView(witness.buffer, witness.byteOffset).getUint32(STOPS_OPENED, true)).toBe(1);
    expect(prove(closeStops(witness, commands.length))).toBe('trap');
  });

  test('is refused with another order in a queue than the leaf commits to', () => {
    for (const id of [MAKER, MAKER + 1n]) expect(prove(renamed(id))).toBe(STATUS.ordersDigest);
  });

  test('is refused with another waiting stop than the leaf commits to', () => {
    for (const id of [STOP, STOP + 1n]) expect(prove(renamed(id))).toBe(STATUS.stopBook);
  });

  test('is refused with anything behind its last command', () => {
    expect(prove(Uint8Array.from([...witness, ...new Uint8Array(8)]))).toBe(STATUS.trailing);
  });

  test('leaves the older stops closed when a stranger names one that came in the batch', () => {
    const other = Engine.create(DEFAULT_MARKET_CONFIG);
    const before = other.applyBatch(encodeCommands([order(STOP, { triggerPrice: 100n, price: 500n })]), 1n);
    const next = (((decodeTransitions(before.transitions).at(-1)?.sequence ?? 0n) + 1n) << 12n) | 1n;
    const stranger = encodeCommands([
      order(STOP + 1n, { triggerPrice: 101n, price: 500n }),
      { kind: 'cancel', account: 77, orderId: next },
    ]);
    const sealed = other.applyBatch(stranger, 2n);
    expect(decodeTransitions(sealed.transitions).map(({ reason }) => reason)).toContain('notOwner');
    expect(new DataView(sealed.witness.buffer, sealed.witness.byteOffset).getUint32(STOPS_OPENED, true)).toBe(
      0,
    );
    expect(prove(sealed.witness)).toBe(0);
  });
});
