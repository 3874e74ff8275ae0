import type { Command } from '../../engine/command.ts';
import type { MarketConfig } from '../../engine/market-config.ts';

/** Where a run's commands come from: a seed or a file. Fixed before the first batch is sealed. */
export interface CommandSource {
  /** For people: `seed 1`, or the file's name and what it held. */
  readonly description: string;
  readonly marketConfig: MarketConfig;
  readonly commands: readonly TimedCommand[];
}

/** A command and when it arrived. */
export interface TimedCommand {
  readonly command: Command;
  /** Nanoseconds since the epoch, never falling from one command to the next. */
  readonly timestampNs: bigint;
}
