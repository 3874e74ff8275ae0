/**
 * `node test/support/deep-resident.ts` fills a deep book with 2^20 orders and prints, as JSON, how much memory that made
 * resident, before and after a snapshot, and whether the snapshot opens.
 */
import { COMMAND_BYTES } from '../../engine/command.ts';
import { instantiateDeepEngine } from '../../engine/engine-module.ts';
import { openMarket } from './market-module.ts';

const BATCH = 1024;
const ORDERS = 2 ** 20;
const PRICES = 32_768;
const MID = 100_000;

/** The resident size of an engine that has compiled its module and done nothing. */
instantiateDeepEngine();
const before = process.memoryUsage.rss();
const module = openMarket('deep');
module.warmUp();
const words = new Uint32Array(module.memory.buffer, module.commandsPointer(), (BATCH * COMMAND_BYTES) / 4);
for (let first = 0; first < ORDERS; first += BATCH) {
  writeLadder(first);
  module.applyBatch(BATCH, 1n);
}
module.sealBatch();
const residentBytes = process.memoryUsage.rss() - before;

const imageBytes = module.writeState();
const withSnapshotBytes = process.memoryUsage.rss() - before;
const copy = instantiateDeepEngine();
new Uint8Array(copy.memory.buffer).set(
  new Uint8Array(module.memory.buffer, module.inputPointer(), imageBytes),
  copy.inputPointer(),
);
const reopenStatus = copy.openState(imageBytes);
console.log(
  JSON.stringify({
    orders: module.ordersInUse(),
    residentBytes,
    imageBytes,
    withSnapshotBytes,
    reopenStatus,
  }),
);

/** Writes 1024 orders of one lot, half of them bids, over `PRICES` prices a side in turn. Makes no garbage, which would be resident, too. */
function writeLadder(first: number): void {
  for (let index = 0; index < BATCH; index++) {
    const isAsk = (index & 1) === 1;
    const distance = ((first + index) >> 1) % PRICES;
    const at = (index * COMMAND_BYTES) / 4;
    words[at] = 1 | (isAsk ? 1 << 8 : 0);
    words[at + 4] = isAsk ? MID + distance : MID - 1 - distance;
    words[at + 6] = 1;
  }
}
