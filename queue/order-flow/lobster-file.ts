import { ProofbookError } from '../../engine/proofbook-error.ts';

/** What a LOBSTER event is, by its type number: 1 .. 7. */
export type LobsterEventKind =
  | 'new'
  | 'partialCancel'
  | 'delete'
  | 'visibleExecution'
  | 'hiddenExecution'
  | 'crossTrade'
  | 'halt';

/** One line of a LOBSTER message file. */
export interface LobsterEvent {
  /** Number of the line, from 1. */
  readonly line: number;
  /** Nanoseconds after midnight. */
  readonly timestampNs: bigint;
  readonly kind: LobsterEventKind;
  /** The file's own order id. */
  readonly lobsterId: bigint;
  /** Shares. */
  readonly size: bigint;
  /** Dollars x 10,000. */
  readonly price: bigint;
  /** Of the order that the event is about; for an execution, of the resting order. */
  readonly side: 'bid' | 'ask';
}

/** One price level of a book row: dollars x 10,000 and shares. */
export interface LobsterLevel {
  readonly price: bigint;
  readonly size: bigint;
}

/** One row of a LOBSTER book file, each side best first, without the places that stand for "no level". */
export interface LobsterBook {
  readonly bids: readonly LobsterLevel[];
  readonly asks: readonly LobsterLevel[];
}

const KINDS: readonly LobsterEventKind[] = [
  'new',
  'partialCancel',
  'delete',
  'visibleExecution',
  'hiddenExecution',
  'crossTrade',
  'halt',
];
const MESSAGE_FIELDS = 6;
const NANOSECOND_DIGITS = 9;
const DAY_SECONDS = 86_400;
/** File prices are dollars x 10,000; one tick of {@link ../order-flow/lobster.ts} is a cent. */
export const LOBSTER_UNITS_PER_CENT = 100n;
const NO_ASK = '9999999999';
const NO_BID = '-9999999999';
const FIELDS_PER_LEVEL = 4;
// Prices and sizes of a command are 1 .. 2^48-1 (protocol §1).
const VALUE_MAX = 2n ** 48n - 1n;

/**
 * Reads a message file: seconds after midnight, type, order id, size, price, direction.
 *
 * @param file its name, for messages
 * @throws LOBSTER_MALFORMED naming file, line, field and value
 */
export function parseLobsterMessages(file: string, text: string): readonly LobsterEvent[] {
  const events: LobsterEvent[] = [];
  for (const [index, line] of linesOf(text).entries()) {
    const event = parseMessage(file, index + 1, line);
    const last = events.at(-1);
    if (last !== undefined && event.timestampNs < last.timestampNs) {
      refuse(file, event.line, 'time', line.split(',')[0], 'earlier than the line before');
    }
    events.push(event);
  }
  if (events.length === 0) refuse(file, 1, 'line', '', 'the file holds no events');
  return events;
}

/** Reads one row of a book file: ask price, ask size, bid price, bid size, again and again. @throws LOBSTER_MALFORMED */
export function parseLobsterBookRow(file: string, line: number, row: string): LobsterBook {
  const fields = row.split(',');
  if (fields.length < FIELDS_PER_LEVEL || fields.length % FIELDS_PER_LEVEL !== 0) {
    refuse(file, line, 'field count', fields.length, `must be a multiple of ${FIELDS_PER_LEVEL}`);
  }
  const asks: LobsterLevel[] = [];
  const bids: LobsterLevel[] = [];
  for (let at = 0; at < fields.length; at += FIELDS_PER_LEVEL) {
    const level = at / FIELDS_PER_LEVEL + 1;
    if (fields[at] !== NO_ASK) asks.push(parseLevel(file, line, `ask ${level}`, fields[at], fields[at + 1]));
    if (fields[at + 2] !== NO_BID)
      bids.push(parseLevel(file, line, `bid ${level}`, fields[at + 2], fields[at + 3]));
  }
  return { bids, asks };
}

/** Lines of a file with or without a newline at its end, on any system. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function parseMessage(file: string, line: number, text: string): LobsterEvent {
  const fields = text.split(',');
  if (fields.length !== MESSAGE_FIELDS) {
    refuse(file, line, 'field count', fields.length, `a message has ${MESSAGE_FIELDS} fields`);
  }
  const [time, type, lobsterId, size, price, direction] = fields;
  const kind = KINDS[Number(/^[1-7]$/.test(type ?? '') ? type : 0) - 1];
  if (kind === undefined) refuse(file, line, 'type', type, 'must be 1 .. 7');
  if (direction !== '1' && direction !== '-1') refuse(file, line, 'direction', direction, 'must be 1 or -1');
  const actsOnBook = kind !== 'hiddenExecution' && kind !== 'crossTrade' && kind !== 'halt';
  return {
    line,
    timestampNs: parseTime(file, line, time ?? ''),
    kind,
    lobsterId: parseUnsigned(file, line, 'order id', lobsterId),
    // A hidden trade may be at half a cent and a halt carries a mark instead of a price: neither meets the book.
    size: actsOnBook ? parseValue(file, line, 'size', size) : 0n,
    price: actsOnBook ? parsePrice(file, line, 'price', price) : 0n,
    side: direction === '1' ? 'bid' : 'ask',
  };
}

function parseTime(file: string, line: number, text: string): bigint {
  const match = /^(\d{1,5})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null || Number(match[1]) >= DAY_SECONDS) {
    refuse(file, line, 'time', text, 'must be seconds after midnight with at most 9 decimals');
  }
  const nanoseconds = (match?.[2] ?? '').padEnd(NANOSECOND_DIGITS, '0');
  return BigInt(`${match?.[1]}${nanoseconds}`);
}

function parseLevel(
  file: string,
  line: number,
  name: string,
  price: string | undefined,
  size: string | undefined,
): LobsterLevel {
  return {
    price: parsePrice(file, line, `${name} price`, price),
    size: parseValue(file, line, `${name} size`, size),
  };
}

function parsePrice(file: string, line: number, field: string, text: string | undefined): bigint {
  const price = parseValue(file, line, field, text);
  if (price % LOBSTER_UNITS_PER_CENT !== 0n) {
    refuse(file, line, field, text, 'must be whole cents, a multiple of 100');
  }
  return price;
}

function parseValue(file: string, line: number, field: string, text: string | undefined): bigint {
  const value = parseUnsigned(file, line, field, text);
  if (value < 1n || value > VALUE_MAX) refuse(file, line, field, text, 'must be in 1 .. 2^48-1');
  return value;
}

function parseUnsigned(file: string, line: number, field: string, text: string | undefined): bigint {
  if (text === undefined || !/^\d{1,19}$/.test(text)) {
    return refuse(file, line, field, text, 'must be a whole number');
  }
  return BigInt(text);
}

function refuse(
  file: string,
  line: number,
  field: string,
  value: string | number | undefined,
  reason: string,
): never {
  throw new ProofbookError('LOBSTER_MALFORMED', {
    file,
    line,
    field,
    value: JSON.stringify(value ?? ''),
    reason,
  });
}
