import { expect, test } from 'vitest';
import { FixOrder } from '../../../queue/runtime/gateways/fix/orders/fix-order.ts';
import { OrderTable } from '../../../queue/runtime/gateways/fix/orders/order-table.ts';

const TERMS = {
  side: 'bid',
  ordType: '2',
  timeInForce: 'GTC',
  fixTimeInForce: '1',
  isMarket: false,
  postOnly: false,
  price: 100n,
  quantity: 10n,
  displayQuantity: 0n,
  triggerPrice: 0n,
  expiry: 0n,
} as const;

function opened(table: OrderTable, id: string, orderId: bigint): FixOrder {
  const order = new FixOrder(id, TERMS);
  table.add(order);
  table.open(order, orderId);
  return order;
}

test('an order is found by its last id, and by no earlier one', () => {
  const table = new OrderTable(10);
  const order = opened(table, 'a', 1n);
  table.use('b');
  expect(table.named('b')).toBeUndefined();
  table.rename(order, 'b');
  expect(table.named('b')).toBe(order);
  expect(table.named('a')).toBeUndefined();
  expect(table.isUsed('a')).toBe(true);
});

test('what is remembered of orders that are over, and of requests, is bounded', () => {
  const table = new OrderTable(2);
  const alive = opened(table, 'alive', 99n);
  table.use('renamed');
  table.rename(alive, 'renamed');
  for (let index = 0; index < 5; index++) {
    table.use(`request ${index}`);
    table.close(opened(table, `order ${index}`, BigInt(index)));
  }
  const used = (name: string) => Array.from({ length: 5 }, (_, index) => table.isUsed(`${name} ${index}`));
  expect(used('request')).toEqual([false, false, false, true, true]);
  expect(used('order')).toEqual([false, false, false, true, true]);
  // It lives: its ids stay, that of the request that named it anew, too.
  expect(table.named('renamed')).toBe(alive);
  expect(table.isUsed('alive')).toBe(true);
  expect(table.byOrderId(3n)).toBeUndefined();
  expect(table.byOrderId(99n)).toBe(alive);
});

test('an order that is renamed for ever keeps its last ids', () => {
  const table = new OrderTable(3);
  const order = opened(table, 'id 0', 1n);
  for (let index = 1; index < 10; index++) table.rename(order, `id ${index}`);
  expect(order.ids).toEqual(['id 7', 'id 8', 'id 9']);
  expect(table.isUsed('id 6')).toBe(false);
  expect(table.named('id 9')).toBe(order);
});
