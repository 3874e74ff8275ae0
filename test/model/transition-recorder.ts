import type { BookState } from './book-state.ts';
import type { ModelTransition } from './model-transition.ts';

/** What a rule says about a transition; the fields left out are 0, sequence and commandIndex are added. */
export type TransitionFields = Partial<Omit<ModelTransition, 'sequence' | 'commandIndex' | 'type'>> & {
  readonly type: bigint;
};

/** Writes the transitions of one command; each takes the next sequence. */
export class TransitionRecorder {
  readonly transitions: ModelTransition[] = [];
  readonly #state: BookState;
  readonly #commandIndex: bigint;

  constructor(state: BookState, commandIndex: number) {
    this.#state = state;
    this.#commandIndex = BigInt(commandIndex);
  }

  record(fields: TransitionFields): void {
    this.#state.sequence += 1n;
    this.transitions.push({
      side: 0n,
      reason: 0n,
      flags: 0n,
      account: 0n,
      orderId: 0n,
      relatedId: 0n,
      price: 0n,
      quantity: 0n,
      remaining: 0n,
      makerAccount: 0n,
      ...fields,
      sequence: this.#state.sequence,
      commandIndex: this.#commandIndex,
    });
  }
}
