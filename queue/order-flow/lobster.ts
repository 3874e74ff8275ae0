import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from '../../engine/command.ts';
import type { MarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { CommandSource, TimedCommand } from './command-source.ts';
import {
  LOBSTER_UNITS_PER_CENT,
  type LobsterBook,
  type LobsterEvent,
  type LobsterLevel,
  linesOf,
  parseLobsterBookRow,
  parseLobsterMessages,
} from './lobster-file.ts';
import { ScoutEngine } from './scout-engine.ts';

/** What became of the file's events. */
export interface LobsterCounts {
  readonly events: number;
  /** Orders that rested before the first event: one a level of the book's first row. */
  readonly seededOrders: number;
  /** Hidden executions: they touch no visible level. */
  readonly hiddenSkipped: number;
  /** Halts and cross trades: this version has neither. */
  readonly otherSkipped: number;
  /** Events about an order that neither the file nor the seeded book knows. */
  readonly unknownIds: number;
  /** Executions that did not fill exactly the resting order that the file names. */
  readonly executionsElsewhere: number;
}

/** Order flow of a LOBSTER file. */
export interface LobsterSource extends CommandSource {
  readonly counts: LobsterCounts;
}

/** Prices in cents: the file has four decimals, of which the last two are always 0. Sizes in shares. */
export const LOBSTER_MARKET_CONFIG: MarketConfig = {
  marketId: 1n,
  tickSize: 1n,
  lotSize: 1n,
  priceDecimals: 2,
  quantityDecimals: 0,
  operatorAccount: 0,
};

// The file names no accounts. Three tell apart who rested before, who rests, and who takes.
const SEED_ACCOUNT = 1;
const MAKER_ACCOUNT = 2;
const TAKER_ACCOUNT = 3;

/** The book file that belongs to a message file: `messages.csv` and `book-10-levels.csv`, or LOBSTER's own names. */
export function lobsterBookPath(messagePath: string): string {
  const name = basename(messagePath);
  const bookName = name.includes('_message_')
    ? name.replace('_message_', '_orderbook_')
    : name.replace('messages', 'book-10-levels');
  return join(dirname(messagePath), bookName);
}

/**
 * Reads a LOBSTER message file as commands. When its book file lies beside it, the book is seeded from that file's first
 * row, one order a level, and events on unknown ids act on those.
 *
 * @param commandsMax how many commands to take; the file may hold more
 * @throws FILE_UNREADABLE, LOBSTER_MALFORMED
 */
export function lobsterFlow(messagePath: string, commandsMax = Number.POSITIVE_INFINITY): LobsterSource {
  const events = parseLobsterMessages(basename(messagePath), readText(messagePath));
  const bookPath = lobsterBookPath(messagePath);
  const hasBook = bookPath !== messagePath && existsSync(bookPath);
  const firstRow = hasBook ? linesOf(readText(bookPath))[0] : undefined;
  const book =
    firstRow === undefined ? { bids: [], asks: [] } : parseLobsterBookRow(basename(bookPath), 1, firstRow);
  const reader = new LobsterReader(commandsMax);
  const [first] = events;
  if (first !== undefined) reader.seed(bookBefore(book, first), first.timestampNs);
  for (const event of events) {
    if (reader.isFull) break;
    reader.take(event);
  }
  return {
    description: describe(basename(messagePath), reader.counts, events.length),
    marketConfig: LOBSTER_MARKET_CONFIG,
    commands: reader.commands,
    counts: reader.counts,
  };
}

function describe(file: string, counts: LobsterCounts, eventsInFile: number): string {
  const { events, seededOrders, hiddenSkipped, otherSkipped, unknownIds } = counts;
  return (
    `LOBSTER file ${file}: ${events} of ${eventsInFile} events, ${seededOrders} orders that rested before, ` +
    `skipped ${hiddenSkipped} hidden executions, ${otherSkipped} halts or crosses, ${unknownIds} on unknown orders`
  );
}

/** Row 1 of the book is the book after event 1: this takes that event back. Public for the same test as the reader. */
export function bookBefore(book: LobsterBook, event: LobsterEvent): LobsterBook {
  const undone = event.kind === 'new' ? -event.size : event.size;
  const undo = (levels: readonly LobsterLevel[]): readonly LobsterLevel[] =>
    levels
      .map(({ price, size }) => ({ price, size: price === event.price ? size + undone : size }))
      .filter(({ size }) => size > 0n);
  return event.side === 'bid'
    ? { bids: undo(book.bids), asks: book.asks }
    : { bids: book.bids, asks: undo(book.asks) };
}

/** Turns events into commands. Public so that a test can compare the book after every event. */
export class LobsterReader {
  readonly commands: TimedCommand[] = [];
  readonly #commandsMax: number;
  readonly #scout = new ScoutEngine(LOBSTER_MARKET_CONFIG);
  readonly #idOfLobster = new Map<bigint, bigint>();
  readonly #seedAt = new Map<string, bigint>();
  #counts = {
    events: 0,
    seededOrders: 0,
    hiddenSkipped: 0,
    otherSkipped: 0,
    unknownIds: 0,
    executionsElsewhere: 0,
  };

  constructor(commandsMax: number = Number.POSITIVE_INFINITY) {
    this.#commandsMax = commandsMax;
  }

  get isFull(): boolean {
    return this.commands.length >= this.#commandsMax;
  }

  get counts(): LobsterCounts {
    return { ...this.#counts };
  }

  /** Price levels in ticks, best first. */
  levels(side: 'bid' | 'ask') {
    return this.#scout.levels(side);
  }

  /** Places what rested before the first event: one order a level. */
  seed(book: LobsterBook, timestampNs: bigint): void {
    for (const side of ['bid', 'ask'] as const) {
      for (const { price, size } of side === 'bid' ? book.bids : book.asks) {
        if (this.isFull) return;
        const order = place(side, 'GTC', SEED_ACCOUNT, 0n, price, size);
        const [accepted] = this.#apply(order, timestampNs);
        if (accepted?.type === 'accepted') this.#seedAt.set(`${side} ${price}`, accepted.orderId);
        this.#counts.seededOrders += 1;
      }
    }
  }

  /** Takes one event: applies its command, or counts why it has none. */
  take(event: LobsterEvent): void {
    this.#counts.events += 1;
    const { kind } = event;
    if (kind === 'new') this.#takeNew(event);
    else if (kind === 'visibleExecution') this.#takeExecution(event);
    else if (kind === 'partialCancel' || kind === 'delete') this.#takeCancel(event);
    else if (kind === 'hiddenExecution') this.#counts.hiddenSkipped += 1;
    else this.#counts.otherSkipped += 1;
  }

  #takeNew(event: LobsterEvent): void {
    const { side, lobsterId, price, size } = event;
    const transitions = this.#apply(
      place(side, 'GTC', MAKER_ACCOUNT, lobsterId, price, size),
      event.timestampNs,
    );
    const accepted = transitions.find(({ type }) => type === 'accepted');
    if (accepted !== undefined) this.#idOfLobster.set(lobsterId, accepted.orderId);
  }

  #takeCancel(event: LobsterEvent): void {
    const order = this.#restingOrder(event);
    if (order === undefined) return;
    const { orderId, account } = order;
    // A delete names its own order. On a seeded order it is only a part: that one stands for all that rested there.
    const whole = event.kind === 'delete' && account !== SEED_ACCOUNT;
    const command: Command = whole
      ? { kind: 'cancel', account, orderId }
      : { kind: 'reduce', account, orderId, quantity: event.size };
    this.#apply(command, event.timestampNs);
  }

  #takeExecution(event: LobsterEvent): void {
    const order = this.#restingOrder(event);
    if (order === undefined) return;
    const takerSide = event.side === 'bid' ? 'ask' : 'bid';
    const taker = place(takerSide, 'IOC', TAKER_ACCOUNT, event.lobsterId, event.price, event.size);
    const fills = this.#apply(taker, event.timestampNs).filter(({ type }) => type === 'filled');
    const [fill] = fills;
    const exact = fills.length === 1 && fill?.makerOrderId === order.orderId && fill.quantity === event.size;
    if (!exact) this.#counts.executionsElsewhere += 1;
  }

  /** The order that an event is about: the one of its id, else the seeded one at its price. */
  #restingOrder({ lobsterId, side, price }: LobsterEvent) {
    const orderId = this.#idOfLobster.get(lobsterId) ?? this.#seedAt.get(`${side} ${price}`);
    const order = orderId === undefined ? undefined : this.#scout.live.find(orderId);
    if (order === undefined) this.#counts.unknownIds += 1;
    return order;
  }

  #apply(command: Command, timestampNs: bigint) {
    this.commands.push({ command, timestampNs });
    return this.#scout.apply(command);
  }
}

function place(
  side: 'bid' | 'ask',
  timeInForce: 'GTC' | 'IOC',
  account: number,
  clientOrderId: bigint,
  filePrice: bigint,
  quantity: bigint,
): Command {
  const price = filePrice / LOBSTER_UNITS_PER_CENT;
  return { kind: 'place', side, timeInForce, account, clientOrderId, price, quantity };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProofbookError('FILE_UNREADABLE', { path, reason }, { cause: error });
  }
}
