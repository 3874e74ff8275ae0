// The module of the `deep` geometry: the same flat interface as circuit.ts, and what an exchange wants to know of its
// memory. Nothing here changes what a command does.

import { applyBatch as applyCommandBatch } from './batch';
import { LEVELS_PER_SIDE, MAX_TRANSITIONS, ORDERS } from './geometry';
import { NODES } from './radix-tree';
import { transitionCount } from './transition-log';
import { warmPools } from './warm-pools';

export {
  areStopsTouched,
  bestLevelCursor,
  commandsPointer,
  compressionCount,
  hashInput,
  headerPointer,
  inputCapacity,
  inputPointer,
  journalDigestPointer,
  journalPointer,
  levelCount,
  levelPointer,
  openGenesis,
  openState,
  proveBatch,
  sealBatch,
  stateRootPointer,
  touchedLevels,
  transitionCount,
  transitionsPointer,
  worseLevelCursor,
  writeState,
} from './circuit';
export { ordersHighWater, ordersInUse } from './order-slots';
export { hotHitCount, levelsHighWater } from './price-index';
export { coldHitCount, nodesHighWater, nodesInUse, warmHitCount } from './radix-tree';

let mostTransitions: u32 = 0;

/** As in circuit.ts; it also looks how full the transition log got. */
export function applyBatch(recordCount: u32, timestamp: u64): u32 {
  const taken = applyCommandBatch(recordCount, timestamp);
  mostTransitions = max(mostTransitions, transitionCount());
  return taken;
}

/** The most transitions that a batch ever made. */
export function transitionsHighWater(): u32 {
  return mostTransitions;
}

/** Touches every page of the pools, so that no command waits for the operating system. To be called once, at the start. */
export function warmUp(): void {
  warmPools();
}

export function ordersCapacity(): u32 {
  return ORDERS;
}

export function levelsCapacity(): u32 {
  return LEVELS_PER_SIDE;
}

export function nodesCapacity(): u32 {
  return NODES;
}

export function transitionsCapacity(): u32 {
  return MAX_TRANSITIONS;
}
