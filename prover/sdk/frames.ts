import { ProofbookError } from '../../engine/proofbook-error.ts';

// A frame is a u32 header length, a JSON header, and the attachments whose lengths the header lists
// (prover/host/PROTOCOL.md). Both directions use it, so does every limit here.

/** Largest JSON header in bytes. */
export const HEADER_BYTES_MAX = 1024 * 1024;
/** Largest sum of a frame's attachments in bytes. */
export const ATTACHMENT_BYTES_MAX = 256 * 1024 * 1024;

const LENGTH_BYTES = 4;

/** A JSON object; `attachments` is written and read by the codec and not part of it. */
export type FrameHeader = Readonly<Record<string, unknown>>;

export interface Frame {
  readonly header: FrameHeader;
  readonly attachments: readonly Uint8Array[];
}

/**
 * The chunks that make up one frame, to be written in this order. Attachments are passed on, not copied.
 *
 * @throws FRAME_MALFORMED when the header or the attachments are over their limits.
 */
export function encodeFrame(
  header: FrameHeader,
  attachments: readonly Uint8Array[] = [],
): readonly Uint8Array[] {
  const lengths = attachments.map((attachment) => attachment.length);
  const text = JSON.stringify(lengths.length === 0 ? header : { ...header, attachments: lengths });
  const json = new TextEncoder().encode(text);
  requireHeaderLength(json.length);
  requireAttachmentLengths(lengths);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, json.length, true);
  return [length, json, ...attachments];
}

/** Cuts a byte stream into frames, however it was split on the way. After an error the stream cannot be resumed. */
export class FrameDecoder {
  readonly #bytes = new ByteQueue();
  #headerLength: number | undefined;
  #header: FrameHeader | undefined;
  #attachmentLengths: readonly number[] = [];

  /** Takes the next bytes and returns the frames that they complete. @throws FRAME_MALFORMED naming the field */
  push(chunk: Uint8Array): readonly Frame[] {
    this.#bytes.push(chunk);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  /** Whether the stream could end here without cutting a frame short. */
  get isBetweenFrames(): boolean {
    return this.#bytes.length === 0 && this.#headerLength === undefined;
  }

  #next(): Frame | undefined {
    if (this.#headerLength === undefined) {
      const prefix = this.#bytes.take(LENGTH_BYTES);
      if (prefix === undefined) return undefined;
      this.#headerLength = new DataView(prefix.buffer).getUint32(0, true);
      requireHeaderLength(this.#headerLength);
    }
    if (this.#header === undefined) {
      const json = this.#bytes.take(this.#headerLength);
      if (json === undefined) return undefined;
      const { attachments, ...header } = parseHeader(json);
      this.#attachmentLengths = attachments === undefined ? [] : requireAttachmentLengths(attachments);
      this.#header = header;
    }
    const total = this.#attachmentLengths.reduce((sum, length) => sum + length, 0);
    if (this.#bytes.length < total) return undefined;
    const attachments = this.#attachmentLengths.map(
      (length) => this.#bytes.take(length) ?? new Uint8Array(0),
    );
    const frame = { header: this.#header, attachments };
    this.#headerLength = undefined;
    this.#header = undefined;
    return frame;
  }
}

/** Bytes that arrived and were not taken yet; chunks are kept apart so that a large frame is copied once. */
class ByteQueue {
  length = 0;
  readonly #chunks: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The next `count` bytes as an array of their own, or undefined while fewer are there. */
  take(count: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.length < count) return undefined;
    const taken = new Uint8Array(count);
    let filled = 0;
    let used = 0;
    while (filled < count) {
      const chunk = this.#chunks[used];
      if (chunk === undefined) throw new Error(`byte queue lost ${count - filled} bytes`);
      const part = chunk.subarray(0, count - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length < chunk.length) this.#chunks[used] = chunk.subarray(part.length);
      else used += 1;
    }
    this.#chunks.splice(0, used);
    this.length -= count;
    return taken;
  }
}

function parseHeader(json: Uint8Array): FrameHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    const text = Buffer.from(json.subarray(0, 80)).toString('latin1');
    throw malformed('header', JSON.stringify(text), 'is not JSON in UTF-8', cause);
  }
  if (!isObject(value)) throw malformed('header', JSON.stringify(value), 'must be a JSON object');
  return value;
}

function isObject(value: unknown): value is FrameHeader {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requireHeaderLength(length: number): void {
  if (length < 2) throw malformed('headerLength', length, 'a JSON object has at least 2 bytes');
  if (length > HEADER_BYTES_MAX) throw malformed('headerLength', length, `at most ${HEADER_BYTES_MAX} bytes`);
}

function requireAttachmentLengths(value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw malformed('attachments', JSON.stringify(value), 'must be an array');
  let total = 0;
  for (const [index, length] of value.entries()) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw malformed(`attachments[${index}]`, JSON.stringify(length), 'must be a length in bytes');
    }
    total += length;
  }
  if (total > ATTACHMENT_BYTES_MAX)
    throw malformed('attachments', total, `at most ${ATTACHMENT_BYTES_MAX} bytes in all`);
  return value;
}

function malformed(field: string, value: string | number, reason: string, cause?: unknown): ProofbookError {
  return new ProofbookError(
    'FRAME_MALFORMED',
    { field, value, reason },
    cause === undefined ? {} : { cause },
  );
}
