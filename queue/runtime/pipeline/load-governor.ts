import { Degradation } from '../faults/degradation.ts';
import type { BookBoardWriter } from '../readers/book-board-writer.ts';
import type { RingConsumer } from '../rings/ring-consumer.ts';
import type { Counter } from '../telemetry/telemetry-block.ts';
import type { ControlBlock } from './control-block.ts';

const NO_DEPTH = 1;
const WIDE_BATCHES = 2;
/** From `wideBatches` on a batch is begun when this many slots wait, or when it was waited for them this long. */
const WIDE_SLOTS = 512;
const GATHER_MS = 0.2;

/** The engine thread's eye on its load: decides how far the service is degraded, tells everybody, and does its own part. */
export class LoadGovernor {
  readonly #ingress: RingConsumer;
  readonly #capacity: number;
  readonly #control: ControlBlock;
  readonly #board: BookBoardWriter;
  readonly #gauge: Counter;
  readonly #degradation = new Degradation();
  #gatheringSinceMs = Number.NaN;

  constructor(
    ingress: RingConsumer,
    capacity: number,
    control: ControlBlock,
    board: BookBoardWriter,
    gauge: Counter,
  ) {
    this.#ingress = ingress;
    this.#capacity = capacity;
    this.#control = control;
    this.#board = board;
    this.#gauge = gauge;
  }

  /** Looks at the load; true when the engine shall wait for more commands before its next batch. */
  wantsToGather(nowMs: number): boolean {
    const before = this.#degradation.level;
    const lag = this.#ingress.lag();
    this.#degradation.observe(lag / this.#capacity, nowMs);
    const { level } = this.#degradation;
    if (level !== before) this.#tell(level);
    if (level < WIDE_BATCHES || lag === 0 || lag >= WIDE_SLOTS) {
      this.#gatheringSinceMs = Number.NaN;
      return false;
    }
    if (Number.isNaN(this.#gatheringSinceMs)) this.#gatheringSinceMs = nowMs;
    if (nowMs - this.#gatheringSinceMs < GATHER_MS) return true;
    this.#gatheringSinceMs = Number.NaN;
    return false;
  }

  #tell(level: number): void {
    this.#control.setLevel(level);
    this.#board.isDepthWanted = level < NO_DEPTH;
    this.#gauge.set(level);
  }
}
