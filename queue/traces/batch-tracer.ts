/** What happens to a batch between its first command and its verified proof. */
export type StageName = 'batch' | 'intake' | 'seal' | 'execute' | 'prove' | 'verify';

/** One stage of a batch, once it is over. */
export interface BatchStage {
  readonly name: StageName;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** What it threw, if it did. */
  readonly error?: unknown;
}

/** Takes the stages of one batch. */
export type StageNote = (stage: BatchStage) => void;

/** Takes the stages of batches, from any process: those of one batch make one trace. */
export interface BatchTracer {
  /** @param storeId of the store that has the batch, 16 hex digits */
  note(storeId: string, batchNumber: number | bigint, stage: BatchStage): void;
  /** Sends what was not sent yet. Takes a few seconds at most, whatever the collector does. */
  close(): Promise<void>;
}

/** Notes nothing. */
export const NO_TRACES: BatchTracer = { note: () => undefined, close: async () => undefined };

/** Runs one stage and notes how long it took and how it ended. */
export async function traced<T>(
  note: StageNote,
  name: StageName,
  work: () => Promise<T>,
  attributesOf: (outcome: T) => BatchStage['attributes'] = () => undefined,
): Promise<T> {
  const startMs = Date.now();
  try {
    const outcome = await work();
    const attributes = attributesOf(outcome);
    note({ name, startMs, endMs: Date.now(), ...(attributes === undefined ? {} : { attributes }) });
    return outcome;
  } catch (error) {
    note({ name, startMs, endMs: Date.now(), error });
    throw error;
  }
}
