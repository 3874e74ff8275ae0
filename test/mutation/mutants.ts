import { COMMAND_MUTANTS } from './command-mutants.ts';
import { COMMITMENT_MUTANTS } from './commitment-mutants.ts';
import { MATCHING_MUTANTS } from './matching-mutants.ts';
import { ORDER_TYPE_MUTANTS } from './order-type-mutants.ts';
import { STOP_MUTANTS } from './stop-mutants.ts';

/** A deliberate bug: one text of a consensus source replaced by another. */
export interface Mutant {
  readonly bug: string;
  /** File under engine/assembly. */
  readonly file: string;
  /** Is in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** Bugs that matching engines and provers are known for. Each must make a test fail. */
export const MUTANTS: readonly Mutant[] = [
  ...MATCHING_MUTANTS,
  ...ORDER_TYPE_MUTANTS,
  ...STOP_MUTANTS,
  ...COMMAND_MUTANTS,
  ...COMMITMENT_MUTANTS,
];
