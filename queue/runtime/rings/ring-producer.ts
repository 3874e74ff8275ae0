import type { Awaitable } from './wait-strategy.ts';

/**
 * Who writes to a ring: claim slots, fill them, publish them. Nothing here allocates.
 *
 * ```ts
 * if (!producer.tryClaim(2)) return refuseOrWait();
 * writeCommandRecord(view, producer.slotOffset(0), first); producer.note(0, session, arrivalNs);
 * writeCommandRecord(view, producer.slotOffset(1), second); producer.note(1, session, arrivalNs);
 * producer.publish();
 * ```
 */
export interface RingProducer extends Awaitable {
  /** The ring's memory; slots are written through any view of it. */
  readonly bytes: Uint8Array;
  readonly times: Float64Array;
  /**
   * Takes the next `count` slots for this thread alone; false when there is no room for them now, and then nothing is taken. A thread
   * that claimed must publish before it claims again, and must not die in between: what comes behind would wait for it.
   *
   * @param count 1 .. the ring's capacity
   */
  tryClaim(count: number): boolean;
  /** Where the claimed slot `index` is, in bytes. 64 bytes from there are the caller's until `publish`. @param index 0 .. count-1 */
  slotOffset(index: number): number;
  /**
   * What travels beside a claimed slot.
   *
   * @param origin who sent it: the session of a gateway, i32
   * @param arrivalNs when it arrived, on the clock that all threads share (telemetry), or 0
   */
  note(index: number, origin: number, arrivalNs: number): void;
  /** Hands all claimed slots to the consumers, at once and in order. */
  publish(): void;
  /** How many slots have room now; other producers may take it first. */
  ready(): number;
}
