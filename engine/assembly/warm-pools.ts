// The pages of the pools, touched in advance.

import { LEVELS_PER_SIDE, ORDERS } from './geometry';
import { CHILDREN_BUFFER, NODES, NODES_BUFFER } from './radix-tree';
import { chainAt, levelAt, orderAt, placeAt, queueAt } from './records';

const PAGE_BYTES: u32 = 4096;

export function warmPools(): void {
  touch(changetype<u32>(orderAt(0)), changetype<u32>(orderAt(ORDERS)));
  touch(changetype<u32>(placeAt(0)), changetype<u32>(placeAt(ORDERS)));
  touch(chainAt(0), chainAt(ORDERS));
  touch(changetype<u32>(levelAt(0)), changetype<u32>(levelAt(2 * LEVELS_PER_SIDE)));
  touch(changetype<u32>(queueAt(0)), changetype<u32>(queueAt(2 * LEVELS_PER_SIDE)));
  touch(NODES_BUFFER, NODES_BUFFER + NODES * 16);
  touch(CHILDREN_BUFFER, CHILDREN_BUFFER + NODES * 64);
}

/** A page is there for good once something was written to it, even what it held. */
function touch(from: u32, to: u32): void {
  for (let at = from; at < to; at += PAGE_BYTES) store<u8>(at, load<u8>(at));
}
