// The engine behind a plain stream of new, cancel and modify messages (docs/message-stream.md): another entry beside
// circuit.ts, without hashing, for order flow that is to be matched and not proven. Messages go in and reports come out
// through fixed buffers; one call takes as many messages as their reports have room for. The transitions of each message
// take the place of the last one's.

import { linkOrder, linkToId, linkToSlot, NO_LINK, slotOfLink, unlinkOrder, warmClientIds } from './client-ids';
import { Kind, Reason, Side, TimeInForce, TransitionType } from './codes';
import { MAX_FILLS, SLOT_MASK, TRANSITION_BYTES, VALUE_LIMIT } from './geometry';
import { beginWork } from './match';
import { immediacyOf, Message, messageAt, MESSAGES, MESSAGES_MAX, MessageType, sideOf, typeOf } from './message';
import { lookAhead } from './message-look-ahead';
import { removeOrder } from './order-book';
import { isSlotTaken } from './order-slots';
import { place } from './place';
import { sideOfLevel } from './price-levels';
import { commandAt, levelAt, orderAt, placeAt, Transition, TRANSITIONS_BUFFER } from './records';
import { clearTransitions, transitionCount } from './transition-log';
import { warmPools } from './warm-pools';

/** What became of one message, or of a part of one whose fills are more than MAX_FILLS. */
@unmanaged
class Report {
  flags: u32;
  /** So many `Fill` records follow. */
  fillCount: u32;
  /** Price of an order that a cancel found. */
  price: u64;
}

@unmanaged
class Fill {
  price: u64;
  quantity: u64;
  /** The id that the maker's client chose. */
  makerId: u64;
}

const enum ReportFlag {
  /** The message was not begun in an earlier report. */
  Begins = 1,
  /** Nothing more follows for this message. */
  Ends = 2,
  /** What an IOC order left was canceled. */
  RestCanceled = 4,
  /** No resting order has the id. */
  Unknown = 8,
  /** The canceled order was an ask. */
  Ask = 16,
}

/**
 * Why `takeMessages` stopped at a message. It has no report, unless the book ran out behind its first MAX_FILLS fills;
 * nothing may be taken after it.
 */
const enum Refusal {
  None = 0,
  Type = 1,
  Side = 2,
  ImmediateOrCancel = 3,
  Price = 4,
  Quantity = 5,
  LiveId = 6,
  BookFull = 7,
}

const REPORT_BYTES: u32 = 16;
const FILL_BYTES: u32 = 24;
/** What one step of the loop writes at most. */
const REPORT_BYTES_MAX: u32 = REPORT_BYTES + MAX_FILLS * FILL_BYTES;
const REPORTS_BYTES: u32 = 4 << 20;

const REPORTS: u32 = memory.data(REPORTS_BYTES, 64) as u32;

if (TimeInForce.GoodTillCanceled != 0 || TimeInForce.ImmediateOrCancel != 1) ERROR('a message tells the time in force');
if (offsetof<Report>() != REPORT_BYTES) ERROR('a Report is 16 bytes');
if (offsetof<Fill>() != FILL_BYTES) ERROR('a Fill is 24 bytes');

/** Where the next report goes. */
let reportAt: u32 = REPORTS;
/** Lots of the message at hand that were not placed yet; 0 between messages. */
let owedLots: u64 = 0;
let refusal: u32 = Refusal.None;

export function messagesPointer(): u32 {
  return MESSAGES;
}

export function messagesCapacity(): u32 {
  return MESSAGES_MAX;
}

export function reportsPointer(): u32 {
  return REPORTS;
}

/** Bytes of reports of the last `takeMessages`. */
export function reportsLength(): u32 {
  return reportAt - REPORTS;
}

/** Touches every page of the book's pools, so that no message waits for the operating system. To be called once, at the start. */
export function warmUp(): void {
  warmPools();
  warmClientIds();
}

/** Why the last `takeMessages` stopped; 0 if for no refusal. */
export function lastRefusal(): u32 {
  return refusal;
}

/**
 * Takes the messages `first` .. `end - 1` of the buffer, until a report might not fit or a message is refused. Returns
 * the index of the first message that is not taken to its end; the next call begins with it.
 */
export function takeMessages(first: u32, end: u32): u32 {
  if (end > MESSAGES_MAX) unreachable();
  reportAt = REPORTS;
  refusal = Refusal.None;
  let index = first;
  let lookedAt = first;
  while (index < end && REPORTS + REPORTS_BYTES - reportAt >= REPORT_BYTES_MAX) {
    if (index >= lookedAt) lookedAt = lookAhead(index, end);
    takeMessage(messageAt(index));
    if (refusal != Refusal.None) break;
    // More than MAX_FILLS makers: the rest is placed before anything else can happen.
    if (owedLots == 0) index += 1;
  }
  return index;
}

