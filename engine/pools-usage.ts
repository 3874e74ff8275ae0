import type { EngineExports } from './engine-module.ts';
import { BATCH_TRANSITIONS_MAX } from './transition.ts';

/** One pool of fixed size (protocol §2). Running out of it is an outcome of the protocol: `Evicted`, `BookFull`, or the end of a batch. */
export interface PoolUsage {
  readonly inUse: number;
  /** The most that was in use at once since this engine was made. */
  readonly highWater: number;
  readonly capacity: number;
}

/** Every pool of an engine. */
export interface PoolsUsage {
  /** Order slots: resting orders and waiting stops. */
  readonly orders: PoolUsage;
  readonly bidLevels: PoolUsage;
  readonly askLevels: PoolUsage;
  /** Transitions of the last batch, and of the fullest. */
  readonly transitions: PoolUsage;
}

/** Reads the pools of a module whose fullest batch so far made `transitionsHighWater` transitions. */
export function poolsUsageOf(module: EngineExports, transitionsHighWater: number): PoolsUsage {
  const levels = (side: number): PoolUsage => ({
    inUse: module.levelCount(side),
    highWater: module.levelsHighWater(side),
    capacity: module.levelsCapacity(),
  });
  return {
    orders: {
      inUse: module.ordersInUse(),
      highWater: module.ordersHighWater(),
      capacity: module.ordersCapacity(),
    },
    bidLevels: levels(0),
    askLevels: levels(1),
    transitions: {
      inUse: module.transitionCount(),
      highWater: transitionsHighWater,
      capacity: BATCH_TRANSITIONS_MAX,
    },
  };
}
