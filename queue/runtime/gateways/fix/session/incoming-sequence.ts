/** Which message is the next one that is taken, and whether a gap before later ones was asked for. */
export class IncomingSequence {
  /** Sequence number of the next message. */
  expected = 1;
  #gapUpTo = 0;
  #askedMs = 0;

  advanceTo(next: number): void {
    this.expected = next;
    if (next > this.#gapUpTo) this.#gapUpTo = 0;
  }

  /** A connection begins: what was asked for on the last one comes no more. */
  forgetGap(): void {
    this.#gapUpTo = 0;
  }

  /**
   * Whether the gap before `sequence` is to be asked for now: once, and again when it does not come. All from the gap on is asked for,
   * so what comes behind it need not be kept.
   */
  shouldAsk(sequence: number, nowMs: number, againMs: number): boolean {
    if (this.#gapUpTo > 0 && nowMs - this.#askedMs < againMs) return false;
    this.#gapUpTo = sequence;
    this.#askedMs = nowMs;
    return true;
  }
}