// @ts-ignore: decorator
@inline
function takeMessage(message: Message): void {
  if (owedLots != 0) {
    placeOwed(message, 0);
    return;
  }
  const type = typeOf(message);
  const reason = malformed(message, type);
  if (reason != Refusal.None) {
    refusal = reason;
    return;
  }
  const link = linkToId(message.orderId);
  if (type == MessageType.New) {
    if (link != NO_LINK) {
      refusal = Refusal.LiveId;
      return;
    }
  } else {
    if (link == NO_LINK) {
      report(ReportFlag.Begins | ReportFlag.Ends | ReportFlag.Unknown);
      return;
    }
    const slot = slotOfLink(link);
    unlinkOrder(link);
    if (type == MessageType.Cancel) reportCanceled(slot);
    removeOrder(slot);
    if (type == MessageType.Cancel) return;
  }
  owedLots = message.quantity;
  placeOwed(message, ReportFlag.Begins);
}

/** What is wrong with the message itself, whatever is in the book. */
// @ts-ignore: decorator
@inline
function malformed(message: Message, type: u32): u32 {
  if (type > (MessageType.Modify as u32)) return Refusal.Type;
  if (sideOf(message) > (Side.Ask as u32)) return Refusal.Side;
  if (immediacyOf(message) > 1) return Refusal.ImmediateOrCancel;
  if (type == MessageType.Cancel) return Refusal.None;
  if (message.price - 1 >= VALUE_LIMIT - 1) return Refusal.Price;
  if (message.quantity == 0) return Refusal.Quantity;
  return Refusal.None;
}

// @ts-ignore: decorator
@inline
function transitionAt(index: u32): Transition {
  return changetype<Transition>(TRANSITIONS_BUFFER + index * TRANSITION_BYTES);
}

/** Places what is owed of a new or modified order and reports its fills, MAX_FILLS at most. */
function placeOwed(message: Message, begins: u32): void {
  const command = commandAt(0);
  // GTC is 0 and IOC is 1, as a message has them.
  command.head = Kind.Place | (sideOf(message) << 8) | (immediacyOf(message) << 16);
  command.account = 0;
  command.id = message.orderId;
  command.price = message.price;
  command.quantity = owedLots;
  clearTransitions();
  beginWork();
  // No reason but a full book is left. It may also be that others were evicted for the order.
  const accepted = transitionAt(0);
  if (place(command, 0) != Reason.None || (accepted.head & 0xff) != TransitionType.Accepted) {
    refusal = Refusal.BookFull;
    return;
  }
  const count = transitionCount();
  const last = transitionAt(count - 1);
  const isCanceled = (last.head & 0xff) == TransitionType.Canceled;
  const fillCount = isCanceled ? count - 2 : count - 1;
  reportFills(fillCount);

  owedLots = 0;
  let flags: u32 = begins | ReportFlag.Ends;
  if (isCanceled) {
    if (((last.head >> 16) & 0xff) == Reason.MatchLimit) {
      owedLots = last.quantity;
      flags = begins;
    } else {
      flags |= ReportFlag.RestCanceled;
    }
  } else if (last.remaining != 0) {
    linkOrder(message.orderId, (accepted.orderId & SLOT_MASK) as u32);
  }
  const head = report(flags);
  head.fillCount = fillCount;
  reportAt += fillCount * FILL_BYTES;
}

/** Writes the fills behind the report that is to come, and makes the makers that left unknown. */
function reportFills(fillCount: u32): void {
  let at = reportAt + REPORT_BYTES;
  for (let index: u32 = 1; index <= fillCount; ++index) {
    const filled = transitionAt(index);
    const slot = (filled.otherId & SLOT_MASK) as u32;
    const fill = changetype<Fill>(at);
    fill.price = filled.price;
    fill.quantity = filled.quantity;
    fill.makerId = orderAt(slot).clientOrderId;
    if (!isSlotTaken(slot)) unlinkOrder(linkToSlot(slot));
    at += FILL_BYTES;
  }
}

function reportCanceled(slot: u32): void {
  const level = placeAt(slot).level as u32;
  const isAsk = sideOfLevel(level) == Side.Ask;
  const head = report(ReportFlag.Begins | ReportFlag.Ends | (isAsk ? ReportFlag.Ask : 0));
  head.price = levelAt(level).price;
}

// @ts-ignore: decorator
@inline
function report(flags: u32): Report {
  const head = changetype<Report>(reportAt);
  head.flags = flags;
  head.fillCount = 0;
  reportAt += REPORT_BYTES;
  return head;
}
