import { ProofbookError } from '../../../engine/proofbook-error.ts';
import { HdrHistogram } from './hdr-histogram.ts';
import {
  BUCKETS,
  COUNTERS,
  type CounterName,
  counterOffset,
  HEADER,
  HISTOGRAM_DOUBLES,
  HISTOGRAMS,
  type HistogramName,
  histogramOffset,
  TELEMETRY_BYTES,
  TELEMETRY_MAGIC,
  TELEMETRY_VERSION,
  TRAILER_OFFSET,
} from './telemetry-layout.ts';

/** One counter; its thread alone writes it. */
export class Counter {
  readonly #doubles: Float64Array;
  readonly #at: number;

  constructor(doubles: Float64Array, at: number) {
    this.#doubles = doubles;
    this.#at = at;
  }

  add(amount: number): void {
    this.#doubles[this.#at] = (this.#doubles[this.#at] ?? 0) + amount;
  }

  set(value: number): void {
    this.#doubles[this.#at] = value;
  }

  get value(): number {
    return this.#doubles[this.#at] ?? 0;
  }
}

/** A telemetry block, in shared memory between threads or as bytes that were read from a file. */
export class TelemetryBlock {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #doubles: Float64Array;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#doubles = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  }

  /** A new block that threads can share: send `sharedBuffer()` and `attach` there. */
  static create(): TelemetryBlock {
    const block = new TelemetryBlock(new Uint8Array(new SharedArrayBuffer(TELEMETRY_BYTES)));
    const fields = [
      ['magic', TELEMETRY_MAGIC],
      ['version', TELEMETRY_VERSION],
      ['totalBytes', TELEMETRY_BYTES],
      ['counters', COUNTERS.length],
      ['histograms', HISTOGRAMS.length],
      ['buckets', BUCKETS],
      ['processId', process.pid],
    ] as const;
    for (const [field, value] of fields) block.#view.setUint32(HEADER[field], value, true);
    block.#view.setFloat64(HEADER.startedEpochMs, Date.now(), true);
    return block;
  }

  /** The block in memory that another thread made. @throws INVALID_FIELD when it is none of this version */
  static attach(buffer: SharedArrayBuffer): TelemetryBlock {
    return TelemetryBlock.decode(new Uint8Array(buffer));
  }

  /** A block from bytes, 8-byte aligned, which are kept. @throws INVALID_FIELD naming what is not as this version has it */
  static decode(bytes: Uint8Array): TelemetryBlock {
    if (bytes.length !== TELEMETRY_BYTES) refuse('length', bytes.length, TELEMETRY_BYTES);
    const block = new TelemetryBlock(bytes);
    const expected = {
      magic: TELEMETRY_MAGIC,
      version: TELEMETRY_VERSION,
      totalBytes: TELEMETRY_BYTES,
      buckets: BUCKETS,
    };
    for (const [field, value] of Object.entries(expected)) {
      const found = block.#view.getUint32(HEADER[field as keyof typeof expected], true);
      if (found !== value) refuse(field, found, value);
    }
    return block;
  }

  sharedBuffer(): SharedArrayBuffer {
    return this.bytes.buffer as SharedArrayBuffer;
  }

  counter(name: CounterName): Counter {
    return new Counter(this.#doubles, counterOffset(name) / 8);
  }

  histogram(name: HistogramName): HdrHistogram {
    const first = histogramOffset(name) / 8;
    return new HdrHistogram(this.#doubles.subarray(first, first + HISTOGRAM_DOUBLES));
  }

  header(field: keyof typeof HEADER): number {
    const at = HEADER[field];
    return at < HEADER.generation ? this.#view.getUint32(at, true) : this.#view.getFloat64(at, true);
  }

  /** Marks a new state of the block, at its start and its end. */
  stamp(generation: number): void {
    this.#view.setFloat64(HEADER.generation, generation, true);
    this.#view.setFloat64(HEADER.writtenEpochMs, Date.now(), true);
    this.#view.setFloat64(TRAILER_OFFSET, generation, true);
  }

  /** False when the bytes were read while the file was written. */
  isWhole(): boolean {
    return this.header('generation') === this.#view.getFloat64(TRAILER_OFFSET, true);
  }
}

function refuse(field: string, value: number, expected: number): never {
  throw new ProofbookError('INVALID_FIELD', {
    field: `telemetry ${field}`,
    value,
    reason: `expected ${expected}`,
  });
}
