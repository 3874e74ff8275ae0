/** Looks within one limit. */
const LOOKS = 8;

/**
 * Tells a thread that hangs from one that works or waits: who is alive beats. Time counts only while somebody looks, a look's worth at a
 * time: when the whole process stood still, nobody is blamed.
 */
export class Watchdog {
  readonly #limitMs: number;
  #beats = Number.NaN;
  #lookedMs = Number.NaN;
  #silentMs = 0;

  /** @param limitMs silence that is too long */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** How long to wait between two looks. */
  get lookMs(): number {
    return this.#limitMs / LOOKS;
  }

  /** True when the thread hangs. @param beats how often it beat, modulo anything */
  look(beats: number, nowMs: number): boolean {
    const elapsedMs = Math.min(nowMs - this.#lookedMs, this.lookMs);
    this.#silentMs = beats === this.#beats ? this.#silentMs + elapsedMs : 0;
    this.#beats = beats;
    this.#lookedMs = nowMs;
    return this.#silentMs >= this.#limitMs;
  }
}
