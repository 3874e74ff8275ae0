import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { ProofbookError } from '../../engine/proofbook-error.ts';

/** Every way in which the stand-in can fail, as PROOFBOOK_FAKE_FAULTS names them. */
export const FAULTS = [
  'crash',
  'hang',
  'oom',
  'wrong-seal',
  'wrong-journal',
  'corrupt-frame',
  'slow',
  'kill-worker',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How the stand-in behaves, from its environment. */
export interface FaultPlan {
  /** Whole number; with the witness and the count of its proofs it decides every fault. */
  readonly seed: number;
  /** Milliseconds that a proof takes. */
  readonly delayMs: number;
  /** Share of proofs that fail in each way, 0 .. 1; at most 1 in all. */
  readonly shares: ReadonlyMap<Fault, number>;
  /** Only the first so many proofs of a witness may fail: then every batch can be proven in the end. */
  readonly faultyProofsMax: number;
  /** Where proofs are counted, so that a stand-in that was killed does not begin again; '' counts in the process. */
  readonly notesDirectory: string;
  /** Batch numbers whose proof kills the worker, whenever it is tried. */
  readonly poisonedBatches: ReadonlySet<bigint>;
}

const FAULTY_PROOFS_MAX = 1000;
const DELAY_MAX_MS = 600_000;

/** Reads the plan. @throws INVALID_FIELD naming the variable and its value */
export function readFaultPlan(environment: NodeJS.ProcessEnv): FaultPlan {
  const number = (name: string, otherwise: number, max: number): number => {
    const text = environment[name] ?? '';
    if (text === '') return otherwise;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value <= max ? value : refuse(name, text, `must be a whole number, 0 .. ${max}`);
  };
  return {
    seed: number('PROOFBOOK_FAKE_SEED', 0, Number.MAX_SAFE_INTEGER),
    delayMs: number('PROOFBOOK_FAKE_DELAY_MS', 0, DELAY_MAX_MS),
    shares: readShares(environment.PROOFBOOK_FAKE_FAULTS ?? ''),
    faultyProofsMax: number('PROOFBOOK_FAKE_FAULTY_PROOFS', 1, FAULTY_PROOFS_MAX),
    notesDirectory: environment.PROOFBOOK_FAKE_NOTES ?? '',
    poisonedBatches: new Set(
      (environment.PROOFBOOK_FAKE_POISON ?? '')
        .split(',')
        .filter((part) => part !== '')
        .map(readBatchNumber),
    ),
  };
}

function readShares(text: string): ReadonlyMap<Fault, number> {
  const shares = new Map<Fault, number>();
  for (const part of text.split(',').filter((part) => part !== '')) {
    const [name, share = ''] = part.split(':');
    const fault = FAULTS.find((candidate) => candidate === name);
    const value = /^(0(\.\d+)?|1(\.0+)?)$/.test(share) ? Number(share) : Number.NaN;
    if (fault === undefined || Number.isNaN(value)) {
      return refuse(
        'PROOFBOOK_FAKE_FAULTS',
        part,
        `must be one of ${FAULTS.join(', ')}, ':' and a share, 0 .. 1`,
      );
    }
    shares.set(fault, value);
  }
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  if (total > 1) return refuse('PROOFBOOK_FAKE_FAULTS', text, 'the shares are more than 1 in all');
  return shares;
}

function readBatchNumber(text: string): bigint {
  return /^\d{1,15}$/.test(text)
    ? BigInt(text)
    : refuse('PROOFBOOK_FAKE_POISON', text, 'must be batch numbers with commas between');
}

/** Chooses the fault of each proof: by seed, witness and how often that witness was tried, so a run can be had again. */
export class FaultChooser {
  readonly #plan: FaultPlan;
  readonly #counts = new Map<string, number>();

  constructor(plan: FaultPlan) {
    this.#plan = plan;
    if (plan.notesDirectory !== '') mkdirSync(plan.notesDirectory, { recursive: true });
  }

  /** The fault of the next proof of a witness, or undefined for none. */
  next(witness: Uint8Array): Fault | undefined {
    const digest = blake3(witness);
    const tried = this.#count(Buffer.from(digest).toString('hex'));
    if (tried >= this.#plan.faultyProofsMax) return undefined;
    let left = this.#share(digest, tried);
    for (const [fault, share] of this.#plan.shares) {
      if (left < share) return fault;
      left -= share;
    }
    return undefined;
  }

  /** How often the witness was tried before. */
  #count(name: string): number {
    const { notesDirectory } = this.#plan;
    if (notesDirectory === '') {
      const tried = this.#counts.get(name) ?? 0;
      this.#counts.set(name, tried + 1);
      return tried;
    }
    const path = join(notesDirectory, name);
    appendFileSync(path, '.');
    return statSync(path).size - 1;
  }

  /** A number in [0, 1) that only seed, witness and count decide. */
  #share(digest: Uint8Array, tried: number): number {
    const words = Buffer.alloc(16);
    words.writeBigUInt64LE(BigInt(this.#plan.seed), 0);
    words.writeBigUInt64LE(BigInt(tried), 8);
    const hash = Buffer.from(blake3(Buffer.concat([words, digest])));
    return hash.readUInt32LE(0) / 2 ** 32;
  }
}

function refuse(field: string, value: string, reason: string): never {
  throw new ProofbookError('INVALID_FIELD', { field, value: JSON.stringify(value), reason });
}
