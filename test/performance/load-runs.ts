import { COMMAND_BYTES } from '../../engine/command.ts';
import type { HdrHistogram } from '../../queue/runtime/telemetry/hdr-histogram.ts';
import { median } from '../bench/bench-result.ts';
import { type Recording, record } from '../bench/deep-recording.ts';
import { DEEP_SCENARIOS } from '../bench/deep-scenarios.ts';
import { RingPath } from '../bench/ring-path.ts';

/** How long the suite takes. */
export interface SuiteLength {
  /** Commands of each round that measures the capacity. */
  readonly capacityCommands: number;
  readonly capacityRounds: number;
  /** Seconds at each load. */
  readonly loadSeconds: number;
  readonly stressSeconds: number;
  readonly soakWindows: number;
  readonly soakWindowSeconds: number;
}

export const SUITE_LENGTHS = {
  short: {
    capacityCommands: 500_000,
    capacityRounds: 5,
    loadSeconds: 1,
    stressSeconds: 0.5,
    soakWindows: 6,
    soakWindowSeconds: 0.5,
  },
  full: {
    capacityCommands: 1_000_000,
    capacityRounds: 9,
    loadSeconds: 4,
    stressSeconds: 2,
    soakWindows: 60,
    soakWindowSeconds: 10,
  },
} as const satisfies Readonly<Record<string, SuiteLength>>;

/** Loads at which latency is measured: shares of the capacity. */
export const LOADS = [0.1, 0.5, 0.8, 0.95] as const;

export interface LoadRun {
  readonly load: number;
  readonly commandsPerSecond: number;
  readonly latency: HdrHistogram;
}

export interface SoakWindow {
  readonly second: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly heapBytes: number;
}

export interface LoadRuns {
  readonly capacityPerSecond: number;
  readonly loads: readonly LoadRun[];
  /** Twice the capacity: how long the last command waited, and how many had no answer. */
  readonly stress: { readonly commands: number; readonly maxUs: number; readonly unanswered: number };
  readonly soak: readonly SoakWindow[];
  readonly soakGrowthBytesPerCommand: number;
}

/** The recording is played over and over: a book that was played to its end goes on with the same commands, most of them still valid. */
class CommandSupply {
  readonly #recording: Recording;
  #next = 0;

  constructor(commands: number) {
    this.#recording = record(DEEP_SCENARIOS.balanced, commands);
  }

  take(count: number): Uint8Array {
    const { commands } = this.#recording;
    const total = commands.length / COMMAND_BYTES;
    const given = Math.min(count, total);
    if (this.#next + given > total) this.#next = 0;
    const part = commands.subarray(this.#next * COMMAND_BYTES, (this.#next + given) * COMMAND_BYTES);
    this.#next += given;
    return part;
  }
}

const SUPPLY_COMMANDS = 4_000_000;

/** Capacity first, then latency at shares of it, then twice of it, then a long time at half of it. */
export async function loadRuns(length: SuiteLength): Promise<LoadRuns> {
  const supply = new CommandSupply(SUPPLY_COMMANDS);
  const path = await RingPath.open();
  try {
    const capacityPerSecond = capacityOf(path, supply, length);
    const loads = LOADS.map((load): LoadRun => {
      const commandsPerSecond = capacityPerSecond * load;
      const commands = supply.take(Math.round(commandsPerSecond * length.loadSeconds));
      return { load, commandsPerSecond, latency: path.run(commands, commandsPerSecond).latency };
    });
    const stressed = supply.take(Math.round(2 * capacityPerSecond * length.stressSeconds));
    const { latency } = path.run(stressed, 2 * capacityPerSecond);
    const commands = stressed.length / COMMAND_BYTES;
    const stress = { commands, maxUs: latency.largest / 1000, unanswered: commands - latency.count };
    return { capacityPerSecond, loads, stress, ...soak(path, supply, length, capacityPerSecond / 2) };
  } finally {
    await path.close();
  }
}

function capacityOf(
  path: RingPath,
  supply: CommandSupply,
  { capacityCommands, capacityRounds }: SuiteLength,
): number {
  path.run(supply.take(capacityCommands));
  const rates = Array.from({ length: capacityRounds }, () => {
    const commands = supply.take(capacityCommands);
    return (commands.length / COMMAND_BYTES / path.run(commands).elapsedNs) * 1e9;
  });
  return median(rates);
}

function soak(path: RingPath, supply: CommandSupply, length: SuiteLength, commandsPerSecond: number) {
  const windows: SoakWindow[] = [];
  const perWindow = Math.round(commandsPerSecond * length.soakWindowSeconds);
  for (let window = 0; window < length.soakWindows; window++) {
    const { latency } = path.run(supply.take(perWindow), commandsPerSecond);
    windows.push({
      second: (window + 1) * length.soakWindowSeconds,
      p50Us: latency.percentile(0.5) / 1000,
      p99Us: latency.percentile(0.99) / 1000,
      heapBytes: process.memoryUsage().heapUsed,
    });
  }
  // Each window leaves a histogram and its result behind; the first one also what was compiled meanwhile.
  const [, second] = windows;
  const grown = (windows.at(-1)?.heapBytes ?? 0) - (second?.heapBytes ?? 0);
  return {
    soak: windows,
    soakGrowthBytesPerCommand: Math.max(0, grown) / (perWindow * (length.soakWindows - 2)),
  };
}
