import type { FixOrder } from './fix-order.ts';

/**
 * The orders of one client, by its ids and by the engine's; of those that are over, and of requests, the last ones. What a client can make it
 * keep is bounded: orders that live are the engine's to bound.
 */
export class OrderTable {
  /** Every ClOrdID that is remembered; undefined for one of a request that named no order anew. */
  readonly #byClOrdId = new Map<string, FixOrder | undefined>();
  readonly #byOrderId = new Map<bigint, FixOrder>();
  readonly #over: FixOrder[] = [];
  readonly #requests: string[] = [];
  readonly #max: number;

  /** @param max orders that are over, and requests, that are still known; 1 or more */
  constructor(max: number) {
    this.#max = max;
  }

  isUsed(clOrdId: string): boolean {
    return this.#byClOrdId.has(clOrdId);
  }

  /** A new order. */
  add(order: FixOrder): void {
    this.#byClOrdId.set(order.clOrdId, order);
  }

  /** A request's own id: it names nothing, and is not to be used again. */
  use(clOrdId: string): void {
    this.#byClOrdId.set(clOrdId, undefined);
    this.#requests.push(clOrdId);
    if (this.#requests.length <= this.#max) return;
    const oldest = this.#requests.shift() ?? '';
    if (this.#byClOrdId.get(oldest) === undefined) this.#byClOrdId.delete(oldest);
  }

  /** A request for an order was done, and its id is the order's now. */
  rename(order: FixOrder, clOrdId: string): void {
    order.clOrdId = clOrdId;
    order.ids.push(clOrdId);
    this.#byClOrdId.set(clOrdId, order);
    if (order.ids.length > this.#max) this.#byClOrdId.delete(order.ids.shift() ?? '');
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
    if (this.#over.length <= this.#max) return;
    for (const id of this.#over.shift()?.ids ?? []) this.#byClOrdId.delete(id);
  }
}
