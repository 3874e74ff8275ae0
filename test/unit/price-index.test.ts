import { describe, expect, test } from 'vitest';
import type { EngineExports } from '../../engine/engine-module.ts';
import type { Geometry } from '../../engine/geometry.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { Random } from '../model/random.ts';
import { type BookCommand, packBookCommands } from '../support/book-commands.ts';
import { applyPacked, GEOMETRIES, levelsOf, openMarket } from '../support/market-module.ts';
import { plainStateRoot } from '../support/plain-state-root.ts';
import { SEED } from '../support/seed.ts';
import { type ImageParts, imageParts } from '../support/state-image-parts.ts';

const BATCHES = 60;
const BATCH_COMMANDS = 500;
const MID = 1n << 47n;
const ACCEPTED = 1;

/** How far from the mid orders rest: the index meets dense runs of prices, lone ones, and both. */
const SPREADS: Readonly<Record<string, (random: Random) => bigint>> = {
  'a dense ladder': (random) => BigInt(random.below(40)),
  'a ladder of some thousand prices': (random) => BigInt(random.below(4000)),
  'prices anywhere': (random) => random.u64() & (MID - 2n),
  'runs of prices far apart': (random) => (BigInt(random.below(12)) << 40n) + BigInt(random.below(24)),
  'prices that differ in one group of four bits': (random) =>
    BigInt(random.below(16)) << BigInt(4 * random.below(11)),
};

interface RestingOrder {
  readonly id: bigint;
  readonly side: number;
  readonly price: bigint;
  readonly quantity: bigint;
}

/** What a book is, kept in the plainest way: an order goes to the lowest free slot, and so does a level. */
class PlainBook {
  readonly orders: (RestingOrder | undefined)[] = [];
  /** For each side, the price that each level slot has. */
  readonly levelSlots: [(bigint | undefined)[], (bigint | undefined)[]] = [[], []];

  add(order: RestingOrder): number {
    const slot = lowestFree(this.orders);
    this.orders[slot] = order;
    const levels = this.#levels(order.side);
    if (!levels.includes(order.price)) levels[lowestFree(levels)] = order.price;
    return slot;
  }

  remove(slot: number): void {
    const order = this.orders[slot];
    if (order === undefined) throw new Error(`slot ${slot} is free`);
    this.orders[slot] = undefined;
    const isLast = !this.orders.some((other) => other?.side === order.side && other.price === order.price);
    const levels = this.#levels(order.side);
    if (isLast) levels[levels.indexOf(order.price)] = undefined;
  }

  /** Level slots by price, best first. */
  sorted(side: number): { price: bigint; slot: number }[] {
    const levels = this.#levels(side).flatMap((price, slot) =>
      price === undefined ? [] : [{ price, slot }],
    );
    const sign = side === 0 ? -1 : 1;
    return levels.sort((a, b) => (a.price < b.price ? -sign : sign));
  }

  /** The slot of an order at the best price. */
  bestSlot(side: number): number | undefined {
    let best: number | undefined;
    this.orders.forEach((order, slot) => {
      if (order?.side !== side) return;
      const champion = best === undefined ? undefined : this.orders[best]?.price;
      if (champion === undefined || (side === 0 ? order.price > champion : order.price < champion))
        best = slot;
    });
    return best;
  }

  #levels(side: number): (bigint | undefined)[] {
    return this.levelSlots[side === 0 ? 0 : 1];
  }
}

function lowestFree(slots: readonly unknown[]): number {
  const free = slots.indexOf(undefined);
  return free === -1 ? slots.length : free;
}

/** One batch of orders that never cross, and of cancels; the plain book gets the same, and tells which slots the orders get. */
function randomBatch(
  random: Random,
  book: PlainBook,
  geometry: Geometry,
  distanceOf: (random: Random) => bigint,
  sequence: bigint,
): { readonly commands: BookCommand[]; readonly slots: number[] } {
  const { slotBits, levelsPerSide } = GEOMETRIES[geometry];
  const commands: BookCommand[] = [];
  const slots: number[] = [];
  // Books grow, shrink and come back; some shrink from their best prices.
  const cancelPercent = random.pick([20, 50, 80, 95]);
  const bestFirst = random.chance(40);
  for (let index = 0; index < BATCH_COMMANDS; index++) {
    const live = book.orders.flatMap((order, slot) => (order === undefined ? [] : [slot]));
    const anySlot = live[random.below(Math.max(1, live.length))];
    const slot = bestFirst ? book.bestSlot(random.below(2)) : anySlot;
    const order = slot === undefined ? undefined : book.orders[slot];
    if (slot !== undefined && order !== undefined && random.chance(cancelPercent)) {
      book.remove(slot);
      commands.push({ cancels: order.id });
      slots.push(slot);
      continue;
    }
    const side = random.below(2);
    const distance = 1n + distanceOf(random);
    const price = side === 0 ? MID - distance : MID + distance;
    const isNew = !book.levelSlots[side === 0 ? 0 : 1].includes(price);
    // A full book is another test's matter: this one takes an order at a price that is there.
    const known = book.sorted(side);
    const at = isNew && known.length >= levelsPerSide ? (known[0]?.price ?? price) : price;
    const quantity = BigInt(random.between(1, 1000));
    const taken = lowestFree(book.orders);
    const id = ((sequence + BigInt(index) + 1n) << slotBits) | BigInt(taken);
    book.add({ id, side, price: at, quantity });
    commands.push({ side, price: at, quantity });
    slots.push(taken);
  }
  return { commands, slots };
}

