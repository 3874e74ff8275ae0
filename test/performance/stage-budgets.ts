/** What a figure must not pass. */
export interface Budget {
  readonly limit: number;
  /** Whether the figure must stay below the limit or above it. */
  readonly bound: 'most' | 'least';
  readonly what: string;
}

/** The budgets of every stage on the way of a command, and of the way as a whole. All of them are here and nowhere else. */
export const STAGE_BUDGETS = {
  ring_write_ns: { limit: 60, bound: 'most', what: 'a command into the ring, in claims of 64' },
  engine_stage_ns: {
    limit: 200,
    bound: 'most',
    what: 'a command from ring to output ring, in batches of 64, deep book',
  },
  ring_read_ns: { limit: 50, bound: 'most', what: "a command's transitions out of the output ring" },
  seqlock_read_ns: { limit: 100, bound: 'most', what: 'one read of the top of the book, nobody writing' },
  capacity_per_second: { limit: 5_000_000, bound: 'least', what: 'ring to engine to publisher, two threads' },
  half_load_p99_us: { limit: 20, bound: 'most', what: 'the same at half of that, open loop' },
  soak_growth_bytes_per_command: {
    limit: 0.5,
    bound: 'most',
    what: 'heap of the sending thread, over the soak',
  },
  stress_unanswered: { limit: 0, bound: 'most', what: 'commands without an answer after twice the capacity' },
} as const satisfies Readonly<Record<string, Budget>>;

export type FigureName = keyof typeof STAGE_BUDGETS;
export type StageFigures = Readonly<Record<FigureName, number>>;

/** The figures that are over budget, each as a sentence. */
export function overBudget(figures: StageFigures): readonly string[] {
  return (Object.keys(STAGE_BUDGETS) as FigureName[]).flatMap((name) => {
    const { limit, bound, what }: Budget = STAGE_BUDGETS[name];
    const value = figures[name];
    const isOver = bound === 'most' ? !(value <= limit) : !(value >= limit);
    return isOver ? [`${name} is ${round(value)}, at ${bound} ${limit} (${what})`] : [];
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
