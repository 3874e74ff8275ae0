import type { FlowCost, GuestBaseline } from './guest-baseline.ts';

/** How far a figure may move before its baseline must be recorded anew. */
const TOLERANCE_PERCENT = 5;

export interface BaselineVerdict {
  /** Figures that grew too far, or that have no counterpart: a fault until the baseline is recorded anew. */
  readonly faults: readonly string[];
  /** Figures that are better by more than the tolerance: the baseline is worth recording anew, or the gain is lost unnoticed. */
  readonly gains: readonly string[];
}

/** Compares two measurements figure by figure. */
export function compareBaseline(recorded: GuestBaseline, measured: GuestBaseline): BaselineVerdict {
  const [before, now] = [figuresOf(recorded), figuresOf(measured)];
  const faults: string[] = [];
  const gains: string[] = [];
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const [old, value] = [before.get(name), now.get(name)];
    if (old === undefined || value === undefined) {
      faults.push(`${name} is ${value ?? 'not measured'}, recorded ${old ?? 'not at all'}`);
    } else if (typeof old === 'string' || typeof value === 'string') {
      if (old !== value) faults.push(`${name} is another: its figures are of other commands`);
    } else if (value > old * (1 + TOLERANCE_PERCENT / 100)) {
      faults.push(`${name} grew from ${old} to ${value}, ${percent(old, value)}`);
    } else if (value < old * (1 - TOLERANCE_PERCENT / 100)) {
      gains.push(`${name} fell from ${old} to ${value}, ${percent(old, value)}`);
    }
  }
  return { faults, gains };
}

function figuresOf(baseline: GuestBaseline): ReadonlyMap<string, number | string> {
  const sizes = Object.entries(baseline.wasmBytes).map(
    ([name, bytes]) => [`bytes of ${name}`, bytes] as const,
  );
  const costs = Object.entries(baseline.flows).flatMap(([flow, cost]) => figuresOfFlow(flow, cost));
  return new Map<string, number | string>([...sizes, ...costs]);
}

function figuresOfFlow(flow: string, cost: FlowCost): readonly (readonly [string, number | string])[] {
  return [
    [`${flow} flow: commandsDigest`, cost.commandsDigest],
    [`${flow} flow: compressions a command`, cost.compressionsPerCommand],
    ...Object.entries(cost.instructionsPerCommand).map(
      ([phase, count]) => [`${flow} flow: instructions a command, ${phase}`, count] as const,
    ),
  ];
}

function percent(old: number, value: number): string {
  return `${((value / old - 1) * 100).toFixed(1)} %`;
}