function snapshotOf(geometry: Geometry, module: EngineExports): ImageParts {
  const length = module.writeState();
  return imageParts(geometry, new Uint8Array(module.memory.buffer, module.inputPointer(), length).slice());
}

function expectSameBook(geometry: Geometry, module: EngineExports, book: PlainBook, where: string): void {
  const orders = book.orders.filter((order) => order !== undefined);
  const parts = snapshotOf(geometry, module);
  for (const side of [0, 1]) {
    const expected = book.sorted(side);
    const walked = levelsOf(module, side);
    expect(
      walked.map(({ price }) => price),
      `${where}: walk of side ${side}`,
    ).toEqual(expected.map(({ price }) => price));
    const image = parts.levels
      .filter((level) => level.side === side)
      .map(({ price, slot }) => ({ price, slot }));
    expect(image.reverse(), `${where}: level slots of side ${side}`).toEqual(expected);
    for (const { price, volume, orderCount } of walked) {
      const there = orders.filter((order) => order.side === side && order.price === price);
      expect(volume, where).toBe(there.reduce((sum, order) => sum + order.quantity, 0n));
      expect(orderCount, where).toBe(BigInt(there.length));
    }
  }
}

describe.each(Object.keys(GEOMETRIES) as Geometry[])('the price index of %s', (geometry) => {
  test.each(Object.keys(SPREADS))(
    'is a sorted list of levels and slots the lowest that are free, over %s',
    (name) => {
      const distanceOf = SPREADS[name];
      if (distanceOf === undefined) throw new Error(name);
      const random = new Random(BigInt(SEED));
      const module = openMarket(geometry);
      const book = new PlainBook();
      let sequence = 0n;
      for (let batch = 0; batch < BATCHES; batch++) {
        const { commands, slots } = randomBatch(random, book, geometry, distanceOf, sequence);
        const transitions = applyPacked(module, packBookCommands(commands));
        const view = new DataView(transitions.buffer);
        const slotMask = BigInt(GEOMETRIES[geometry].orders - 1);
        slots.forEach((slot, index) => {
          const at = index * TRANSITION_BYTES;
          const type = view.getUint8(at);
          expect(type === ACCEPTED, `batch ${batch}, command ${index}`).toBe(
            commands[index]?.cancels === undefined,
          );
          expect(
            Number(view.getBigUint64(at + 16, true) & slotMask),
            `batch ${batch}, command ${index}`,
          ).toBe(slot);
        });
        sequence += BigInt(commands.length);
        if (batch % 6 === 5) expectSameBook(geometry, module, book, `batch ${batch}`);
      }
    },
  );

  test('sorts the least and the greatest prices that there are', () => {
    const edges = [1n, 2n, 15n, 16n, 17n, (1n << 44n) - 1n, 1n << 44n, (1n << 48n) - 2n, (1n << 48n) - 1n];
    // More levels than are hot, so that an edge meets a full line of them, and the tree.
    const near = Array.from({ length: geometry === 'deep' ? 80 : 20 }, (_, index) => BigInt(1000 + index));
    for (const side of [0, 1]) {
      for (const order of [edges, [...edges].reverse()]) {
        const module = openMarket(geometry);
        const prices = [...near, ...order];
        applyPacked(module, packBookCommands(prices.map((price) => ({ side, price, quantity: 1n }))));
        applyPacked(module, packBookCommands(prices.map((price) => ({ side, price, quantity: 1n }))));
        const sorted = [...prices].sort((a, b) => (a < b === (side === 1) ? -1 : 1));
        expect(levelsOf(module, side)).toEqual(
          sorted.map((price) => ({ price, volume: 2n, orderCount: 2n })),
        );
      }
    }
  });

  test('gives the state root that its leaves give, and a snapshot that opens again', () => {
    const random = new Random(BigInt(SEED));
    const module = openMarket(geometry);
    const book = new PlainBook();
    const distanceOf = (source: Random) => BigInt(source.below(200));
    for (let batch = 0; batch < 5; batch++) {
      const sequence = BigInt(batch * BATCH_COMMANDS);
      applyPacked(
        module,
        packBookCommands(randomBatch(random, book, geometry, distanceOf, sequence).commands),
      );
      module.sealBatch();
      const parts = snapshotOf(geometry, module);
      expect(Buffer.from(parts.root)).toEqual(Buffer.from(plainStateRoot(geometry, parts)));
      expect(totalVolumes(parts)).toEqual(
        [0, 1].map((side) =>
          parts.levels.reduce((sum, level) => sum + (level.side === side ? level.volume : 0n), 0n),
        ),
      );
    }
    const image = new Uint8Array(module.memory.buffer, module.inputPointer(), module.writeState()).slice();
    const copy = GEOMETRIES[geometry].instantiate();
    new Uint8Array(copy.memory.buffer).set(image, copy.inputPointer());
    expect(copy.openState(image.length)).toBe(0);
    const next = packBookCommands(randomBatch(random, book, geometry, distanceOf, 2500n).commands);
    expect(Buffer.compare(applyPacked(copy, next), applyPacked(module, next))).toBe(0);
    copy.sealBatch();
    module.sealBatch();
    expectSameBook(geometry, copy, book, 'the copy');
    expect(Buffer.from(snapshotOf(geometry, copy).root)).toEqual(
      Buffer.from(snapshotOf(geometry, module).root),
    );
  });
});

function totalVolumes({ totals }: ImageParts): bigint[] {
  const view = new DataView(totals.buffer, totals.byteOffset);
  return [0, 16].map((at) => view.getBigUint64(at, true) + (view.getBigUint64(at + 8, true) << 64n));
}
