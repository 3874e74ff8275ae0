/** `good`: as it should be. `advice`: it costs something, and can be changed. `unknown`: the machine does not say. */
export type Verdict = 'good' | 'advice' | 'unknown';

/** What one check of the machine found. */
export interface Finding {
  /** Short and stable: `cpu-governor`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What there is, in the machine's own words. */
  readonly found: string;
  /** What it costs when it is not as it should be, with a figure where one is known. */
  readonly costs: string;
  /** How to change it. */
  readonly change: string;
}
