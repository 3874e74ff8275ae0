import { EXIT_UNREACHABLE } from './witness-attacks.ts';
import { layoutOf } from './witness-layout.ts';

/** A stretch of a witness, and the exit codes that a changed bit in it may end with. */
export interface WitnessRegion {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly exitCodes: readonly number[];
}

/** The regions of a witness; together they are all of it. */
export function regionsOf(witness: Uint8Array): readonly WitnessRegion[] {
  const { image, ordersFrom, commandsFrom, end } = layoutOf(witness);
  const rows: readonly (readonly [string, number, readonly number[]])[] = [
    ['magic and version', 8, [2]],
    ['timestamp', 16, [12, 14]],
    ['commandCount', 20, [1, 11, 13]],
    ['reserved fields', 32, [3]],
    ['journalDigest', 64, [14]],
    ['state image magic and version', image + 8, [2]],
    ['level counts', image + 16, [1, 5, 6, 7, 13]],
    ['openedOrderCount', image + 20, [1, 7, 8]],
    ['stopsOpened', image + 24, [15]],
    ['market config and its check', image + 96, [4]],
    ['stateRoot', image + 128, [10]],
    ['header leaf', image + 192, [5, 7, 10]],
    ['totals leaf', image + 256, [3, 9, 10]],
    ['stop book leaf', image + 320, [5, 15]],
    ['order slot bitmap', image + 832, [5]],
    ['price levels', ordersFrom, [3, 5, 6, 7, 8, 9, 10]],
    ['order records', commandsFrom, [7, 8]],
    ['commands', end, [11, 14, EXIT_UNREACHABLE]],
  ];
  return rows.map(([name, to, exitCodes], index) => ({
    name,
    from: rows[index - 1]?.[1] ?? 0,
    to,
    exitCodes,
  }));
}
