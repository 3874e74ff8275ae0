import type { Side } from './book-order.ts';
import type { BookState } from './book-state.ts';
import { describeTransitions } from './describe-transition.ts';
import { ModelBook } from './model-book.ts';
import type { ModelConfig } from './model-config.ts';
import { encodeModelConfig } from './model-config.ts';
import { encodeStateImage } from './model-state-image.ts';
import { encodeWitness } from './model-witness.ts';
import { closedPartInUse } from './parts-in-use.ts';
import { openingOf } from './witness-opening.ts';

/** What the conformance test needs of an engine. */
export interface BookUnderTest {
  applyBatch(
    commands: Uint8Array,
    timestamp: bigint,
  ): {
    readonly commands: Uint8Array;
    readonly transitions: Uint8Array;
    readonly journal: Uint8Array;
    readonly journalDigest: Uint8Array;
    readonly witness: Uint8Array;
  };
  stateRoot(): Uint8Array;
  snapshot(): Uint8Array;
  levels(side: Side): readonly { price: bigint; volumeLots: bigint; orderCount: number }[];
}

/** How to make the book under test: new, and from a snapshot. */
export interface BookFactory {
  create(): BookUnderTest;
  restore(snapshot: Uint8Array): BookUnderTest;
}

/** One call of applyBatch: the records given to it. */
export interface HistoryBatch {
  readonly commands: Uint8Array;
  readonly timestamp: bigint;
}

/** Where two books part: `expected` is the model's. */
export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** Every so many batches the book under test is replaced by one restored from its own snapshot. */
const RESTORE_INTERVAL = 5;

/** Drives a book and the model side by side, batch by batch, and compares every byte that both produce. */
export class BookPair {
  readonly model: ModelBook;
  readonly #factory: BookFactory;
  #book: BookUnderTest;
  #batchCount = 0;

  /** Both start from genesis, or from `start`, which the book under test gets as a snapshot. */
  constructor(config: ModelConfig, factory: BookFactory, start?: BookState) {
    this.model = new ModelBook(config, structuredClone(start));
    this.#factory = factory;
    this.#book = start === undefined ? factory.create() : factory.restore(this.model.snapshot());
  }

  /** Applies one batch to both; returns the model's batch and the first difference. */
  apply(batch: HistoryBatch): {
    readonly taken: number;
    readonly transitions: Uint8Array;
    readonly difference: Difference | undefined;
  } {
    const before = this.model.clone();
    const expected = this.model.applyBatch(batch.commands, batch.timestamp);
    this.#batchCount += 1;
    let difference: Difference | undefined;
    try {
      const got = this.#book.applyBatch(batch.commands, batch.timestamp);
      difference =
        compareTransitions(expected.transitions, got.transitions) ??
        compareBytes('taken commands', expected.commands, got.commands) ??
        compareBytes('journal', expected.journal, got.journal) ??
        compareBytes('journalDigest', expected.journalDigest, got.journalDigest) ??
        compareState(this.model, this.#book) ??
        compareWitness(before, expected, batch.timestamp, got.witness);
      if (this.#batchCount % RESTORE_INTERVAL === 0) {
        this.#book = this.#factory.restore(this.#book.snapshot());
        difference ??= prefixed('restored ', compareState(this.model, this.#book));
      }
    } catch (error) {
      difference = { field: 'applyBatch', expected: 'a sealed batch', got: `an error: ${String(error)}` };
    }
    return { taken: expected.taken, transitions: expected.transitions, difference };
  }
}

/** The first difference over a whole history, from two new books. */
export function differenceOf(
  config: ModelConfig,
  factory: BookFactory,
  history: readonly HistoryBatch[],
  start?: BookState,
): Difference | undefined {
  const pair = new BookPair(config, factory, start);
  for (const batch of history) {
    const { difference } = pair.apply(batch);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function compareTransitions(expected: Uint8Array, got: Uint8Array): Difference | undefined {
  const difference = compareBytes('transitions', expected, got);
  if (difference === undefined) return undefined;
  const expectedLines = describeTransitions(expected);
  const gotLines = describeTransitions(got);
  const index = expectedLines.findIndex((line, at) => line !== gotLines[at]);
  if (index < 0 && gotLines.length === expectedLines.length) return difference;
  const at = index < 0 ? expectedLines.length : index;
  const none = '(no transition)';
  return {
    field: `transition ${at} of the batch`,
    expected: expectedLines[at] ?? none,
    got: gotLines[at] ?? none,
  };
}

function compareState(model: ModelBook, book: BookUnderTest): Difference | undefined {
  return (
    compareLevels('bid', model, book) ??
    compareLevels('ask', model, book) ??
    compareBytes('snapshot', model.snapshot(), book.snapshot()) ??
    compareBytes('stateRoot', model.stateRoot(), book.stateRoot())
  );
}

function compareLevels(side: Side, model: ModelBook, book: BookUnderTest): Difference | undefined {
  const lines = (of: ModelBook | BookUnderTest) =>
    of
      .levels(side)
      .map(({ price, volumeLots, orderCount }) => `${price}x${volumeLots} (${orderCount})`)
      .join(', ');
  const expected = lines(model);
  const got = lines(book);
  return expected === got ? undefined : { field: `${side} levels`, expected, got };
}

/**
 * Which levels a witness opens is the engine's choice, and everything else in it is not: the model builds a
 * witness that opens the same parts. Those that the batch used must be among them.
 */
function compareWitness(
  before: ModelBook,
  batch: { commands: Uint8Array; transitions: Uint8Array; journalDigest: Uint8Array },
  timestamp: bigint,
  got: Uint8Array,
): Difference | undefined {
  const opening = openingOf(got);
  const expected = encodeWitness({
    timestamp,
    journalDigest: batch.journalDigest,
    stateImage: encodeStateImage(before.state, encodeModelConfig(before.config), opening),
    commands: batch.commands,
  });
  const closed = closedPartInUse(before.state, batch.commands, batch.transitions, opening);
  if (closed !== undefined) return { field: 'witness', expected: `${closed} opened`, got: 'opaque' };
  return compareBytes('witness', expected, got);
}

function compareBytes(field: string, expected: Uint8Array, got: Uint8Array): Difference | undefined {
  if (Buffer.compare(expected, got) === 0) return undefined;
  if (expected.length !== got.length) {
    return { field: `${field} length`, expected: `${expected.length} bytes`, got: `${got.length} bytes` };
  }
  const index = expected.findIndex((byte, at) => byte !== got[at]);
  const word = (bytes: Uint8Array) => Buffer.from(bytes.subarray(index, index + 8)).toString('hex');
  return { field: `${field} from byte ${index} on`, expected: word(expected), got: word(got) };
}

function prefixed(prefix: string, difference: Difference | undefined): Difference | undefined {
  return difference && { ...difference, field: prefix + difference.field };
}
