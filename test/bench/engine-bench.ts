import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeepEngineExports } from '../../engine/engine-module.ts';
import { openMarket } from '../support/market-module.ts';
import { type Figures, median } from './bench-result.ts';
import { CircuitReplay } from './circuit-replay.ts';
import { commandLatency } from './command-latency.ts';
import { openDeepModule, type Recording, record, replayNs } from './deep-recording.ts';
import { DEEP_SCENARIOS, type DeepScenarioName } from './deep-scenarios.ts';
import { recordForRival, rivalReplayNs } from './order-book-rival.ts';
import { openSlotAllocation } from './slot-allocation.ts';

const COMMANDS = 400_000;
const ROUNDS = 9;
const NAMES = Object.keys(DEEP_SCENARIOS) as DeepScenarioName[];

/** What one scenario gave: nanoseconds of each round, and what the book was like at the end, which is the same in all. */
interface ScenarioRounds {
  readonly recording: Recording;
  readonly ns: number[];
  book: BookFigures;
}

/** How a book was used. The module itself is let go: a handful of them at once would leave the machine short of memory. */
interface BookFigures {
  readonly restingOrders: number;
  readonly levels: number;
  /** Shares of the look-ups of price levels that the hot array and a remembered node of the tree answered. */
  readonly hot: number;
  readonly warm: number;
}

/**
 * The engine on one thread: every scenario in the deep geometry, the mixed flow in the circuit's, nodejs-order-book on the balanced
 * scenario's very commands, and latencies and slots. Each round measures them all in turn, and the figures are medians of the rounds.
 */
export async function engineBench(): Promise<Figures> {
  const scenarios = new Map(NAMES.map((name) => [name, openScenario(name)]));
  const balanced = scenarios.get('balanced')?.recording;
  if (balanced === undefined) throw new Error('there is no balanced scenario');
  const rival = recordForRival(balanced);
  const circuit = new CircuitReplay();
  const slotAllocationNs = await openSlotAllocation();
  const rivalNs: number[] = [];
  const slotNs: number[] = [];
  const latencies = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const scenario of scenarios.values()) playRound(scenario);
    rivalNs.push(rivalReplayNs(rival));
    circuit.round();
    slotNs.push(slotAllocationNs());
    latencies.push(commandLatency(balanced));
  }
  const rates = NAMES.map((name) => [name, perSecond(scenarios.get(name)?.ns ?? [])] as const);
  const [worstScenario, worst] = rates.reduce((least, rate) => (rate[1] < least[1] ? rate : least));
  return {
    worst_commands_per_second: worst,
    worst_scenario: worstScenario,
    p50_ns: median(latencies.map(({ p50 }) => p50)),
    p99_ns: median(latencies.map(({ p99 }) => p99)),
    p999_ns: median(latencies.map(({ p999 }) => p999)),
    hot_hit_ratio: scenarios.get('balanced')?.book.hot ?? 0,
    ratio_vs_nodejs_order_book: median(rivalNs) / median(scenarios.get('balanced')?.ns ?? []),
    nodejs_order_book_commands_per_second: perSecond(rivalNs),
    slot_allocation_ns: median(slotNs),
    ...circuit.figures(),
    circuit_memory_bytes: openMarket('circuit').memory.buffer.byteLength,
    deep_resident_bytes: deepResidentBytes(),
    ...Object.assign({}, ...NAMES.map((name) => scenarioFigures(name, scenarios.get(name)))),
  };
}

function openScenario(name: DeepScenarioName): ScenarioRounds {
  const recording = record(DEEP_SCENARIOS[name], COMMANDS);
  return { recording, ns: [], book: { restingOrders: 0, levels: 0, hot: 0, warm: 0 } };
}

function playRound(scenario: ScenarioRounds): void {
  const module = openDeepModule();
  scenario.ns.push(replayNs(module, scenario.recording));
  scenario.book = figuresOf(module);
}

function figuresOf(module: DeepEngineExports): BookFigures {
  const [hot, warm, cold] = [module.hotHitCount(), module.warmHitCount(), module.coldHitCount()].map(Number);
  const lookUps = (hot ?? 0) + (warm ?? 0) + (cold ?? 0);
  return {
    restingOrders: module.ordersInUse(),
    levels: module.levelCount(0) + module.levelCount(1),
    hot: (hot ?? 0) / lookUps,
    warm: (warm ?? 0) / lookUps,
  };
}

function scenarioFigures(name: DeepScenarioName, scenario: ScenarioRounds | undefined): Figures {
  if (scenario === undefined) return {};
  const { book, ns } = scenario;
  return {
    [`${name}_commands_per_second`]: perSecond(ns),
    [`${name}_hot_share`]: book.hot,
    [`${name}_warm_share`]: book.warm,
    [`${name}_resting_orders`]: book.restingOrders,
    [`${name}_levels`]: book.levels,
  };
}

function perSecond(ns: readonly number[]): number {
  return (COMMANDS / median(ns)) * 1e9;
}

/** In a process of its own: what 2^20 resting orders make resident, with nothing of this bench in it. */
function deepResidentBytes(): number {
  const program = fileURLToPath(new URL('../support/deep-resident.ts', import.meta.url));
  const printed: unknown = JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' }));
  return (printed as { readonly residentBytes: number }).residentBytes;
}
