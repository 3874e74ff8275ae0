/** What an execution told about itself, before any proof. */
export interface SessionInfo {
  /** RV32IM instructions that the guest ran. */
  readonly instructionCount: number;
  /** Cells of all trace matrices, as metered: what proving time and memory follow. */
  readonly traceCells: number;
  /** Parts that the run is proven in. */
  readonly segmentCount: number;
  /** What the guest revealed: BLAKE3(journal), 32 bytes. */
  readonly publicValues: Uint8Array;
  readonly executeDurationMs: number;
}
