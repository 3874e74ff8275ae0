import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { runGuest } from '../support/rv32-machine.ts';
import { SEED } from '../support/seed.ts';

// The committed guest, executed. Whatever the engine says in Node the guest must say with its exit code (guest/README.md).

const elf = readFileSync(new URL('../../guest/artifact/circuit.elf', import.meta.url));
const UNREACHABLE_EXIT = 101;
const INPUT_TOO_LONG_EXIT = 120;
const JOURNAL_DIGEST_STATUS = 14;

/** What the engine answers in Node, as the exit code that the guest owes, and the compressions it took. */
function inNode(witness: Uint8Array): { readonly exitCode: number; readonly compressions: number } {
  const engine = instantiateEngine();
  new Uint8Array(engine.memory.buffer, engine.inputPointer(), witness.length).set(witness);
  try {
    const exitCode = engine.proveBatch(witness.length);
    return { exitCode, compressions: Number(engine.compressionCount()) };
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError) || !/unreachable/.test(error.message)) throw error;
    return { exitCode: UNREACHABLE_EXIT, compressions: Number(engine.compressionCount()) };
  }
}

/** Batches of one flow on one growing book. */
function* batches(flow: OrderFlowName, count: number, records: number) {
  const random = new Random(BigInt(SEED));
  const live = new LiveOrders();
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  for (let batch = 0; batch < count; batch++) {
    const commands = ORDER_FLOWS[flow](random, live, random.between(1, records)).slice(0, 1024 * 32);
    const sealed = engine.applyBatch(commands, BigInt(batch));
    live.observe(sealed.transitions, BigInt(batch));
    yield sealed;
  }
}

function oneBatch(): Uint8Array {
  const [sealed] = batches('crossing', 1, 12);
  if (sealed === undefined) throw new Error('no batch');
  return sealed.witness;
}

describe('the committed guest', () => {
  test.each(ORDER_FLOW_NAMES)('reveals the journal digest of every batch under %s flow', (flow) => {
    for (const sealed of batches(flow, 6, 150)) {
      const run = runGuest(elf, sealed.witness);
      expect(run.exitCode).toBe(0);
      expect(Buffer.from(run.publicValues).toString('hex')).toBe(
        Buffer.from(sealed.journalDigest).toString('hex'),
      );
    }
  });

  test('ends with the status that the engine gives in Node for a witness with a damaged byte', () => {
    const random = new Random(BigInt(SEED));
    const exitCodes = new Set<number>();
    for (const { witness } of batches('realistic', 12, 20)) {
      for (let attempt = 0; attempt < 12; attempt++) {
        const damaged = witness.slice();
        const at = random.chance(50)
          ? random.below(Math.min(400, witness.length))
          : random.below(witness.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << random.below(8));
        const run = runGuest(elf, damaged);
        expect(run.exitCode, `bit of byte ${at}`).toBe(inNode(damaged).exitCode);
        expect(run.exitCode, `bit of byte ${at}`).not.toBe(0);
        expect(run.publicValues, 'a guest that fails reveals nothing').toEqual(new Uint8Array(32));
        exitCodes.add(run.exitCode);
      }
    }
    // The damage reached many different checks, not one that catches all.
    expect(exitCodes.size).toBeGreaterThan(5);
  });

  test('ends with exit code 101 when a level that it needs is opaque', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    const trap = new Error('no batch of this flow needs an opened level');
    const random = new Random(BigInt(SEED));
    const live = new LiveOrders();
    for (let batch = 0; batch < 20; batch++) {
      const commands = ORDER_FLOWS.crossing(random, live, 40).slice(0, 40 * 32);
      const sealed = engine.applyBatch(commands, BigInt(batch));
      live.observe(sealed.transitions, BigInt(batch));
      const closed = closeEveryLevel(sealed.witness);
      if (inNode(closed).exitCode === UNREACHABLE_EXIT) {
        expect(runGuest(elf, closed).exitCode).toBe(UNREACHABLE_EXIT);
        return;
      }
    }
    throw trap;
  });

  test('passes on lengths that are not whole words, as the engine refuses them itself', () => {
    const witness = oneBatch();
    for (const length of [0, 1, 5, 63, witness.length - 1, witness.length - 4, witness.length - 8]) {
      const cut = witness.subarray(0, length);
      expect(runGuest(elf, cut).exitCode, `length ${length}`).toBe(inNode(cut).exitCode);
    }
  });

  test('takes an input as long as the buffer and refuses a longer one before it reads it', () => {
    const capacity = instantiateEngine().inputCapacity();
    expect(runGuest(elf, new Uint8Array(capacity)).exitCode).toBe(inNode(new Uint8Array(capacity)).exitCode);
    const tooLong = runGuest(elf, new Uint8Array(capacity + 1));
    expect(tooLong.exitCode).toBe(INPUT_TOO_LONG_EXIT);
    expect(tooLong.instructionCount).toBeLessThan(1_000);
  });

  test('spends at most 1,450 instructions a compression and 600 a command', () => {
    for (const sealed of batches('realistic', 4, 400)) {
      const { compressions } = inNode(sealed.witness);
      const { instructionCount } = runGuest(elf, sealed.witness);
      const budget = 5_000 + 1_450 * compressions + 600 * (sealed.commands.length / 32);
      expect(instructionCount).toBeLessThan(budget);
    }
  });

  test('refuses a witness that promises another journal', () => {
    const witness = oneBatch().slice();
    witness[32] = (witness[32] ?? 0) ^ 1;
    expect(runGuest(elf, witness).exitCode).toBe(JOURNAL_DIGEST_STATUS);
  });
});

/** The witness with every level opaque (protocol §8). */
function closeEveryLevel(witness: Uint8Array): Uint8Array {
  const image = 64;
  const view = new DataView(witness.slice().buffer);
  const levels = view.getUint32(image + 8, true) + view.getUint32(image + 12, true);
  const opened = view.getUint32(image + 16, true);
  const orders = image + 832 + levels * 72;
  for (let index = 0; index < levels; index++) view.setUint32(image + 832 + index * 72 + 68, 0, true);
  view.setUint32(image + 16, 0, true);
  const bytes = new Uint8Array(view.buffer);
  return Buffer.concat([bytes.subarray(0, orders), bytes.subarray(orders + opened * 64)]);
}
