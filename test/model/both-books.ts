import { engineOf } from '../conformance/engine-factory.ts';
import type { BookState } from './book-state.ts';
import { BookPair } from './compare-books.ts';
import { describeTransitions } from './describe-transition.ts';
import type { ModelBook } from './model-book.ts';
import { encodeCommandList, type ModelCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { TEST_CONFIG } from './scenario.ts';

/**
 * The model and the engine on one scenario: every batch has to agree in every byte, so that what a test says of the
 * lines holds for both.
 */
export class BothBooks {
  readonly #pair: BookPair;

  /** Both start from genesis, or from `start`. */
  constructor(start?: BookState, config: ModelConfig = TEST_CONFIG) {
    this.#pair = new BookPair(config, engineOf(config), start);
  }

  get model(): ModelBook {
    return this.#pair.model;
  }

  /**
   * Applies the commands as one batch, all of which must be taken, one nanosecond after the last batch; returns the
   * lines of its transitions. Throws at the first difference between the two.
   */
  run(...commands: readonly ModelCommand[]): string[] {
    return this.runAt(this.model.state.timestamp + 1n, ...commands);
  }

  /** As {@link BothBooks.run}, at a timestamp. */
  runAt(timestamp: bigint, ...commands: readonly ModelCommand[]): string[] {
    const records = encodeCommandList(commands);
    const { taken, transitions, difference } = this.#pair.apply({ commands: records, timestamp });
    if (difference !== undefined) {
      const { field, expected, got } = difference;
      throw new Error(`${field} differs: the model says ${expected}, the engine ${got}`);
    }
    if (taken * 32 !== records.length) throw new Error(`${taken} records were taken`);
    return describeTransitions(transitions);
  }
}
