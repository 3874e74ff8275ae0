import { expect, test } from 'vitest';
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

/** What the guest would answer, from the same module in Node: a status, or `trap`. */
function prove(witness: Uint8Array): number | 'trap' {
  const guest = instantiateEngine();
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

test('a stop that comes and goes in one batch opens the older ones: the nearest trigger is theirs again (PROTOCOL.md §8)', () => {
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  const stop = (clientOrderId: bigint, triggerPrice: bigint): PlaceCommand => ({
    kind: 'place',
    side: 'bid',
    timeInForce: 'GTC',
    account: 1,
    clientOrderId,
    price: 500n,
    quantity: 1n,
    triggerPrice,
  });
  const older = engine.applyBatch(encodeCommands([stop(1n, 300n), stop(2n, 200n)]), 1n);
  const sequence = decodeTransitions(older.transitions).at(-1)?.sequence ?? 0n;
  // The next Accepted takes the next sequence and the lowest free slot, the third (PROTOCOL.md §2).
  const orderId = ((sequence + 1n) << 12n) | 2n;
  const commands = encodeCommands([stop(3n, 100n), { kind: 'cancel', account: 1, orderId }]);
  const { witness, transitions } = engine.applyBatch(commands, 2n);
  expect(decodeTransitions(transitions).map(({ type }) => type)).not.toContain('rejected');
  expect(new DataView(witness.buffer, witness.byteOffset).getUint32(STOPS_OPENED, true)).toBe(1);
  expect(prove(witness)).toBe(0);
  expect(prove(closeStops(witness, commands.length))).toBe('trap');
});
