/** The commands of one batch as the sequencer took them. */
export interface LoggedBatch {
  readonly batchNumber: bigint;
  /** Nanoseconds since the epoch. */
  readonly timestampNs: bigint;
  /** Command records, 32 bytes each. */
  readonly commands: Uint8Array;
}
