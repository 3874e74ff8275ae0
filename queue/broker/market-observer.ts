/** Is told what a market does, for logs and metrics. */
export interface MarketObserver {
  /** A line for the operator. */
  said(line: string): void;
  /** A batch of so many records was sealed and stored within so many milliseconds. */
  sealed(marketId: string, recordCount: number, durationMs: number): void;
  /** A job was so long in a state. */
  stageEnded(marketId: string, state: string, durationMs: number): void;
}
