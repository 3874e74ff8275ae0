import type { Geometry } from '../../../engine/geometry.ts';
import type { MarketConfig } from '../../../engine/market-config.ts';
import type { SnapshotMemory } from '../readers/snapshot-memory.ts';
import type { WaitPolicy } from '../rings/wait-strategy.ts';
import type { Durability } from './journal-writer.ts';
import type { PipelineBuffers } from './pipeline-rings.ts';

/** What every thread of a pipeline is started with; it can be sent between threads. */
export interface ThreadSettings {
  readonly buffers: PipelineBuffers;
  readonly control: SharedArrayBuffer;
  readonly geometry: Geometry;
  readonly market: MarketConfig;
  readonly policy: WaitPolicy;
  /** Where the journal is; its directory is there. */
  readonly journalPath: string;
  readonly durability: Durability;
  /** Top of book and depth, for readers of every thread (book-board.ts). */
  readonly board: SharedArrayBuffer;
  /** A telemetry block (telemetry-block.ts). */
  readonly telemetry: SharedArrayBuffer;
  /** An error ring (error-ring.ts). */
  readonly errors: SharedArrayBuffer;
  /** Where the standby publishes the whole book, if anywhere. */
  readonly snapshots: SnapshotMemory | undefined;
}
