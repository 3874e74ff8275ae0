import { readFileSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { buildRunInputs } from '../../engine/run-witness.ts';
import { aggregateRunOf } from '../../prover/aggregation/aggregate-run.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { runGuest } from '../support/rv32-machine.ts';
import { SEED } from '../support/seed.ts';

// The committed aggregation guest, executed: docs/aggregation.md.

const elf = readFileSync(new URL('../../guest/artifact/aggregation.elf', import.meta.url));
const COMMAND_BYTES = 32;

/** Batches of one flow on one growing book. */
function batchesOf(flow: OrderFlowName, count: number, records: number, seed = SEED): SealedBatch[] {
  const random = new Random(BigInt(seed));
  const live = new LiveOrders();
  const engine = Engine.create(configOfFlow(DEFAULT_MARKET_CONFIG, flow));
  return Array.from({ length: count }, (_, batch) => {
    const commands = ORDER_FLOWS[flow](random, live, random.between(1, records));
    const sealed = engine.applyBatch(commands.slice(0, 1024 * COMMAND_BYTES), BigInt(batch));
    live.observe(sealed.transitions, BigInt(batch));
    return sealed;
  });
}

function changed(inputs: readonly Uint8Array[], input: number, change: (bytes: DataView) => void) {
  const copies = inputs.map((bytes) => Uint8Array.from(bytes));
  const target = copies[input];
  if (target === undefined) throw new Error(`no input ${input}`);
  change(new DataView(target.buffer));
  return copies;
}

describe(`the committed aggregation guest, seed ${SEED}`, () => {
  test.each(ORDER_FLOW_NAMES)('reveals the digest of the aggregate journal under %s flow', (flow) => {
    const batches = batchesOf(flow, 14, 60);
    for (const [first, count] of [
      [0, 3],
      [3, 1],
      [4, 5],
      [9, 4],
    ] as const) {
      const run = aggregateRunOf(batches.slice(first, first + count));
      const guest = runGuest(elf, run.inputs);
      expect(guest.exitCode, `${count} batches from ${first}`).toBe(0);
      expect(hex(guest.publicValues)).toBe(hex(blake3(run.journal)));
    }
  });

  test('makes the root of any count of journals as the host does', () => {
    const batches = batchesOf('realistic', 17, 3);
    for (let count = 1; count <= batches.length; count++) {
      const run = aggregateRunOf(batches.slice(0, count));
      const guest = runGuest(elf, run.inputs);
      expect(hex(guest.publicValues), `${count} batches`).toBe(hex(blake3(run.journal)));
    }
  });

  test('ends with its exit code for inputs that are no run', () => {
    const batches = batchesOf('realistic', 6, 20);
    const inputs = buildRunInputs(batches.slice(2, 4).map(({ witness }) => witness));
    const exits = [
      ['no batches', changed(inputs, 0, (bytes) => bytes.setUint32(0, 0, true)), 130],
      ['more than 256', changed(inputs, 0, (bytes) => bytes.setUint32(0, 257, true)), 130],
      ['a count of another length', [new Uint8Array(8), ...inputs.slice(1)], 131],
      ['a head cut short', [...inputs.slice(0, 2), new Uint8Array(12)], 131],
      ['another count of commands', changed(inputs, 2, (bytes) => bytes.setUint32(8, 1, true)), 131],
      ['no commands', changed(inputs, 2, (bytes) => bytes.setUint32(8, 0, true)), 11],
      ['too many commands', changed(inputs, 2, (bytes) => bytes.setUint32(8, 1025, true)), 11],
      ['a reserved word', changed(inputs, 2, (bytes) => bytes.setUint32(12, 1, true)), 3],
      ['time going back', changed(inputs, 2, (bytes) => bytes.setBigUint64(0, 1n, true)), 12],
      [
        'a first batch of another journal',
        changed(inputs, 1, (bytes) => bytes.setUint8(40, ~bytes.getUint8(40))),
        14,
      ],
      [
        'a first state of another root',
        changed(inputs, 1, (bytes) => bytes.setUint8(64 + 96, ~bytes.getUint8(160))),
        10,
      ],
    ] as const;
    for (const [what, given, exitCode] of exits) {
      const guest = runGuest(elf, given);
      expect(guest.exitCode, what).toBe(exitCode);
      expect(guest.publicValues, what).toEqual(new Uint8Array(32));
    }
  });

  test('reveals something else for other commands in a later batch', () => {
    const batches = batchesOf('realistic', 4, 20);
    const run = aggregateRunOf(batches.slice(1));
    const inputs = changed(run.inputs, 2, (bytes) => bytes.setUint8(17, ~bytes.getUint8(17)));
    const guest = runGuest(elf, inputs);
    expect(guest.exitCode).toBe(0);
    expect(hex(guest.publicValues)).not.toBe(hex(blake3(run.journal)));
  });
});
