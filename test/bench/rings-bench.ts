import { COMMAND_BYTES } from '../../engine/command.ts';
import { type Figures, median } from './bench-result.ts';
import { record } from './deep-recording.ts';
import { DEEP_SCENARIOS } from './deep-scenarios.ts';
import { type PathRun, RingPath } from './ring-path.ts';

const COMMANDS = 1_000_000;
const ROUNDS = 5;
/** Commands of a latency run: some seconds at half load. */
const LATENCY_COMMANDS = 3_000_000;

/**
 * Ring to engine to publisher, across two threads, on the balanced scenario's commands in the deep geometry. Capacity is measured first;
 * latency then at half of it, open loop, from when a command was due (coordinated omission cannot hide a stall).
 */
export async function ringsBench(): Promise<Figures> {
  const { commands, preload } = record(DEEP_SCENARIOS.balanced, COMMANDS * (ROUNDS + 1) + LATENCY_COMMANDS);
  const path = await RingPath.open();
  const take = (from: number, count: number) =>
    commands.subarray(from * COMMAND_BYTES, (from + count) * COMMAND_BYTES);
  try {
    let next = preload;
    path.run(take(0, preload));
    path.run(take(next, COMMANDS));
    next += COMMANDS;
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rates.push((COMMANDS / path.run(take(next, COMMANDS)).elapsedNs) * 1e9);
      next += COMMANDS;
    }
    const capacity = median(rates);
    const { latency } = path.run(take(next, LATENCY_COMMANDS), capacity / 2);
    return {
      commands_per_second: capacity,
      ...latencyFigures(latency),
      half_load_commands_per_second: capacity / 2,
      mean_batch_commands:
        path.telemetry.counter('orders_total').value / path.telemetry.counter('batches_total').value,
    };
  } finally {
    await path.close();
  }
}

function latencyFigures(latency: PathRun['latency']): Figures {
  return {
    p50_us: latency.percentile(0.5) / 1000,
    p99_us: latency.percentile(0.99) / 1000,
    p999_us: latency.percentile(0.999) / 1000,
    max_us: latency.largest / 1000,
  };
}
