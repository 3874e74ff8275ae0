import { expect, test } from 'vitest';
import { instantiateEngine } from '../../engine/engine-module.ts';
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
