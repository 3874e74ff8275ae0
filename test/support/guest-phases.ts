import { COMMAND_BYTES } from '../../engine/command.ts';
import type { SealedBatch } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { runGuest } from './rv32-machine.ts';

/**
 * What the guest does, and the stores that end each: exact, for the machine knows how many instructions had run at
 * them. Reading ends with the last word of the witness, the book is decoded (and its hashes are checked) when the journal gets its
 * firstSequence, every command is done at its commandCount; sealing then writes one root after the other. The records of a command are
 * hashed right behind it, between marks (engine/assembly/record-stream.ts).
 */
export const GUEST_PHASES = [
  'read',
  'decode',
  'match',
  'hash_state',
  'hash_commands',
  'hash_transitions',
  'finish',
] as const;

export type GuestPhase = (typeof GUEST_PHASES)[number];

/** One batch in the guest. Instructions are of the whole batch. */
export interface GuestRun {
  /** Command records. */
  readonly commands: number;
  readonly instructions: number;
  /** They add up to `instructions`. */
  readonly phases: Readonly<Record<GuestPhase, number>>;
  /** BLAKE3 compressions, hashing of what the witness opens included. */
  readonly compressions: number;
  /** Instructions of each compression of the journal digest. */
  readonly compressionCosts: readonly number[];
  readonly witnessBytes: number;
}

// PROTOCOL.md §7: offsets in the journal; of a root, its last word.
const FIRST_SEQUENCE_OFFSET = 24;
const COMMAND_COUNT_OFFSET = 40;
const POST_STATE_ROOT_END = 156;
const COMMANDS_ROOT_END = 188;
const TRANSITIONS_ROOT_END = 220;

/** Runs one batch in the committed guest, instruction by instruction. Throws unless the guest proves it. */
export function countPhases(elf: Uint8Array, { witness, commands }: SealedBatch): GuestRun {
  const engine = instantiateEngine();
  // The guest's linear memory begins at address 0 (guest/runtime/guest.ld), so a pointer of the module is an address of the machine.
  const journal = engine.journalPointer();
  const digest = engine.journalDigestPointer();
  const marks = [0, 4, 8].map((offset) => engine.phaseMarksPointer() + offset);
  const ends = [
    engine.inputPointer() + witness.length - 4,
    journal + FIRST_SEQUENCE_OFFSET,
    journal + COMMAND_COUNT_OFFSET,
    journal + POST_STATE_ROOT_END,
    journal + COMMANDS_ROOT_END,
    journal + TRANSITIONS_ROOT_END,
  ];
  new Uint8Array(engine.memory.buffer).set(witness, engine.inputPointer());
  const status = engine.proveBatch(witness.length);
  const run = runGuest(elf, witness, [...ends, ...marks, digest]);
  if (status !== 0 || run.exitCode !== 0)
    throw new Error(`the guest ends with ${run.exitCode}, the engine with ${status}`);
  const endedAt = [...ends.map((address) => run.storesAt.get(address)?.at(-1) ?? 0), run.instructionCount];
  const digestStores = run.storesAt.get(digest) ?? [];
  return {
    commands: commands.length / COMMAND_BYTES,
    instructions: run.instructionCount,
    phases: phasesOf(
      endedAt,
      marks.map((address) => run.storesAt.get(address) ?? []),
    ),
    compressions: Number(engine.compressionCount()),
    compressionCosts: digestStores.slice(1).map((at, index) => at - (digestStores[index] ?? at)),
    witnessBytes: witness.length,
  };
}

/** @param marks instructions before each end of matching, of hashing of transitions, and of hashing of commands */
function phasesOf(
  endedAt: readonly number[],
  [matched = [], transitionsHashed = [], commandsHashed = []]: readonly (readonly number[])[],
): Record<GuestPhase, number> {
  const counts = endedAt.map((at, index) => at - (endedAt[index - 1] ?? 0));
  if (counts.some((count) => count <= 0)) throw new Error(`the phases end out of order: ${endedAt}`);
  const phases = Object.fromEntries(
    GUEST_PHASES.map((phase, index) => [phase, counts[index] ?? 0]),
  ) as Record<GuestPhase, number>;
  const transitions = spentBetween(matched, transitionsHashed);
  const commands = spentBetween(transitionsHashed, commandsHashed);
  phases.match -= transitions + commands;
  phases.hash_transitions += transitions;
  phases.hash_commands += commands;
  return phases;
}

function spentBetween(starts: readonly number[], ends: readonly number[]): number {
  if (starts.length === 0 || starts.length !== ends.length)
    throw new Error('every mark is made once a command');
  return ends.reduce((total, end, index) => total + end - (starts[index] ?? end), 0);
}
