import { KIND_CODES } from '../../../engine/protocol-codes.ts';

/** From all is well to all is refused; each step keeps what the steps before it do. */
const DEGRADATION_STEPS = ['normal', 'noDepth', 'wideBatches', 'cancelsOnly', 'refuseAll'] as const;
export type DegradationStep = (typeof DEGRADATION_STEPS)[number];

const CANCELS_ONLY = 3;
const REFUSE_ALL = 4;

/** Whether a command may enter at a level (protocol §3): when only cancels may, so may what makes orders smaller. @param head its first u32 */
export function isAdmitted(level: number, head: number): boolean {
  if (level < CANCELS_ONLY) return true;
  if (level >= REFUSE_ALL) return false;
  const kind = head & 0xff;
  return kind === KIND_CODES.cancel || kind === KIND_CODES.cancelAll || kind === KIND_CODES.reduce;
}

/** Load at which each step begins, and the lower one at which it ends: shares of the ingress ring that are full. */
const ENTER = [0, 0.25, 0.5, 0.75, 0.95] as const;
const LEAVE = [0, 0.125, 0.25, 0.5, 0.75] as const;
/** How long the load must be low before a step is taken back, one at a time. */
const CALM_MS = 250;

/**
 * Decides by the load how much of the service is given. Up at once, as many steps as it takes; down one step at a time, when the load was
 * low for a while: so that the service does not swing between two steps.
 */
export class Degradation {
  #step = 0;
  #calmSinceMs: number | undefined;
  /** Steps that were taken since the start, up and down: for the metrics. */
  raised = 0;
  lowered = 0;

  get step(): DegradationStep {
    return DEGRADATION_STEPS[this.#step] ?? 'refuseAll';
  }

  /** 0 normal .. 4 refuse all: what the gauge `degradation_step` shows. */
  get level(): number {
    return this.#step;
  }

  /** @param load share of the ring that is full, 0 .. 1 @param nowMs the caller's clock */
  observe(load: number, nowMs: number): DegradationStep {
    const before = this.#step;
    while (this.#step < ENTER.length - 1 && load >= (ENTER[this.#step + 1] ?? 1)) this.#step += 1;
    this.raised += this.#step - before;
    if (this.#step === before) this.#calmDown(load, nowMs);
    else this.#calmSinceMs = undefined;
    return this.step;
  }

  #calmDown(load: number, nowMs: number): void {
    if (this.#step === 0 || load >= (LEAVE[this.#step] ?? 0)) {
      this.#calmSinceMs = undefined;
      return;
    }
    this.#calmSinceMs ??= nowMs;
    if (nowMs - this.#calmSinceMs < CALM_MS) return;
    this.#step -= 1;
    this.lowered += 1;
    this.#calmSinceMs = nowMs;
  }
}
