import type { LineWriter } from './line-writer.ts';
import {
  FILL,
  FILL_BYTES,
  MESSAGE,
  MESSAGE_BYTES,
  MESSAGE_TYPE,
  REPORT,
  REPORT_BYTES,
  REPORT_FLAG,
} from './message-layout.ts';
import type { StreamModule } from './stream-module.ts';

/** First field of a line. */
const LINE = {
  accepted: 0,
  filled: 1,
  canceled: 2,
  modified: 3,
  unknownCancel: 4,
  unknownModify: 5,
} as const;

/** Writes the lines of the last call's reports; `first` is the message that it began with. */
export function writeReportLines(module: StreamModule, first: number, lines: LineWriter): void {
  const { messageView, reportView } = module;
  const end = module.exports.reportsLength();
  let message = first * MESSAGE_BYTES;
  for (let report = 0; report < end; ) {
    const flags = reportView.getUint32(report + REPORT.flags, true);
    const fillCount = reportView.getUint32(report + REPORT.fillCount, true);
    const fills = report + REPORT_BYTES;
    const type = messageView.getUint8(message + MESSAGE.type);
    if ((flags & REPORT_FLAG.unknown) !== 0) {
      writeUnknown(messageView, message, type, lines);
    } else if (type === MESSAGE_TYPE.cancel) {
      const side = (flags & REPORT_FLAG.ask) !== 0 ? 1 : 0;
      writeCanceled(messageView, message, side, reportView, report + REPORT.price, lines);
    } else {
      if (type === MESSAGE_TYPE.new && (flags & REPORT_FLAG.begins) !== 0) {
        writeOrder(LINE.accepted, messageView, message, lines);
      }
      for (let index = 0; index < fillCount; index++) {
        writeFill(messageView, message, reportView, fills + index * FILL_BYTES, lines);
      }
      if ((flags & REPORT_FLAG.restCanceled) !== 0) {
        const side = messageView.getUint8(message + MESSAGE.side);
        writeCanceled(messageView, message, side, messageView, message + MESSAGE.price, lines);
      }
      if (type === MESSAGE_TYPE.modify && (flags & REPORT_FLAG.ends) !== 0) {
        writeOrder(LINE.modified, messageView, message, lines);
      }
    }
    report = fills + fillCount * FILL_BYTES;
    if ((flags & REPORT_FLAG.ends) !== 0) message += MESSAGE_BYTES;
  }
}

/** An order as it was sent. */
function writeOrder(kind: number, messages: DataView, message: number, lines: LineWriter): void {
  lines.line(kind);
  lines.u64(messages, message + MESSAGE.sequence);
  lines.u32(messages.getUint8(message + MESSAGE.side));
  lines.u64(messages, message + MESSAGE.orderId);
  lines.u64(messages, message + MESSAGE.price);
  lines.u32(messages.getUint32(message + MESSAGE.quantity, true));
}

function writeFill(
  messages: DataView,
  message: number,
  reports: DataView,
  fill: number,
  lines: LineWriter,
): void {
  lines.line(LINE.filled);
  lines.u64(messages, message + MESSAGE.sequence);
  lines.u64(reports, fill + FILL.price);
  lines.u64(reports, fill + FILL.quantity);
  lines.u64(reports, fill + FILL.makerId);
  lines.u64(messages, message + MESSAGE.orderId);
}

/** `priceAt` is an offset in `prices`. */
function writeCanceled(
  messages: DataView,
  message: number,
  side: number,
  prices: DataView,
  priceAt: number,
  lines: LineWriter,
): void {
  lines.line(LINE.canceled);
  lines.u64(messages, message + MESSAGE.sequence);
  lines.u32(side);
  lines.u64(messages, message + MESSAGE.orderId);
  lines.u64(prices, priceAt);
}

function writeUnknown(messages: DataView, message: number, type: number, lines: LineWriter): void {
  lines.line(type === MESSAGE_TYPE.cancel ? LINE.unknownCancel : LINE.unknownModify);
  lines.u64(messages, message + MESSAGE.sequence);
  lines.u64(messages, message + MESSAGE.orderId);
}
