import { describe, expect, test } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { ORDER_FLOW_NAMES, ORDER_FLOWS } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { SEED } from '../support/seed.ts';

const BATCHES = 60;
const BATCH_RECORDS_MAX = 300;
const OPENED_OFFSET = 68;
const LEVEL_ENTRY_BYTES = 72;
const LEVELS_AT = 64 + 832;

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

/** The witness with its first opened level of more than no orders closed, or undefined when nothing is opened. */
function closeFirstOpenedLevel(witness: Uint8Array): Uint8Array | undefined {
  const view = new DataView(witness.buffer.slice(0));
  const levels = view.getUint32(72, true) + view.getUint32(76, true);
  for (let index = 0; index < levels; index++) {
    const entry = LEVELS_AT + index * LEVEL_ENTRY_BYTES;
    if (view.getUint32(entry + OPENED_OFFSET, true) === 0) continue;
    const orders = Number(view.getBigUint64(entry + 16, true));
    view.setUint32(entry + OPENED_OFFSET, 0, true);
    view.setUint32(80, view.getUint32(80, true) - orders, true);
    const ordersAt = LEVELS_AT + levels * LEVEL_ENTRY_BYTES;
    const bytes = new Uint8Array(view.buffer);
    return Buffer.concat([bytes.subarray(0, ordersAt), bytes.subarray(ordersAt + orders * 64)]);
  }
  return undefined;
}

describe('a witness with opaque levels', () => {
  test.each(ORDER_FLOW_NAMES)(
    'gives the journal of the full book under %s flow, or traps when more is closed',
    (name) => {
      const random = new Random(BigInt(SEED));
      const live = new LiveOrders();
      const engine = Engine.create(DEFAULT_MARKET_CONFIG);
      let closed = 0;
      for (let batch = 0; batch < BATCHES; batch++) {
        const commands = ORDER_FLOWS[name](random, live, random.between(1, BATCH_RECORDS_MAX)).slice(
          0,
          1024 * 32,
        );
        const sealed = engine.applyBatch(commands, BigInt(batch));
        live.observe(sealed.transitions, BigInt(batch));
        expect(prove(sealed.witness), `batch ${batch}`).toBe(0);
        const hidden = closeFirstOpenedLevel(sealed.witness);
        if (hidden === undefined) continue;
        closed += 1;
        expect(prove(hidden), `batch ${batch} with a touched level closed`).toBe('trap');
      }
      expect(closed).toBeGreaterThan(BATCHES / 2);
    },
  );
});
