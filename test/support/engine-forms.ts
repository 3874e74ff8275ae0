import { loadGuestImage } from '../../prover/sdk/image.ts';
import type { BookFactory, BookUnderTest } from '../model/compare-books.ts';
import { runGuest } from './rv32-machine.ts';

/**
 * Books of one engine in several forms, driven as one: every form applies each batch, and what they say must be the same in every
 * byte. The first form's answers are given on, to be compared with the model; another form's difference is an error that names it.
 */
export function booksOfForms(forms: Readonly<Record<string, BookFactory>>): BookFactory {
  return {
    create: () => new BookOfForms(mapForms(forms, (factory) => factory.create())),
    restore: (snapshot) => new BookOfForms(mapForms(forms, (factory) => factory.restore(snapshot))),
  };
}

class BookOfForms implements BookUnderTest {
  readonly #first: BookUnderTest;
  readonly #forms: ReadonlyMap<string, BookUnderTest>;

  constructor(forms: ReadonlyMap<string, BookUnderTest>) {
    const [first] = forms.values();
    if (first === undefined) throw new Error('an engine has at least one form');
    this.#first = first;
    this.#forms = forms;
  }

  applyBatch(commands: Uint8Array, timestamp: bigint) {
    const [expected, ...others] = [...this.#forms].map(([name, book]) => ({
      name,
      batch: book.applyBatch(commands, timestamp),
    }));
    if (expected === undefined) throw new Error('an engine has at least one form');
    for (const { name, batch } of others) {
      for (const field of ['transitions', 'commands', 'journal', 'journalDigest', 'witness'] as const) {
        requireSame(`${field} of ${name}`, expected.batch[field], batch[field]);
      }
    }
    return expected.batch;
  }

  stateRoot(): Uint8Array {
    return this.#same('stateRoot', (book) => book.stateRoot());
  }

  snapshot(): Uint8Array {
    return this.#same('snapshot', (book) => book.snapshot());
  }

  levels(side: 'bid' | 'ask') {
    return this.#first.levels(side);
  }

  #same(field: string, read: (book: BookUnderTest) => Uint8Array): Uint8Array {
    const expected = read(this.#first);
    for (const [name, book] of this.#forms) requireSame(`${field} of ${name}`, expected, read(book));
    return expected;
  }
}

/**
 * The guest as a form of the engine: each batch of `factory`'s books is proven in the RV32IM machine, which must reveal its journal
 * digest, and the journal holds both state roots and both record roots.
 */
export function provenBooks(factory: BookFactory): BookFactory {
  const { elf } = loadGuestImage();
  const proven = (book: BookUnderTest): BookUnderTest => ({
    applyBatch: (commands, timestamp) => {
      const batch = book.applyBatch(commands, timestamp);
      const { exitCode, publicValues } = runGuest(elf, batch.witness);
      if (exitCode !== 0) throw new Error(`the guest ends with ${exitCode}`);
      requireSame('journal digest of the guest', batch.journalDigest, publicValues);
      return batch;
    },
    stateRoot: () => book.stateRoot(),
    snapshot: () => book.snapshot(),
    levels: (side) => book.levels(side),
  });
  return { create: () => proven(factory.create()), restore: (snapshot) => proven(factory.restore(snapshot)) };
}

function mapForms<T>(
  forms: Readonly<Record<string, BookFactory>>,
  make: (factory: BookFactory) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(forms).map(([name, factory]) => [name, make(factory)]));
}

function requireSame(field: string, expected: Uint8Array, got: Uint8Array): void {
  if (Buffer.compare(expected, got) === 0) return;
  const at = expected.findIndex((byte, index) => byte !== got[index]);
  throw new Error(`${field} differs at byte ${at} (${expected.length} bytes and ${got.length})`);
}
