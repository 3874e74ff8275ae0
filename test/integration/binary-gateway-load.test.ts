import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { FAST_ERRORS } from '../../queue/runtime/faults/fast-error.ts';
import type { BinaryGateway } from '../../queue/runtime/gateways/binary/binary-gateway.ts';
import { DEFAULT_SESSION_LIMITS } from '../../queue/runtime/gateways/binary/session-limits.ts';
import { clientFrame } from '../support/binary-client.ts';
import { BinaryDesk, bid } from '../support/binary-desk.ts';
import { DeskRun } from '../support/gateway-run.ts';
import { until } from '../support/until.ts';

let desk: BinaryDesk;
let run: DeskRun;
let gateway: BinaryGateway;

beforeEach(async () => {
  desk = await BinaryDesk.start();
  ({ run, gateway } = desk);
});
afterEach(() => desk.stop());

describe('a binary gateway with slow clients', () => {
  test('reads a socket no further than its answers are in flight', async () => {
    const narrow = await run.binary({ limits: { ...DEFAULT_SESSION_LIMITS, inFlightMax: 4 } });
    const one = await desk.client(1, narrow.port);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, run.desk.inFlight);
    }, 0);
    const orders = Array.from({ length: 500 }, (_, index) => bid(1, BigInt(index), BigInt(1 + (index % 60))));
    one.send(encodeCommands(orders));
    await until(() => one.events.length >= 500);
    clearInterval(watch);
    expect(most).toBeLessThanOrEqual(4);
    expect(one.events.at(-1)?.number).toBe(500);
  });

  test('ends the session of who does not log in, does not finish a frame, or does not read', async () => {
    const limits = {
      ...DEFAULT_SESSION_LIMITS,
      loginMs: 150,
      frameMs: 150,
      unreadMs: 300,
      unreadSoftBytes: 64 * 1024,
    };
    const strict = await run.binary({ limits });
    const silent = await desk.client(undefined, strict.port);
    const stalled = await desk.client(1, strict.port);
    stalled.socket.write(Buffer.from([64, 0, 0]));
    await until(() => silent.isClosed && stalled.isClosed);
    expect(silent.closedFor).toBe(8);
    expect(stalled.closedFor).toBe(9);

    const slow = await desk.client(2, strict.port);
    slow.socket.pause();
    const orders = encodeCommands(Array.from({ length: 1000 }, () => bid(2, 1n, 100n)));
    const flood = setInterval(() => slow.socket.write(clientFrame(2, 1000, orders)), 1);
    await until(() => strict.counts.closed('slowReader') === 1);
    clearInterval(flood);
    expect(run.desk.errors.count(FAST_ERRORS.NetworkTimeout)).toBe(3);
    expect(run.pipeline.telemetry.counter('timeouts_total').value).toBe(3);
    await until(() => run.desk.inFlight === 0 && strict.counts.open === 0);
    await desk.expectServed();
  });

  test('keeps who is always in the middle of a frame, but ends each in time', async () => {
    const strict = await run.binary({ limits: { ...DEFAULT_SESSION_LIMITS, frameMs: 400 } });
    const one = await desk.client(1, strict.port);
    const frame = clientFrame(2, 1, encodeCommands([bid(1, 1n, 100n)]));
    one.socket.write(frame.subarray(0, 20));
    for (let turn = 0; turn < 12; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      one.socket.write(Buffer.concat([frame.subarray(20), frame.subarray(0, 20)]));
    }
    await until(() => one.events.length === 12);
    expect(one.isClosed).toBe(false);
    await until(() => one.isClosed);
    expect(one.closedFor).toBe(9);
  });

  test('ends the session of who leaves too much unread, without waiting', async () => {
    const limits = { ...DEFAULT_SESSION_LIMITS, unreadSoftBytes: 2 ** 14, unreadHardBytes: 2 ** 18 };
    const strict = await run.binary({ limits });
    const slow = await desk.client(2, strict.port);
    slow.socket.pause();
    // Not its own commands, which are not read either: what others do to its orders.
    const twin = await desk.client(2);
    const orders = encodeCommands(Array.from({ length: 1000 }, () => bid(2, 1n, 100n)));
    const flood = setInterval(() => {
      if (twin.socket.writableLength === 0) twin.send(orders);
    }, 1);
    await until(() => strict.counts.closed('slowReader') === 1);
    clearInterval(flood);
    await until(() => run.desk.inFlight === 0);
  });

  test('does what a client sent that vanished, and tells nobody', async () => {
    const one = await desk.client(1);
    one.send(encodeCommands([bid(1, 1n, 100n), bid(1, 2n, 99n)]));
    await until(() => desk.journalled() === 2);
    const before = gateway.counts.left;
    one.send(encodeCommands(Array.from({ length: 900 }, () => bid(1, 3n, 98n))));
    one.socket.resetAndDestroy();
    await until(() => gateway.counts.left === before + 1 && run.desk.inFlight === 0);
    const { telemetry } = run.pipeline;
    // Nothing is lost of what was read: it was done, and told to nobody.
    await until(() => telemetry.counter('orders_total').value === telemetry.counter('messages_total').value);
    const again = await desk.client(1);
    again.send(encodeCommands([{ kind: 'cancelAll', account: 1, side: 'both' }]));
    await until(() => again.events.length >= 2);
    expect(again.events[0]?.transition).toMatchObject({ type: 'canceled', clientOrderId: 1n });
    await desk.expectServed();
  });

  test('counts what it could tell nobody, and how long commands take from the socket to the ring', async () => {
    const one = await desk.client(1);
    const orders = clientFrame(2, 10, encodeCommands(Array.from({ length: 10 }, () => bid(1, 1n, 100n))));
    // In one segment: the session ends while its commands are in flight.
    one.socket.write(Buffer.concat([orders, clientFrame(99, 0, new Uint8Array())]));
    await until(() => one.isClosed && run.desk.inFlight === 0);
    expect(one.events).toEqual([]);
    const { telemetry } = run.pipeline;
    expect(telemetry.counter('messages_total').value).toBe(10);
    expect(telemetry.counter('drops_total').value).toBe(10);
    const network = telemetry.histogram('network_ns');
    expect(network.count).toBe(1);
    expect(network.percentile(0.5)).toBeGreaterThan(0);
  });

  test('has room for as many sessions as it says, and tells the next one so', async () => {
    const made = await Promise.all(Array.from({ length: 32 }, () => desk.client(1)));
    const extra = await desk.client();
    await until(() => extra.isClosed);
    expect(extra.closedFor).toBe(11);
    expect(run.desk.errors.count(FAST_ERRORS.AllocationFailure)).toBe(1);
    const [first] = made;
    first?.socket.destroy();
    if (first !== undefined) await once(first.socket, 'close');
    await until(() => gateway.counts.open === 31);
    await desk.expectServed();
  });
});

test('a binary gateway goes on when the engine behind it dies: every command is answered once, in order', async () => {
  const own = await DeskRun.start({ standby: true });
  const surviving = await own.binary();
  const one = await desk.client(1, surviving.port);
  const orders = Array.from({ length: 6000 }, (_, index) => bid(1, BigInt(index), BigInt(1 + (index % 50))));
  const packed = encodeCommands(orders);
  for (let at = 0; at < orders.length; at += 500) {
    one.send(packed.subarray(at * 32, (at + 500) * 32));
    if (at === 3000) await own.pipeline.failOver();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => one.events.at(-1)?.number === orders.length);
  const numbers = one.events.map(({ number }) => number);
  expect(new Set(numbers).size).toBe(orders.length);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  const sequences = one.events.map(({ transition }) => Number(transition.sequence));
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  expect(own.desk.inFlight).toBe(0);
  await own.stop();
  own.remove();
});
