import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import type { SelfTradeModeName, SideName } from '../../engine/protocol-codes.ts';
import { decodeTransitions, type TransitionReason } from '../../engine/transition.ts';
import { imageParts } from '../support/state-image-parts.ts';

/** An order by the number that its sender chose, as other engines name it. */
export interface NamedOrder {
  readonly id: bigint;
  readonly side: SideName;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK';
  /** 0 of a market order. */
  readonly price: bigint;
  readonly quantity: bigint;
  readonly account?: number;
  readonly postOnly?: boolean;
  readonly selfTradeMode?: SelfTradeModeName;
}

export interface NamedFill {
  readonly maker: bigint;
  readonly taker: bigint;
  readonly price: bigint;
  readonly quantity: bigint;
}

/** What one command did. */
export interface NamedOutcome {
  /** Why it was rejected. */
  readonly rejected: TransitionReason | undefined;
  readonly fills: readonly NamedFill[];
  /** Orders that self-trade prevention took out of the book, or off it. */
  readonly prevented: readonly bigint[];
}

type ReplaceOptions = Pick<NamedOrder, 'postOnly' | 'selfTradeMode'>;

interface RestingOrder {
  readonly id: bigint;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly account: number;
}

interface KnownOrder {
  readonly orderId: bigint;
  readonly account: number;
}

/** The engine, driven with the senders' own numbers: what other engines are compared with. One command is one batch. */
export class NamedBook {
  readonly #engine = Engine.create(DEFAULT_MARKET_CONFIG);
  /** Every order that was ever accepted, by its sender's number; the last one if numbers come again. */
  readonly #known = new Map<bigint, KnownOrder>();
  readonly #numbers = new Map<bigint, bigint>();

  place(order: NamedOrder): NamedOutcome {
    const { id, account = 1, postOnly = false, selfTradeMode = 'none' } = order;
    const { side, timeInForce, price, quantity } = order;
    return this.#apply({
      kind: 'place',
      side,
      timeInForce,
      account,
      clientOrderId: id,
      price,
      quantity,
      postOnly,
      selfTradeMode,
      market: price === 0n,
    });
  }

  cancel(id: bigint): NamedOutcome {
    return this.#apply({ kind: 'cancel', ...this.#named(id) });
  }

  reduce(id: bigint, quantity: bigint): NamedOutcome {
    return this.#apply({ kind: 'reduce', ...this.#named(id), quantity });
  }

  /** Another price and quantity on the same side, at the back of the queue. */
  replace(id: bigint, price: bigint, quantity: bigint, options: ReplaceOptions = {}): NamedOutcome {
    return this.#apply({
      kind: 'replace',
      ...this.#named(id),
      timeInForce: 'GTC',
      price,
      quantity,
      ...options,
    });
  }

  /** Resting orders of a side, in the order in which they would be met. */
  resting(side: SideName): readonly RestingOrder[] {
    const code = side === 'bid' ? 0 : 1;
    const levels = imageParts('circuit', this.#engine.snapshot()).levels.filter(
      (level) => level.side === code,
    );
    return levels.toReversed().flatMap(({ price, orders }) =>
      orders.map((record) => {
        const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
        return {
          id: view.getBigUint64(48, true),
          price,
          quantity: view.getBigUint64(16, true),
          account: view.getUint32(12, true),
        };
      }),
    );
  }

  /** Price and volume of each level, best first. */
  depth(side: SideName): readonly (readonly [bigint, bigint])[] {
    return this.#engine.levels(side).map(({ price, volumeLots }) => [price, volumeLots] as const);
  }

  /** An order that never was has an id that none ever has. */
  #named(id: bigint): KnownOrder {
    return this.#known.get(id) ?? { orderId: 0n, account: 1 };
  }

  #apply(command: Command): NamedOutcome {
    const { transitions } = this.#engine.applyBatch(encodeCommands([command]), 1n);
    let rejected: TransitionReason | undefined;
    const fills: NamedFill[] = [];
    const prevented: bigint[] = [];
    for (const transition of decodeTransitions(transitions)) {
      const { type, orderId, clientOrderId, account, reason, price, quantity } = transition;
      if (type === 'accepted' || type === 'replaced') {
        this.#known.set(clientOrderId, { orderId, account });
        this.#numbers.set(orderId, clientOrderId);
      } else if (type === 'filled') {
        const maker = this.#numberOf(transition.makerOrderId);
        fills.push({ maker, taker: this.#numberOf(orderId), price, quantity });
      } else if (type === 'rejected') rejected = reason;
      else if (reason === 'selfTrade') prevented.push(clientOrderId);
      // The flows of other engines stay below both bounds; whoever meets one is told, not compared.
      if (type === 'evicted' || reason === 'matchLimit')
        throw new Error(`${type}, ${reason}: the flow is too large`);
    }
    return { rejected, fills, prevented };
  }

  #numberOf(orderId: bigint): bigint {
    const number = this.#numbers.get(orderId);
    if (number === undefined) throw new Error(`order ${orderId} was never accepted`);
    return number;
  }
}
