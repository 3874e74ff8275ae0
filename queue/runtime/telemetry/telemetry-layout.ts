// The telemetry block: one layout in shared memory and in the file that other processes read (docs/telemetry-layout.md). All numbers are
// little-endian; a counter or a bucket is a double, exact to 2^53. Every counter and every histogram has one thread that writes it.

/** 'PBTM', read as a little-endian u32. */
export const TELEMETRY_MAGIC = 0x4d544250;
export const TELEMETRY_VERSION = 1;

/** Byte offsets of the header's fields: u32s first, then doubles. */
export const HEADER = {
  magic: 0,
  version: 4,
  totalBytes: 8,
  counters: 12,
  histograms: 16,
  buckets: 20,
  processId: 24,
  generation: 32,
  startedEpochMs: 40,
  writtenEpochMs: 48,
} as const;
const HEADER_BYTES = 128;

/** Counters that only grow, and gauges that are what they were when last set. Those of one thread stand together. */
export const COUNTERS = [
  { name: 'orders_total', owner: 'engine' },
  { name: 'transitions_total', owner: 'engine' },
  { name: 'batches_total', owner: 'engine' },
  { name: 'resting_orders', owner: 'engine' },
  { name: 'ingress_lag_slots', owner: 'engine' },
  { name: 'degradation_step', owner: 'engine' },
  { name: 'journal_batches_total', owner: 'journaller' },
  { name: 'journal_groups_total', owner: 'journaller' },
  { name: 'journal_bytes_total', owner: 'journaller' },
  { name: 'published_total', owner: 'publisher' },
  { name: 'trades_total', owner: 'publisher' },
  { name: 'messages_total', owner: 'gateway' },
  { name: 'network_bytes_total', owner: 'gateway' },
  { name: 'drops_total', owner: 'gateway' },
  { name: 'timeouts_total', owner: 'gateway' },
  { name: 'allocation_failures_total', owner: 'gateway' },
  { name: 'resident_bytes', owner: 'monitor' },
  { name: 'heap_used_bytes', owner: 'monitor' },
  { name: 'gc_pauses_total', owner: 'monitor' },
  { name: 'gc_pause_ns_total', owner: 'monitor' },
  { name: 'cpu_user_ns_total', owner: 'monitor' },
  { name: 'cpu_system_ns_total', owner: 'monitor' },
  { name: 'errors_total', owner: 'monitor' },
  { name: 'error_details_dropped_total', owner: 'monitor' },
] as const;
export type CounterName = (typeof COUNTERS)[number]['name'];

/** Durations in ns, each from a place in the way of a command to another. */
export const HISTOGRAMS = [
  { name: 'order_processing_ns', owner: 'publisher' },
  { name: 'matching_ns', owner: 'engine' },
  { name: 'journal_ns', owner: 'journaller' },
  { name: 'network_ns', owner: 'gateway' },
] as const;
export type HistogramName = (typeof HISTOGRAMS)[number]['name'];

/** Values are kept to 1/64 of themselves, from 0 to 2^46 ns (19 hours). */
export const BUCKETS = 41 * 64;
/** Doubles before a histogram's buckets: count, sum, largest, 0. */
export const HISTOGRAM_HEAD = 8;
export const HISTOGRAM_DOUBLES = HISTOGRAM_HEAD + BUCKETS;

const DOUBLE_BYTES = 8;
const GROUP_BYTES = 128;

const counterOffsets = new Map<CounterName, number>();
let end: number = HEADER_BYTES;
let lastOwner = '';
for (const { name, owner } of COUNTERS) {
  if (owner !== lastOwner) end = Math.ceil(end / GROUP_BYTES) * GROUP_BYTES;
  lastOwner = owner;
  counterOffsets.set(name, end);
  end += DOUBLE_BYTES;
}
const histogramOffsets = new Map<HistogramName, number>();
for (const { name } of HISTOGRAMS) {
  end = Math.ceil(end / GROUP_BYTES) * GROUP_BYTES;
  histogramOffsets.set(name, end);
  end += HISTOGRAM_DOUBLES * DOUBLE_BYTES;
}
/** Behind everything stands the generation once more: a reader of the file that finds two different ones met a write. */
export const TRAILER_OFFSET = Math.ceil(end / GROUP_BYTES) * GROUP_BYTES;
export const TELEMETRY_BYTES = TRAILER_OFFSET + GROUP_BYTES;

/** Byte offset of a counter. */
export function counterOffset(name: CounterName): number {
  return counterOffsets.get(name) ?? 0;
}

/** Byte offset of a histogram's head. */
export function histogramOffset(name: HistogramName): number {
  return histogramOffsets.get(name) ?? 0;
}
