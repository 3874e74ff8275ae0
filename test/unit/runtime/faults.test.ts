import { describe, expect, test } from 'vitest';
import { ADMITTED, Admission } from '../../../queue/runtime/faults/admission.ts';
import { CircuitBreaker } from '../../../queue/runtime/faults/circuit-breaker.ts';
import { Degradation, isAdmitted } from '../../../queue/runtime/faults/degradation.ts';
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
    const admitted = (level: number) =>
      [PLACE, CANCEL, REDUCE, CANCEL_ALL].filter((head) => isAdmitted(level, head));
    expect(admitted(2)).toEqual([PLACE, CANCEL, REDUCE, CANCEL_ALL]);
    expect(admitted(3)).toEqual([CANCEL, REDUCE, CANCEL_ALL]);
    expect(admitted(4)).toEqual([]);
  });

  test('the door refuses by code as the ring fills, and opens again when it empties', () => {
    const ring = createRing({ kind: 'mpsc', capacity: 16, consumers: 1 });
    const producer = new MpscProducer(ring);
    const errors = new ErrorRing(createErrorRing());
    const degradation = new Degradation();
    const door = new Admission(producer, 16, degradation, errors);
    const send = (head: number) => {
      degradation.observe(1 - producer.ready() / 16, 0);
      const code = door.tryEnter(head, 5);
      if (code === ADMITTED) producer.publish();
      return code;
    };
    expect(Array.from({ length: 12 }, () => send(PLACE))).toEqual(new Array(12).fill(ADMITTED));
    expect(send(PLACE)).toBe(FAST_ERRORS.SystemOverload);
    expect(Array.from({ length: 4 }, () => send(CANCEL))).toEqual(new Array(4).fill(ADMITTED));
    expect(send(CANCEL)).toBe(FAST_ERRORS.SystemOverload);
    const closed = new Admission(producer, 16, { level: 0 }, errors);
    expect(closed.tryEnter(PLACE, 6)).toBe(FAST_ERRORS.RingFull);
    expect(errors.drain().map(({ code, source, detail }) => [code, source, detail])).toEqual([
      [FAST_ERRORS.SystemOverload, 5, 3],
      [FAST_ERRORS.SystemOverload, 5, 4],
      [FAST_ERRORS.RingFull, 6, 16],
    ]);
    const consumer = new RingConsumer(ring);
    consumer.release(consumer.poll(16));
    for (let nowMs = 0; nowMs < 1500; nowMs += 250) degradation.observe(0, nowMs);
    expect(send(PLACE)).toBe(ADMITTED);
  });
});
