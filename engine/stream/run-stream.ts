import { LineWriter } from './line-writer.ts';
import { MessageSource } from './message-source.ts';
import { refusedMessage } from './refused-message.ts';
import { ReportFile } from './report-file.ts';
import { writeReportLines } from './report-lines.ts';
import { instantiateStream, type StreamModule } from './stream-module.ts';

export interface StreamRun {
  readonly messages: number;
  /** Time in the matching loop alone: no reading, no copying, no formatting. */
  readonly matchingNs: bigint;
}

/**
 * Matches the messages of one file on an empty book and writes what became of each to another. When a message is refused, the
 * file holds the lines of all messages before it.
 *
 * @throws FILE_UNREADABLE, FILE_UNWRITABLE, STREAM_LENGTH, USAGE, INVALID_MESSAGE, ORDER_ID_LIVE, BOOK_EXHAUSTED
 */
export function runStream(inPath: string, outPath: string): StreamRun {
  const module = instantiateStream();
  const source = new MessageSource(inPath);
  try {
    const file = new ReportFile(outPath, inPath);
    try {
      const lines = new LineWriter((bytes) => file.write(bytes));
      try {
        return matchAll(module, source, lines);
      } finally {
        lines.end();
      }
    } finally {
      file.close();
    }
  } finally {
    source.close();
  }
}

function matchAll(module: StreamModule, source: MessageSource, lines: LineWriter): StreamRun {
  const { exports, messages, messageView } = module;
  let taken = 0;
  let matchingNs = 0n;
  for (let count = source.read(messages); count > 0; count = source.read(messages)) {
    for (let first = 0; first < count; ) {
      const start = process.hrtime.bigint();
      const next = exports.takeMessages(first, count);
      matchingNs += process.hrtime.bigint() - start;
      writeReportLines(module, first, lines);
      const refusal = exports.lastRefusal();
      if (refusal !== 0) throw refusedMessage(refusal, messageView, next, taken + next);
      first = next;
    }
    taken += count;
  }
  return { messages: taken, matchingNs };
}
