import type { FixOrder } from './fix-order.ts';

/** The orders of one client, by its ids and by the engine's; of those that are over, the last ones. */
export class OrderTable {
  /** Every ClOrdID that was used, requests that made no order included. */
  readonly #byClOrdId = new Map<string, FixOrder | undefined>();
  readonly #byOrderId = new Map<bigint, FixOrder>();
  readonly #over: FixOrder[] = [];
  readonly #overMax: number;

  /** @param overMax orders that are over and still known, 1 or more */
  constructor(overMax: number) {
    this.#overMax = overMax;
  }

  isUsed(clOrdId: string): boolean {
    return this.#byClOrdId.has(clOrdId);
  }

  /** @param order undefined for a request that is of no one order */
  use(clOrdId: string, order: FixOrder | undefined): void {
    this.#byClOrdId.set(clOrdId, order);
    if (order !== undefined && !order.ids.includes(clOrdId)) order.ids.push(clOrdId);
  }

  /** The order whose last id this is. */
  named(clOrdId: string): FixOrder | undefined {
    const order = this.#byClOrdId.get(clOrdId);
    return order?.clOrdId === clOrdId ? order : undefined;
  }

  byOrderId(orderId: bigint): FixOrder | undefined {
    return this.#byOrderId.get(orderId);
  }

  /** The engine gave an order its id, or another one. */
  open(order: FixOrder, orderId: bigint): void {
    this.#byOrderId.delete(order.orderId);
    order.open(orderId);
    this.#byOrderId.set(orderId, order);
  }

  /** An order is over: it is forgotten when enough others are over, too. */
  close(order: FixOrder): void {
    this.#byOrderId.delete(order.orderId);
    this.#over.push(order);
    if (this.#over.length <= this.#overMax) return;
    for (const id of this.#over.shift()?.ids ?? []) this.#byClOrdId.delete(id);
  }
}
