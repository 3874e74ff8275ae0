import type { MarketConfig } from '../../../../../engine/market-config.ts';
import { lotsOfQuantity, ticksOfPrice } from '../../../../../engine/market-units.ts';
import { messageOf } from '../../../../../engine/message-of.ts';
import type { FixMessage } from '../session/fix-message.ts';
import { REJECT } from '../session/fix-tags.ts';
import { epochMsOf } from '../session/fix-time.ts';
import { faultAt, type MessageFault } from '../session/message-checks.ts';
import { plainDecimal } from './fix-decimal.ts';
import { ORD_REJ, ORDER_TAG } from './order-tags.ts';

/** Why an order is not taken although its message is right: an OrdRejReason. */
export interface OrderRefusal {
  readonly reason: number;
  readonly text: string;
}

/** Reads the fields of one request, and keeps the first thing that is wrong with them: a fault of the message, or of the order. */
export class OrderFields {
  readonly #message: FixMessage;
  readonly #market: MarketConfig;
  fault: MessageFault | undefined;
  refusal: OrderRefusal | undefined;

  constructor(message: FixMessage, market: MarketConfig) {
    this.#message = message;
    this.#market = market;
  }

  get isGood(): boolean {
    return this.fault === undefined && this.refusal === undefined;
  }

  optional(tag: number): string | undefined {
    return this.#message.get(tag);
  }

  /** The value, or an empty text and a fault. */
  required(tag: number): string {
    const value = this.#message.get(tag);
    if (value === undefined) this.#fail(REJECT.requiredTagMissing, tag, 'required tag missing');
    return value ?? '';
  }

  /** One of the values that the standard knows, of which those of `taken` are taken here. */
  choice<Value extends string>(tag: number, value: string, known: RegExp, taken: readonly Value[]): Value {
    const found = taken.find((choice) => choice === value);
    if (found !== undefined) return found;
    if (known.test(value))
      this.refuse(ORD_REJ.unsupported, `tag ${tag} is ${value}: taken are ${taken.join(', ')}`);
    else this.#fail(REJECT.valueIncorrect, tag, `no such value: ${value}`);
    return taken[0] as Value;
  }

  /** Ticks, exact. */
  price(tag: number): bigint {
    const text = this.#decimal(tag);
    return this.#measured(() => ticksOfPrice(this.#market, text, `tag ${tag}`), ORD_REJ.other);
  }

  /** Lots, exact. */
  quantity(tag: number): bigint {
    const text = this.#decimal(tag);
    return this.#measured(() => lotsOfQuantity(this.#market, text, `tag ${tag}`), ORD_REJ.badQuantity);
  }

  /** Milliseconds since 1970 of a UTCTimestamp. */
  time(tag: number): number {
    const text = this.required(tag);
    const epochMs = epochMsOf(text);
    if (epochMs === undefined) this.#fail(REJECT.badFormat, tag, 'no UTCTimestamp');
    return epochMs ?? 0;
  }

  /** What every request has: an id of its own, the symbol, and when it was made. */
  head(symbol: string): string {
    const clOrdId = this.required(ORDER_TAG.clOrdId);
    this.time(ORDER_TAG.transactTime);
    const named = this.optional(ORDER_TAG.symbol);
    if (named !== undefined && named !== symbol)
      this.refuse(ORD_REJ.unknownSymbol, `Symbol is ${named}: this market is ${symbol}`);
    return clOrdId;
  }

  refuse(reason: number, text: string): void {
    if (this.isGood) this.refusal = { reason, text };
  }

  fail(reason: number, tag: number, text: string): void {
    this.#fail(reason, tag, text);
  }

  #decimal(tag: number): string {
    const text = this.required(tag);
    const plain = plainDecimal(text);
    if (plain === undefined) this.#fail(REJECT.badFormat, tag, 'no number');
    return plain ?? '0';
  }

  #measured(measure: () => bigint, reason: number): bigint {
    if (this.fault !== undefined) return 0n;
    try {
      return measure();
    } catch (error) {
      this.refuse(reason, messageOf(error));
      return 0n;
    }
  }

  /** A fault of the message goes before one of the order: its sender's program is wrong. */
  #fail(reason: number, tag: number, text: string): void {
    this.fault ??= faultAt(reason, tag, text);
  }
}
