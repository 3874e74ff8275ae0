import { describe, expect, test } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { SEED } from '../support/seed.ts';

const BATCHES = 60;
const BATCH_RECORDS_MAX = 300;
const RECORD_BYTES = 32;
/** Offsets in a witness (protocol §8). */
const BID_LEVEL_COUNT_AT = 64 + 8;
const ASK_LEVEL_COUNT_AT = 64 + 12;
const OPENED_ORDER_COUNT_AT = 64 + 16;
const STOPS_OPENED_AT = 64 + 20;
const STOP_COUNT_AT = 64 + 256 + 16;
const LEVELS_AT = 64 + 832;
const LEVEL_ENTRY_BYTES = 72;
const LEVEL_ORDER_COUNT_OFFSET = 16;
const LEVEL_OPENED_OFFSET = 68;
const ORDER_BYTES = 64;

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

/** A witness in which one more part is opaque. */
interface ClosedWitness {
  readonly part: string;
  readonly bytes: Uint8Array;
}

/** The witness with one opened part of it closed, for each of them: levels from the first on, then the stop book. */
function* closeEachPart(witness: Uint8Array): Generator<ClosedWitness> {
  const view = new DataView(witness.buffer, witness.byteOffset, witness.byteLength);
  const levelCount = view.getUint32(BID_LEVEL_COUNT_AT, true) + view.getUint32(ASK_LEVEL_COUNT_AT, true);
  let recordsAt = LEVELS_AT + levelCount * LEVEL_ENTRY_BYTES;
  for (let index = 0; index < levelCount; index += 1) {
    const entry = LEVELS_AT + index * LEVEL_ENTRY_BYTES;
    if (view.getUint32(entry + LEVEL_OPENED_OFFSET, true) === 0) continue;
    const orders = Number(view.getBigUint64(entry + LEVEL_ORDER_COUNT_OFFSET, true));
    yield { part: `level ${index}`, bytes: close(witness, entry + LEVEL_OPENED_OFFSET, recordsAt, orders) };
    recordsAt += orders * ORDER_BYTES;
  }
  const stops = Number(view.getBigUint64(STOP_COUNT_AT, true));
  if (stops > 0 && view.getUint32(STOPS_OPENED_AT, true) === 1) {
    yield { part: 'stop book', bytes: close(witness, STOPS_OPENED_AT, recordsAt, stops) };
  }
}

/** The witness without `orders` records from `recordsAt` on, and 0 for the flag that says that they are there. */
function close(witness: Uint8Array, flagAt: number, recordsAt: number, orders: number): Uint8Array {
  const after = witness.subarray(recordsAt + orders * ORDER_BYTES);
  const bytes = Uint8Array.from(Buffer.concat([witness.subarray(0, recordsAt), after]));
  const view = new DataView(bytes.buffer);
  view.setUint32(flagAt, 0, true);
  view.setUint32(OPENED_ORDER_COUNT_AT, view.getUint32(OPENED_ORDER_COUNT_AT, true) - orders, true);
  return bytes;
}

const closedParts = new Map<string, number>();

describe('a witness with opaque levels', () => {
  test.each(ORDER_FLOW_NAMES)(
    'gives the journal of the full book under %s flow, or traps when more is closed',
    (name) => {
      const random = new Random(BigInt(SEED));
      const live = new LiveOrders();
      const engine = Engine.create(configOfFlow(DEFAULT_MARKET_CONFIG, name));
      let closed = 0;
      for (let batch = 0; batch < BATCHES; batch++) {
        const flow = ORDER_FLOWS[name](random, live, random.between(1, BATCH_RECORDS_MAX));
        const sealed = engine.applyBatch(flow.slice(0, 1024 * RECORD_BYTES), BigInt(batch));
        live.observe(sealed.transitions, BigInt(batch));
        expect(prove(sealed.witness), `batch ${batch}`).toBe(0);
        for (const { part, bytes } of closeEachPart(sealed.witness)) {
          expect(prove(bytes), `batch ${batch} with ${part} closed`).toBe('trap');
          closed += 1;
          const kind = part === 'stop book' ? part : 'level';
          closedParts.set(kind, (closedParts.get(kind) ?? 0) + 1);
        }
      }
      expect(closed).toBeGreaterThan(BATCHES / 2);
    },
    60_000,
  );

  test('was closed at its stop book, too', () => {
    expect(closedParts.get('stop book')).toBeGreaterThan(50);
  });
});
