import { compileModule } from '../../engine/build.ts';

/** The slots of the deep geometry and nothing else. Which slots are given back is drawn by a multiplicative generator. */
const ENTRY = `
import { releaseSlot, takeSlot } from './order-slots';
import { ORDERS } from './geometry';

export function take(count: u32): void {
  for (let index: u32 = 0; index < count; ++index) takeSlot();
}

/** Gives back every second slot on average, and returns how many those are. */
export function releaseHalf(seed: u32): u32 {
  let state: u64 = (seed as u64) | 1;
  let released: u32 = 0;
  for (let slot: u32 = 0; slot < ORDERS; ++slot) {
    state = state * 6364136223846793005 + 1442695040888963407;
    if (state >> 63) {
      releaseSlot(slot);
      released += 1;
    }
  }
  return released;
}
`;

const ORDERS = 2 ** 20;
/** Enough for the committed bitmaps and the order records that lie in front of them. */
const PAGES = 3700;

interface SlotExports {
  take(count: number): void;
  releaseHalf(seed: number): number;
}

/** Measures taking the lowest free slot out of 2^20, about half of which are free and lie scattered. */
export async function openSlotAllocation(): Promise<() => number> {
  const source = { entry: 'slots-alone.ts', geometry: 'deep', pages: PAGES } as const;
  const bytes = await compileModule(source, new Map([[source.entry, ENTRY]]));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)), {});
  const slots = instance.exports as unknown as SlotExports;
  slots.take(ORDERS);
  let seed = 0;
  return () => {
    seed += 1;
    const count = slots.releaseHalf(seed);
    const from = process.hrtime.bigint();
    slots.take(count);
    return Number(process.hrtime.bigint() - from) / count;
  };
}
