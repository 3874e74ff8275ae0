/** How much longer than HeartBtInt the other side may be silent: time on the way. */
const GRACE = 1.2;

/** What is due now. */
export type HeartbeatDue = 'nothing' | 'heartbeat' | 'testRequest' | 'dead';

/** Says when to send a heartbeat, when to ask whether the other side lives, and when to give it up (FIX 4.4 volume 2). */
export class HeartbeatWatch {
  #intervalMs = 0;
  #receivedMs = 0;
  #askedMs = Number.NaN;

  /** @param intervalS HeartBtInt; 0: no heartbeats, and nobody is given up */
  start(intervalS: number, nowMs: number): void {
    this.#intervalMs = intervalS * 1000;
    this.received(nowMs);
  }

  /** Whatever it was, the other side lives. */
  received(nowMs: number): void {
    this.#receivedMs = nowMs;
    this.#askedMs = Number.NaN;
  }

  asked(nowMs: number): void {
    this.#askedMs = nowMs;
  }

  /** @param sentMs when something was sent last */
  due(sentMs: number, nowMs: number): HeartbeatDue {
    if (this.#intervalMs === 0) return 'nothing';
    if (nowMs - this.#askedMs >= this.#intervalMs * GRACE) return 'dead';
    const isSilent = nowMs - this.#receivedMs >= this.#intervalMs * GRACE;
    if (isSilent && Number.isNaN(this.#askedMs)) return 'testRequest';
    return nowMs - sentMs >= this.#intervalMs ? 'heartbeat' : 'nothing';
  }
}
