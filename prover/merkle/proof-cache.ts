import { ProofbookError } from '../../engine/proofbook-error.ts';

/** The siblings of leaves that were asked for last, packed, 32 bytes each; the one not used for longest makes room. */
export class ProofCache {
  readonly #proofsMax: number;
  // A Map keeps the order of insertion: whatever is used is put in anew, so the first entry is the one not used for longest.
  readonly #siblingsOf = new Map<number, Uint8Array>();

  /** @param proofsMax 0 or more; with 0 nothing is kept @throws INVALID_FIELD */
  constructor(proofsMax: number) {
    if (!Number.isInteger(proofsMax) || proofsMax < 0) {
      const reason = 'expected a whole number, 0 or more';
      throw new ProofbookError('INVALID_FIELD', { field: 'cachedProofsMax', value: proofsMax, reason });
    }
    this.#proofsMax = proofsMax;
  }

  /** Leaves whose siblings are here, the one not used for longest first. */
  leaves(): readonly number[] {
    return [...this.#siblingsOf.keys()];
  }

  /** The siblings of a leaf, which now was used last; undefined when they are not here. */
  use(leaf: number): Uint8Array | undefined {
    const siblings = this.#siblingsOf.get(leaf);
    if (siblings === undefined) return undefined;
    this.#siblingsOf.delete(leaf);
    this.#siblingsOf.set(leaf, siblings);
    return siblings;
  }

  /** Takes the siblings of a leaf that is not here; they must not change any more. */
  add(leaf: number, siblings: Uint8Array): void {
    if (this.#proofsMax === 0) return;
    if (this.#siblingsOf.size >= this.#proofsMax) {
      const [oldest] = this.#siblingsOf.keys();
      if (oldest !== undefined) this.#siblingsOf.delete(oldest);
    }
    this.#siblingsOf.set(leaf, siblings);
  }

  /**
   * Forgets what a change of `leaf` makes stale, that is all but its own siblings: on the way of every other leaf to the root there is
   * one sibling that lies above `leaf`, or is it.
   */
  leafChanged(leaf: number): void {
    if (this.#siblingsOf.size === 0) return;
    const own = this.#siblingsOf.get(leaf);
    this.#siblingsOf.clear();
    if (own !== undefined) this.#siblingsOf.set(leaf, own);
  }
}
