import { encodeMarketConfig, type MarketConfig } from '../../../engine/market-config.ts';
import { buildWitness } from '../../../engine/witness.ts';
import type { BookFactory, BookUnderTest } from '../../model/compare-books.ts';
import type { NativeProcess } from './native-process.ts';

/** Kinds of request: driver.c. */
export const REQUEST = { openGenesis: 1, openState: 2, prove: 3, apply: 4 } as const;

const COMMAND_BYTES = 32;
const TRANSITION_BYTES = 64;
// The answer to `apply`.
const JOURNAL_AT = 32;
const DIGEST_AT = JOURNAL_AT + 256;
const ROOT_AT = DIGEST_AT + 32;
const TRANSITIONS_AT = ROOT_AT + 32;
// The state image (PROTOCOL.md §8).
const IMAGE_ROOT_AT = 96;
const LEVELS_AT = 832;
const LEVEL_ENTRY_BYTES = 72;

/** The native engine as a book under test. The driver holds one book: whichever was opened last. */
export class NativeBook implements BookUnderTest {
  readonly #process: NativeProcess;
  #image: Uint8Array;

  constructor(process: NativeProcess, image: Uint8Array) {
    this.#process = process;
    this.#image = image;
  }

  applyBatch(commands: Uint8Array, timestamp: bigint) {
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(timestamp);
    const bytes = ask(this.#process, REQUEST.apply, Buffer.concat([head, commands]));
    const imageAt = TRANSITIONS_AT + bytes.readUInt32LE(4) * TRANSITION_BYTES;
    const taken = commands.slice(0, bytes.readUInt32LE(0) * COMMAND_BYTES);
    const journalDigest = bytes.subarray(DIGEST_AT, ROOT_AT);
    const witness = buildWitness({
      preState: this.#image,
      touchedBids: bytes.readBigUInt64LE(8),
      touchedAsks: bytes.readBigUInt64LE(16),
      areStopsTouched: bytes.readUInt32LE(24) === 1,
      commands: taken,
      timestamp,
      journalDigest,
    });
    this.#image = Uint8Array.from(bytes.subarray(imageAt));
    const root = bytes.subarray(ROOT_AT, TRANSITIONS_AT);
    if (Buffer.compare(root, this.stateRoot()) !== 0) throw new Error('the state image has another root');
    return {
      commands: taken,
      transitions: bytes.subarray(TRANSITIONS_AT, imageAt),
      journal: bytes.subarray(JOURNAL_AT, DIGEST_AT),
      journalDigest,
      witness,
    };
  }

  stateRoot(): Uint8Array {
    return this.#image.subarray(IMAGE_ROOT_AT, IMAGE_ROOT_AT + 32);
  }

  snapshot(): Uint8Array {
    return this.#image.slice();
  }

  /** Best first, read from the state image. */
  levels(side: 'bid' | 'ask') {
    const view = new DataView(this.#image.buffer, this.#image.byteOffset);
    const [bids, asks] = [view.getUint32(8, true), view.getUint32(12, true)];
    const [from, to] = side === 'bid' ? [0, bids] : [bids, bids + asks];
    return Array.from({ length: to - from }, (_, rank) => {
      const at = LEVELS_AT + (to - 1 - rank) * LEVEL_ENTRY_BYTES;
      return {
        price: view.getBigUint64(at, true),
        volumeLots: view.getBigUint64(at + 8, true),
        orderCount: Number(view.getBigUint64(at + 16, true)),
      };
    });
  }
}

/** Books in one driver, of which the newest is the only one that may still be used. */
export function nativeBooks(process: NativeProcess, config: MarketConfig, genesis: Uint8Array): BookFactory {
  return {
    create: () => {
      ask(process, REQUEST.openGenesis, encodeMarketConfig(config));
      return new NativeBook(process, genesis);
    },
    restore: (snapshot) => {
      ask(process, REQUEST.openState, snapshot);
      return new NativeBook(process, snapshot);
    },
  };
}

function ask(process: NativeProcess, kind: number, payload: Uint8Array): Buffer {
  const { outcome, bytes } = process.ask(kind, payload);
  if (outcome !== 0) throw new Error(`the native engine ends request ${kind} with ${outcome}`);
  return bytes;
}
