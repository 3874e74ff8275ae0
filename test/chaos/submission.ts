/** One batch for the broker. Its position makes it idempotent: the same batch at the same position is taken once. */
export interface Submission {
  /** 1 for the first batch. */
  readonly position: number;
  /** Packed records in hex. */
  readonly commands: string;
}

/** What the broker says about a position; `ready` once, at position 0. */
export type Answer =
  | { readonly position: number; readonly outcome: 'ready' | 'taken' }
  | { readonly position: number; readonly outcome: 'refused'; readonly reason: string };
