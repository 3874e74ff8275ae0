import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blake3 } from '@noble/hashes/blake3.js';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { mixedBatches } from '../bench/mixed-batches.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { countPhases, GUEST_PHASES, type GuestPhase } from '../support/guest-phases.ts';

/** What the committed guest costs under one flow of commands. Exact: the same on every machine. */
export interface FlowCost {
  /** Tells the commands that were counted, so that a figure is never compared with one of other commands. */
  readonly commandsDigest: string;
  readonly instructionsPerCommand: Readonly<Record<GuestPhase | 'total', number>>;
  readonly compressionsPerCommand: number;
}

export interface GuestBaseline {
  /** Sizes of the consensus modules under engine/artifact. */
  readonly wasmBytes: Readonly<Record<string, number>>;
  readonly flows: Readonly<Record<string, FlowCost>>;
}

export const BASELINE_PATH = fileURLToPath(new URL('guest-instructions.json', import.meta.url));

/** The consensus modules; a geometry that this checkout has not built is left out. */
const MODULES = ['circuit.wasm', 'deep.wasm'];
const SEED = 1n;
const BATCH_SIZE = 100;
const BATCHES = 10;
/** The first batch meets an empty book. */
const WARM_UP_BATCHES = 1;
const BATCH_RECORDS_MAX = 1024;
const RECORD_BYTES = 32;

/** The balanced flow is the one of `npm run bench -- guest`; the others are those of the conformance tests. */
export function measureGuest(): GuestBaseline {
  const { elf } = loadGuestImage();
  const count = WARM_UP_BATCHES + BATCHES;
  const flows: [string, readonly SealedBatch[]][] = [
    ['balanced', mixedBatches(count, BATCH_SIZE)],
    ...ORDER_FLOW_NAMES.map((name): [string, readonly SealedBatch[]] => [name, flowBatches(name, count)]),
  ];
  return {
    wasmBytes: moduleSizes(),
    flows: Object.fromEntries(
      flows.map(([name, batches]) => [name, costOf(elf, batches.slice(WARM_UP_BATCHES))]),
    ),
  };
}

/** The committed baseline. */
export function readBaseline(): GuestBaseline {
  return JSON.parse(readFileSync(BASELINE_PATH, 'utf8')) as GuestBaseline;
}

function moduleSizes(): Record<string, number> {
  const present = MODULES.map((name) => ({
    name,
    path: fileURLToPath(new URL(`../../engine/artifact/${name}`, import.meta.url)),
  })).filter(({ path }) => existsSync(path));
  return Object.fromEntries(present.map(({ name, path }) => [name, readFileSync(path).length]));
}

function flowBatches(name: OrderFlowName, batchCount: number): SealedBatch[] {
  const random = new Random(SEED);
  const live = new LiveOrders();
  const engine = Engine.create(configOfFlow(DEFAULT_MARKET_CONFIG, name));
  return Array.from({ length: batchCount }, (_, batch) => {
    const commands = ORDER_FLOWS[name](random, live, BATCH_SIZE).slice(0, BATCH_RECORDS_MAX * RECORD_BYTES);
    const sealed = engine.applyBatch(commands, BigInt(batch));
    live.observe(sealed.transitions, BigInt(batch));
    return sealed;
  });
}

function costOf(elf: Uint8Array, batches: readonly SealedBatch[]): FlowCost {
  const runs = batches.map((batch) => countPhases(elf, batch));
  const commands = sum(runs.map((run) => run.commands));
  const perCommand = (values: readonly number[]) => Math.round((sum(values) / commands) * 1000) / 1000;
  const hasher = blake3.create({});
  for (const batch of batches) hasher.update(batch.commands);
  return {
    commandsDigest: Buffer.from(hasher.digest()).toString('hex'),
    instructionsPerCommand: Object.fromEntries([
      ...GUEST_PHASES.map((phase) => [phase, perCommand(runs.map((run) => run.phases[phase]))]),
      ['total', perCommand(runs.map((run) => run.instructions))],
    ]) as FlowCost['instructionsPerCommand'],
    compressionsPerCommand: perCommand(runs.map((run) => run.compressions)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
