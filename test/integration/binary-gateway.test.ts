import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { FAST_ERRORS } from '../../queue/runtime/faults/fast-error.ts';
import type { BinaryGateway } from '../../queue/runtime/gateways/binary/binary-gateway.ts';
import { sealedRoot } from '../../queue/runtime/pipeline/market-engine.ts';
import { type BinaryClient, clientFrame } from '../support/binary-client.ts';
import { ask, BinaryDesk, bid } from '../support/binary-desk.ts';
import { DeskRun, keyOf } from '../support/gateway-run.ts';
import { packedFlow, replayJournal } from '../support/pipeline-run.ts';
import { SEED } from '../support/seed.ts';
import { until } from '../support/until.ts';

let desk: BinaryDesk;
let run: DeskRun;
let gateway: BinaryGateway;

beforeEach(async () => {
  desk = await BinaryDesk.start();
  ({ run, gateway } = desk);
});
afterEach(() => desk.stop());

describe('the binary gateway', () => {
  test('welcomes a client by its key, and answers commands by their number when they are journalled', async () => {
    const one = await desk.client(1);
    const welcome = one.frames[0];
    expect(welcome?.type).toBe(129);
    expect([0, 4, 8].map((at) => welcome?.body.readUInt32LE(at))).toEqual([1, 1, 16_384]);
    expect(welcome?.body.readBigUInt64LE(16)).toBe(1n);
    one.send(encodeCommands([bid(1, 7n, 100n), ask(1, 8n, 101n), ask(1, 9n, 100n, 2n)]));
    await until(() => one.events.length === 4);
    expect(one.events.map(({ number, transition }) => [number, transition.type])).toEqual([
      [1, 'accepted'],
      [2, 'accepted'],
      [3, 'accepted'],
      [3, 'filled'],
    ]);
    // Who was told finds it in the journal.
    const { engine } = replayJournal(run.journalPath, 'circuit');
    expect(engine.longs[engine.module.headerPointer() / 8]).toBe(4n);
  });

  test('tells a maker of a fill that another made, and every session of an account of its orders', async () => {
    const maker = await desk.client(1);
    const twin = await desk.client(1);
    const taker = await desk.client(2);
    maker.send(encodeCommands([bid(1, 7n, 100n)]));
    await until(() => maker.events.length === 1 && twin.events.length === 1);
    taker.send(encodeCommands([ask(2, 8n, 100n, 2n)]));
    await until(() => maker.events.length === 2 && twin.events.length === 2 && taker.events.length === 2);
    expect(twin.events[0]?.number).toBe(0);
    expect(twin.events[0]?.transition).toEqual({ ...maker.events[0]?.transition, commandIndex: 0 });
    expect(maker.events[1]?.number).toBe(0);
    expect(maker.events[1]?.transition).toMatchObject({ type: 'filled', makerAccount: 1, quantity: 2n });
    expect(taker.events.map(({ number }) => number)).toEqual([1, 1]);
  });

  test(`takes the same commands however their bytes are cut and merged (seed ${SEED})`, async () => {
    const flow = packedFlow(BigInt(SEED), 400).map((packed) => {
      // All of one account, as the session is.
      const own = Buffer.from(packed);
      own.writeUInt32LE(1, 4);
      return own;
    });
    const stream = Buffer.concat(flow.map((packed) => clientFrame(2, packed.length / 32, packed)));
    const [cuts = []] = fc.sample(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 50 }), {
      numRuns: 1,
      seed: SEED,
    });
    const one = await desk.client(1);
    let sent = 0;
    for (let turn = 0; sent < stream.length; turn++) {
      const size = cuts[turn % cuts.length] ?? 1;
      one.socket.write(stream.subarray(sent, sent + size));
      sent += size;
      // Every other cut is a segment of its own.
      if (turn % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => desk.journalled() === flow.length && run.desk.inFlight === 0);
    await until(() => one.events.at(-1)?.number === flow.length);
    expect(new Set(one.events.map(({ number }) => number)).size).toBe(flow.length);
    expect(one.refusals).toEqual([]);
    const { engine } = replayJournal(run.journalPath, 'circuit');
    const sequences = one.events.map(({ transition }) => Number(transition.sequence));
    expect(sequences).toEqual(Array.from(sequences, (_, index) => index + 1));
    expect(Number(engine.longs[engine.module.headerPointer() / 8])).toBe(sequences.length);
    await run.stop();
    expect(sealedRoot(engine)).toBe(run.pipeline.control.finalRoot());
    run.remove();
    run = await DeskRun.start();
  });

  test('refuses by code what is no command of the session, and goes on', async () => {
    const one = await desk.client(1);
    const garbage = Buffer.alloc(32, 0xff);
    const own = encodeCommands([bid(1, 1n, 100n)]);
    const foreign = encodeCommands([bid(2, 1n, 100n)]);
    const reserved = Buffer.from(own);
    reserved.writeUInt8(0x80, 3);
    const wide = Buffer.from(own);
    wide.writeUInt16LE(1, 22);
    const cut = encodeCommands([{ ...bid(1, 1n, 100n), displayQuantity: 1n }]);
    one.send(Buffer.concat([garbage, foreign, reserved, wide, own, cut.subarray(0, 32)]));
    one.send(own);
    await until(() => one.events.length === 2 && one.refusals.length === 5);
    expect(one.refusals).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [6, 5],
    ]);
    expect(one.events.map(({ number }) => number)).toEqual([5, 7]);
    expect(run.desk.errors.count(FAST_ERRORS.InvalidOrder)).toBe(5);
    run.pipeline.control.setLevel(3);
    one.send(own);
    await until(() => one.refusals.length === 6);
    expect(one.refusals.at(-1)).toEqual([8, 6]);
    expect(run.desk.errors.count(FAST_ERRORS.SystemOverload)).toBe(1);
    run.pipeline.control.setLevel(0);
    await desk.expectServed();
    await until(() => desk.journalled() === 3);
  });

  test.each<readonly [string, number, number, (client: BinaryClient) => void]>([
    ['a wrong magic', 1, 0, (one) => one.hello(1, keyOf(1), 'HTTP')],
    ['another version', 2, 0, (one) => one.hello(1, keyOf(1), 'PBGW', 2)],
    ['a wrong key', 3, 0, (one) => one.hello(1, keyOf(2))],
    ['an account without a key', 3, 0, (one) => one.hello(77, keyOf(77))],
    ['an unknown type', 4, 0, (one) => one.socket.write(clientFrame(9, 1, Buffer.alloc(32)))],
    ['text', 5, 0, (one) => one.socket.write('GET / HTTP/1.1\r\n\r\n')],
    ['an oversize length', 5, 1, (one) => one.socket.write(clientFrame(2, 1, Buffer.alloc(0), 0xffffffff))],
    [
      'more records than the length has',
      4,
      1,
      (one) => one.socket.write(clientFrame(2, 2, Buffer.alloc(32))),
    ],
    ['no record', 4, 1, (one) => one.socket.write(clientFrame(2, 0, Buffer.alloc(0)))],
    ['commands before the hello', 6, 0, (one) => one.send(encodeCommands([bid(1, 1n, 100n)]))],
    ['a second hello', 7, 1, (one) => one.hello(1, keyOf(1))],
  ])('sends a client away for %s', async (_, reason, account, misbehave) => {
    const one = await desk.client(account === 0 ? undefined : account);
    misbehave(one);
    await until(() => one.isClosed);
    expect(one.closedFor).toBe(reason);
    expect(run.desk.errors.count(FAST_ERRORS.MalformedFrame)).toBe(1);
    await until(() => gateway.counts.open === 0);
    await desk.expectServed();
  });

  test(`survives any bytes at all (seed ${SEED})`, async () => {
    const samples = fc.sample(fc.uint8Array({ minLength: 8, maxLength: 3000 }), { numRuns: 60, seed: SEED });
    for (const [index, bytes] of samples.entries()) {
      const one = await desk.client(index % 2 === 0 ? undefined : 1);
      // Half of them look like commands of a whole frame.
      one.socket.write(
        index % 4 < 2 ? bytes : clientFrame(2, 1, Buffer.concat([bytes, Buffer.alloc(32)]).subarray(0, 32)),
      );
      one.socket.end();
      await until(() => one.isClosed);
    }
    await until(() => gateway.counts.open === 0);
    await desk.expectServed();
  });
});
