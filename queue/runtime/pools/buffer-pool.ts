import { ProofbookError } from '../../../engine/proofbook-error.ts';

const BITS_PER_WORD = 32;
const NONE = -1;
const PAGE_BYTES = 4096;

/** How a pool is made. */
export interface PoolOptions {
  /** Bytes of one buffer, a multiple of 8. */
  readonly bufferBytes: number;
  /** Buffers of one chunk: what the pool starts with, and what it grows by; a multiple of 32. */
  readonly chunkBuffers: number;
  /** Most chunks, 1 or more. */
  readonly chunksMax: number;
}

/** How full a pool is and was. */
export interface PoolUsage {
  readonly inUse: number;
  /** The most that were taken at once. */
  readonly highWater: number;
  readonly capacity: number;
  /** Takings that found nothing. */
  readonly failures: number;
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** A set bit: the buffer is free. */
  readonly free: Uint32Array;
}

/**
 * Buffers of one size that are made in advance and used again: a bitmap says which are free, and the lowest free one is taken, so that the
 * same few stay in the cache. Taking and giving back allocates nothing. One thread. When it `isLow` its owner asks a ChunkMaker for memory
 * and adopts it later; a taking that finds nothing left makes a chunk itself, which takes the kernel's time.
 */
export class BufferPool {
  readonly #options: PoolOptions;
  readonly #chunks: Chunk[] = [];
  #inUse = 0;
  #highWater = 0;
  #failures = 0;

  /** Its first chunk is there, every page of it touched. @throws INVALID_FIELD */
  constructor(options: PoolOptions) {
    requireMultiple('bufferBytes', options.bufferBytes, 8);
    requireMultiple('chunkBuffers', options.chunkBuffers, BITS_PER_WORD);
    requireMultiple('chunksMax', options.chunksMax, 1);
    this.#options = options;
    this.grow();
  }

  /** Takes a buffer: its number, or -1 when all are taken and no chunk may be added. What it holds is what it held last. */
  take(): number {
    for (let index = 0; index < this.#chunks.length; index++) {
      const buffer = this.#takeFrom(index);
      if (buffer !== NONE) return buffer;
    }
    if (this.grow()) return this.#takeFrom(this.#chunks.length - 1);
    this.#failures += 1;
    return NONE;
  }

  /** Gives a buffer back. @throws INVALID_FIELD for one that is not taken: giving it back twice would let two owners have it */
  give(buffer: number): void {
    const { chunkBuffers } = this.#options;
    const free = this.#chunks[Math.floor(buffer / chunkBuffers)]?.free;
    const bit = buffer % chunkBuffers;
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    if (free === undefined || ((free[word] ?? 0) & mask) !== 0) {
      throw new ProofbookError('INVALID_FIELD', { field: 'buffer', value: buffer, reason: 'is not taken' });
    }
    free[word] = (free[word] ?? 0) | mask;
    this.#inUse -= 1;
  }

  /** The memory that a buffer is in, from `offsetOf` on. */
  bytesOf(buffer: number): Uint8Array {
    return (this.#chunks[Math.floor(buffer / this.#options.chunkBuffers)] as Chunk).bytes;
  }

  offsetOf(buffer: number): number {
    return (buffer % this.#options.chunkBuffers) * this.#options.bufferBytes;
  }

  /** Adds a chunk that is made here and now, every page of it touched; false when the pool has as many as it may. */
  grow(): boolean {
    if (this.#chunks.length >= this.#options.chunksMax) return false;
    return this.adopt(new SharedArrayBuffer(this.chunkBytes));
  }

  /** Adds a chunk that was made elsewhere (ChunkMaker); buffers that are taken stay where they are. @throws INVALID_LENGTH */
  adopt(memory: SharedArrayBuffer): boolean {
    const { chunkBuffers, chunksMax } = this.#options;
    if (memory.byteLength !== this.chunkBytes) {
      const expected = this.chunkBytes;
      throw new ProofbookError('INVALID_LENGTH', { field: 'chunk', value: memory.byteLength, expected });
    }
    if (this.#chunks.length >= chunksMax) return false;
    const bytes = new Uint8Array(memory);
    for (let at = 0; at < bytes.length; at += PAGE_BYTES) bytes[at] = 0;
    this.#chunks.push({ bytes, free: new Uint32Array(chunkBuffers / BITS_PER_WORD).fill(0xffffffff) });
    return true;
  }

  /** What one chunk takes. */
  get chunkBytes(): number {
    return this.#options.bufferBytes * this.#options.chunkBuffers;
  }

  /** Whether less than a quarter of a chunk is free: the moment to grow while nothing waits. */
  isLow(): boolean {
    const { chunkBuffers } = this.#options;
    return this.#chunks.length * chunkBuffers - this.#inUse < chunkBuffers / 4;
  }

  usage(): PoolUsage {
    const capacity = this.#chunks.length * this.#options.chunkBuffers;
    return { inUse: this.#inUse, highWater: this.#highWater, capacity, failures: this.#failures };
  }

  #takeFrom(index: number): number {
    const free = this.#chunks[index]?.free;
    if (free === undefined) return NONE;
    for (let word = 0; word < free.length; word++) {
      const bits = free[word] ?? 0;
      if (bits === 0) continue;
      const lowest = bits & -bits;
      free[word] = bits & ~lowest;
      this.#inUse += 1;
      if (this.#inUse > this.#highWater) this.#highWater = this.#inUse;
      return index * this.#options.chunkBuffers + word * BITS_PER_WORD + (31 - Math.clz32(lowest));
    }
    return NONE;
  }
}

function requireMultiple(field: string, value: number, of: number): void {
  if (Number.isInteger(value) && value >= of && value % of === 0) return;
  const reason =
    of === 1 ? 'must be a whole number, 1 or more' : `must be a multiple of ${of}, ${of} or more`;
  throw new ProofbookError('INVALID_FIELD', { field, value, reason });
}
