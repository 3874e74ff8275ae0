import { COMMAND_BYTES } from '../../engine/command.ts';
import { openDeepModule, type Recording, replay } from './deep-recording.ts';

/** Nanoseconds a command, at three percentiles. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/**
 * One call into the module for each command behind the preload: a batch of one. The clock's own cost, the median of as many pairs
 * of readings with nothing between them, is taken off; the command is copied in before the clock starts.
 */
export function commandLatency({ commands, preload }: Recording): Latency {
  const module = openDeepModule();
  const start = preload * COMMAND_BYTES;
  replay(module, commands.subarray(0, start));
  const memory = new Uint8Array(module.memory.buffer);
  const at = module.commandsPointer();
  const ns = new Float64Array(commands.length / COMMAND_BYTES - preload);
  for (let index = 0; index < ns.length; index++) {
    const from = start + index * COMMAND_BYTES;
    // A `set` of a fresh subarray would leave garbage behind each command, and its collection would be measured.
    for (let byte = 0; byte < COMMAND_BYTES; byte++) memory[at + byte] = commands[from + byte] ?? 0;
    const started = performance.now();
    module.applyBatch(1, 1n);
    ns[index] = (performance.now() - started) * 1e6;
  }
  const clockNs = percentile(emptyReadings(ns.length), 0.5);
  ns.sort();
  const of = (share: number) => Math.max(0, percentile(ns, share) - clockNs);
  return { p50: of(0.5), p99: of(0.99), p999: of(0.999) };
}

function emptyReadings(count: number): Float64Array {
  const ns = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    ns[index] = (performance.now() - started) * 1e6;
  }
  return ns.sort();
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}
