/**
 * What a message stream must give, as slow and plain as docs/message-stream.md says it: one list of orders in the order in
 * which they came to rest, searched through for everything.
 */
interface RestingOrder {
  readonly id: bigint;
  readonly side: number;
  readonly price: bigint;
  quantity: number;
}

/** All lines for a whole, well-formed file. */
export function refereeLines(file: Uint8Array): string {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const resting: RestingOrder[] = [];
  const lines: string[] = [];
  for (let at = 16; at < file.length; at += 40) {
    const type = view.getUint8(at);
    const side = view.getUint8(at + 1);
    const isImmediate = view.getUint8(at + 2) === 1;
    const quantity = view.getUint32(at + 4, true);
    const sequence = view.getBigUint64(at + 8, true);
    const id = view.getBigUint64(at + 16, true);
    const price = view.getBigInt64(at + 24, true);
    const known = resting.find((order) => order.id === id);
    if (type !== 0 && known === undefined) {
      lines.push(`${type === 1 ? 4 : 5},${sequence},${id}`);
      continue;
    }
    if (known !== undefined) resting.splice(resting.indexOf(known), 1);
    if (type === 1 && known !== undefined) {
      lines.push(`2,${sequence},${known.side},${id},${known.price}`);
      continue;
    }
    if (type === 0) lines.push(`0,${sequence},${side},${id},${price},${quantity}`);
    const taker: RestingOrder = { id, side, price, quantity };
    lines.push(...fills(resting, taker, sequence));
    if (taker.quantity > 0) {
      if (isImmediate) lines.push(`2,${sequence},${side},${id},${price}`);
      else resting.push(taker);
    }
    if (type === 2) lines.push(`3,${sequence},${side},${id},${price},${quantity}`);
  }
  return lines.join('\n');
}

function fills(resting: RestingOrder[], taker: RestingOrder, sequence: bigint): string[] {
  const lines: string[] = [];
  while (taker.quantity > 0) {
    const maker = bestFor(resting, taker);
    if (maker === undefined) break;
    const quantity = Math.min(maker.quantity, taker.quantity);
    lines.push(`1,${sequence},${maker.price},${quantity},${maker.id},${taker.id}`);
    maker.quantity -= quantity;
    taker.quantity -= quantity;
    if (maker.quantity === 0) resting.splice(resting.indexOf(maker), 1);
  }
  return lines;
}

/** The best-priced order that the taker can trade with; among equals the one that rests longest. */
function bestFor(resting: readonly RestingOrder[], taker: RestingOrder): RestingOrder | undefined {
  let best: RestingOrder | undefined;
  for (const order of resting) {
    if (order.side === taker.side) continue;
    if (taker.side === 0 ? order.price > taker.price : order.price < taker.price) continue;
    if (best === undefined || (taker.side === 0 ? order.price < best.price : order.price > best.price))
      best = order;
  }
  return best;
}
