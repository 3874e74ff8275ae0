import { describe, expect, test } from 'vitest';
import { ADMITTED, Admission } from '../../../queue/runtime/faults/admission.ts';
import { CircuitBreaker } from '../../../queue/runtime/faults/circuit-breaker.ts';
import { Degradation } from '../../../queue/runtime/faults/degradation.ts';
import { createErrorRing, ERROR_SLOTS, ErrorRing } from '../../../queue/runtime/faults/error-ring.ts';
import { FAST_ERROR_CODES, FAST_ERRORS, fastErrorName } from '../../../queue/runtime/faults/fast-error.ts';
import { MpscProducer } from '../../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../../queue/runtime/rings/ring-consumer.ts';
import { createRing } from '../../../queue/runtime/rings/ring-memory.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';

const PLACE = 1;
const CANCEL = 2;
const REDUCE = 3;
const CANCEL_ALL = 5;

describe('the error ring', () => {
  test('reports in batches what was raised, in order, and counts by code', () => {
    const buffer = createErrorRing();
    const [raising, reporting] = [new ErrorRing(buffer), new ErrorRing(buffer)];
    for (let lap = 0; lap < 3 * ERROR_SLOTS; lap += 300) {
      for (let index = 0; index < 300; index++) raising.raise(FAST_ERRORS.InvalidOrder, lap, index);
      const errors = reporting.drain();
      expect(errors.length).toBe(300);
      errors.forEach((error, index) => {
        expect(error).toEqual({ code: FAST_ERRORS.InvalidOrder, source: lap, detail: index });
      });
    }
    expect(reporting.drain()).toEqual([]);
    expect(reporting.count(FAST_ERRORS.InvalidOrder)).toBe(3300);
    expect(reporting.count(FAST_ERRORS.RingFull)).toBe(0);
  });

  test('drops details when nobody reports, keeps the first, counts all, and never waits', () => {
    const ring = new ErrorRing(createErrorRing());
    for (let index = 0; index < ERROR_SLOTS + 7; index++) ring.raise(FAST_ERRORS.NetworkTimeout, 1, index);
    expect(ring.dropped()).toBe(7);
    expect(ring.count(FAST_ERRORS.NetworkTimeout)).toBe(ERROR_SLOTS + 7);
    expect(ring.drain(10).map(({ detail }) => detail)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    ring.raise(FAST_ERRORS.NetworkTimeout, 1, -1);
    expect(ring.drain().length).toBe(ERROR_SLOTS - 9);
  });

  test('has a name for every code, and room for each in its counts', () => {
    for (const [name, code] of Object.entries(FAST_ERRORS)) {
      expect(fastErrorName(code)).toBe(name);
      expect(code).toBeLessThan(FAST_ERROR_CODES);
    }
    expect(fastErrorName(31)).toBe('unknown');
  });
});

describe('the circuit breaker', () => {
  const rules = { failuresMax: 3, windowMs: 100, openMs: 50, probes: 2 };

  test('opens after three failures within the window, not when they are further apart', () => {
    const breaker = new CircuitBreaker(rules);
    for (const nowMs of [0, 60, 120, 180, 240]) breaker.failed(nowMs);
    expect(breaker.allows(241)).toBe(true);
    breaker.failed(241);
    breaker.failed(242);
    expect(breaker.state(243)).toBe('open');
    expect(breaker.allows(243)).toBe(false);
    expect(breaker.openings).toBe(1);
  });

  test('lets probes pass when it was open long enough, closes when all succeed, opens again when one fails', () => {
    const breaker = new CircuitBreaker({ ...rules, failuresMax: 1 });
    breaker.failed(0);
    expect(breaker.allows(49)).toBe(false);
    expect([breaker.allows(50), breaker.allows(50), breaker.allows(50)]).toEqual([true, true, false]);
    breaker.succeeded(51);
    expect(breaker.state(51)).toBe('halfOpen');
    breaker.failed(52);
    expect(breaker.state(53)).toBe('open');
    expect(breaker.allows(102)).toBe(true);
    expect(breaker.allows(102)).toBe(true);
    breaker.succeeded(103);
    breaker.succeeded(104);
    expect(breaker.state(104)).toBe('closed');
    expect(breaker.openings).toBe(2);
  });

  test.each(['failuresMax', 'windowMs', 'openMs', 'probes'])('refuses a %s of 0', (field) => {
    expectRefusal(() => new CircuitBreaker({ ...rules, [field]: 0 }), 'INVALID_FIELD', { field, value: 0 });
  });
});

describe('degradation', () => {
  test('goes up at once and comes down step by step when it was calm', () => {
    const degradation = new Degradation();
    expect(degradation.observe(0.2, 0)).toBe('normal');
    expect(degradation.observe(0.8, 1)).toBe('cancelsOnly');
    expect(degradation.raised).toBe(3);
    expect(degradation.observe(0.6, 2000)).toBe('cancelsOnly');
    expect(degradation.observe(0.1, 3000)).toBe('cancelsOnly');
    expect(degradation.observe(0.1, 3250)).toBe('wideBatches');
    expect(degradation.observe(0.1, 3300)).toBe('wideBatches');
    expect(degradation.observe(0.3, 3400)).toBe('wideBatches');
    expect(degradation.observe(0.1, 3500)).toBe('wideBatches');
    expect(degradation.observe(0.1, 3750)).toBe('noDepth');
    expect(degradation.observe(0.1, 4000)).toBe('normal');
    expect(degradation.lowered).toBe(3);
  });

  test('first refuses what adds risk, and at last everything', () => {
    const degradation = new Degradation();
    const admitted = () => [PLACE, CANCEL, REDUCE, CANCEL_ALL].filter((head) => degradation.admits(head));
    degradation.observe(0.6, 0);
    expect(admitted()).toEqual([PLACE, CANCEL, REDUCE, CANCEL_ALL]);
    degradation.observe(0.8, 0);
    expect(admitted()).toEqual([CANCEL, REDUCE, CANCEL_ALL]);
    degradation.observe(0.99, 0);
    expect(admitted()).toEqual([]);
  });

  test('the door refuses by code as the ring fills, and opens again when it empties', () => {
    const ring = createRing({ kind: 'mpsc', capacity: 16, consumers: 1 });
    const producer = new MpscProducer(ring);
    const errors = new ErrorRing(createErrorRing());
    const door = new Admission(producer, 16, new Degradation(), errors);
    const send = (head: number, nowMs: number) => {
      const code = door.tryEnter(head, 5, nowMs);
      if (code === ADMITTED) producer.publish();
      return code;
    };
    expect(Array.from({ length: 12 }, () => send(PLACE, 0))).toEqual(new Array(12).fill(ADMITTED));
    expect(send(PLACE, 0)).toBe(FAST_ERRORS.SystemOverload);
    expect(Array.from({ length: 4 }, () => send(CANCEL, 0))).toEqual(new Array(4).fill(ADMITTED));
    expect(send(CANCEL, 0)).toBe(FAST_ERRORS.SystemOverload);
    expect(errors.drain().map(({ code, source, detail }) => [code, source, detail])).toEqual([
      [FAST_ERRORS.SystemOverload, 5, 3],
      [FAST_ERRORS.SystemOverload, 5, 4],
    ]);
    const consumer = new RingConsumer(ring);
    consumer.release(consumer.poll(16));
    send(CANCEL, 1);
    for (let nowMs = 250; nowMs < 1500; nowMs += 250) send(CANCEL, nowMs);
    expect(send(PLACE, 1500)).toBe(ADMITTED);
  });
});
