import type { DatabaseSync } from 'node:sqlite';
import type { ContentDigest } from './content-digest.ts';

/** What a submission with an Idempotency-Key became, or is about to become. */
export interface Submission {
  readonly contentDigest: ContentDigest;
  readonly batchNumber: number;
  readonly firstCommandIndex: number;
  readonly commandCount: number;
}

/**
 * Remembers submissions by key. A row is written before its batch is sealed, and names where in the log its commands shall
 * stand: whether they do is for the log to say. Rows of batches that the log never got are forgotten at start.
 */
export class Submissions {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  find(submissionKey: string): Submission | undefined {
    const columns = this.#database
      .prepare('SELECT * FROM submissions WHERE submission_key = ?')
      .get(submissionKey);
    if (columns === undefined) return undefined;
    return {
      contentDigest: String(columns.content_digest),
      batchNumber: Number(columns.batch_number),
      firstCommandIndex: Number(columns.first_command_index),
      commandCount: Number(columns.command_count),
    };
  }

  /** Forgets what was to be sealed behind the last batch of the log. */
  forgetAfter(lastBatch: number): void {
    this.#database.prepare('DELETE FROM submissions WHERE batch_number > ?').run(lastBatch);
  }

  /** Writes or replaces the row of a key. */
  put(submissionKey: string, submission: Submission, nowMs: number = Date.now()): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        submissionKey,
        submission.contentDigest,
        submission.batchNumber,
        submission.firstCommandIndex,
        submission.commandCount,
        nowMs,
      );
  }
}
