import { basename } from 'node:path';
import type { Command, PlaceCommand } from '../../engine/command.ts';
import type { MarketConfig } from '../../engine/market-config.ts';
import type { CommandSource, TimedCommand } from './command-source.ts';
import { type ItchEvent, ItchFile } from './itch-file.ts';
import type { LiveOrder } from './live-orders.ts';
import { ScoutEngine } from './scout-engine.ts';

/** What became of the file's events. */
export interface ItchCounts {
  readonly events: number;
  /** Messages that touch no displayed order. */
  readonly otherSkipped: number;
  /** Events about an order that is not in the book: never seen, or gone. */
  readonly unknownRefs: number;
  /** Executions that did not fill exactly the resting order that the file names. */
  readonly executionsElsewhere: number;
  /** Executions at another price than the order's: they only make it smaller. */
  readonly executionsOffPrice: number;
}

/** Order flow of an ITCH file. */
export interface ItchSource extends CommandSource {
  readonly counts: ItchCounts;
}

/** Prices with four decimals, as the file has them; sizes in shares. */
export const ITCH_MARKET_CONFIG: MarketConfig = {
  marketId: 1n,
  tickSize: 1n,
  lotSize: 1n,
  priceDecimals: 4,
  quantityDecimals: 0,
  operatorAccount: 0,
};

// The file names no accounts. Two tell apart who rests and who takes.
const MAKER_ACCOUNT = 2;
const TAKER_ACCOUNT = 3;

/**
 * Reads the displayed orders of one symbol from a NASDAQ TotalView-ITCH 5.0 file as commands: adds rest, executions are takers of just
 * that size, cancels make smaller, deletes cancel, replacements replace.
 *
 * @param commandsMax how many commands to take; the file may hold more, and is read no further
 * @throws FILE_UNREADABLE, ITCH_MALFORMED
 */
export function itchFlow(path: string, symbol: string, commandsMax = Number.POSITIVE_INFINITY): ItchSource {
  const reader = new ItchReader();
  for (const event of new ItchFile(path, symbol).events()) {
    reader.take(event);
    if (reader.commands.length >= commandsMax) break;
  }
  const { counts, commands } = reader;
  const { events, otherSkipped, unknownRefs, executionsOffPrice } = counts;
  return {
    description:
      `ITCH file ${basename(path)}, ${symbol}: ${events} events, skipped ${otherSkipped} of no displayed order, ` +
      `${unknownRefs} on unknown orders, ${executionsOffPrice} executions at another price`,
    marketConfig: ITCH_MARKET_CONFIG,
    commands,
    counts,
  };
}

/** Turns events into commands. Public so that a test can compare the book after every event. */
export class ItchReader {
  readonly commands: TimedCommand[] = [];
  readonly #scout = new ScoutEngine(ITCH_MARKET_CONFIG);
  readonly #idOfRef = new Map<bigint, bigint>();
  #counts = { events: 0, otherSkipped: 0, unknownRefs: 0, executionsElsewhere: 0, executionsOffPrice: 0 };

  get counts(): ItchCounts {
    return { ...this.#counts };
  }

  /** Price levels in ticks, best first. */
  levels(side: 'bid' | 'ask') {
    return this.#scout.levels(side);
  }

  /** Takes one event: applies its command, or counts why it has none. */
  take(event: ItchEvent): void {
    this.#counts.events += 1;
    const { timestampNs } = event;
    if (event.kind === 'other') {
      this.#counts.otherSkipped += 1;
      return;
    }
    if (event.kind === 'add') {
      const { side, shares, price, ref } = event;
      this.#open(ref, place(side, 'GTC', MAKER_ACCOUNT, ref, price, shares), timestampNs);
      return;
    }
    const order = this.#restingOrder(event.ref);
    if (order === undefined) return;
    const { orderId, account } = order;
    if (event.kind === 'execute') this.#execute(event, order);
    else if (event.kind === 'cancel')
      this.#apply({ kind: 'reduce', account, orderId, quantity: event.shares }, timestampNs);
    else if (event.kind === 'delete') this.#apply({ kind: 'cancel', account, orderId }, timestampNs);
    else this.#replace(event, orderId);
  }

  #execute(event: ItchEvent & { readonly kind: 'execute' }, order: LiveOrder): void {
    const { ref, shares, timestampNs } = event;
    const { orderId, account, side, price } = order;
    if (event.price !== undefined && event.price !== price) {
      this.#counts.executionsOffPrice += 1;
      this.#apply({ kind: 'reduce', account, orderId, quantity: shares }, timestampNs);
      return;
    }
    const taker = place(side === 'bid' ? 'ask' : 'bid', 'IOC', TAKER_ACCOUNT, ref, price, shares);
    const fills = this.#apply(taker, timestampNs).filter(({ type }) => type === 'filled');
    const [fill] = fills;
    const isExact = fills.length === 1 && fill?.makerOrderId === orderId && fill.quantity === shares;
    if (!isExact) this.#counts.executionsElsewhere += 1;
  }

  #replace(event: ItchEvent & { readonly kind: 'replace' }, orderId: bigint): void {
    const { newRef, price, shares, timestampNs } = event;
    const command: Command = {
      kind: 'replace',
      orderId,
      timeInForce: 'GTC',
      account: MAKER_ACCOUNT,
      price,
      quantity: shares,
      replacementClientOrderId: newRef,
    };
    this.#open(newRef, command, timestampNs);
  }

  #open(ref: bigint, command: Command, timestampNs: bigint): void {
    const opened = this.#apply(command, timestampNs).find(
      ({ type }) => type === 'accepted' || type === 'replaced',
    );
    if (opened !== undefined) this.#idOfRef.set(ref, opened.orderId);
  }

  #restingOrder(ref: bigint) {
    const orderId = this.#idOfRef.get(ref);
    const order = orderId === undefined ? undefined : this.#scout.live.find(orderId);
    if (order === undefined) this.#counts.unknownRefs += 1;
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
  price: bigint,
  quantity: bigint,
): PlaceCommand {
  return { kind: 'place', side, timeInForce, account, clientOrderId, price, quantity };
}
