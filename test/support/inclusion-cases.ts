import { decodeJournal } from '../../engine/journal.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import type * as inclusion from '../../prover/merkle/verify-inclusion.ts';
import { Random } from '../model/random.ts';
import { sampleBatches } from './sample-batches.ts';

/** One question to `verifyInclusion`, as it goes to a browser: bytes are arrays of numbers. */
export interface InclusionCase {
  readonly name: string;
  readonly root: readonly number[];
  readonly recordCount: number;
  readonly recordBytes: 32 | 64;
  readonly index: number;
  readonly count: number;
  readonly page: readonly number[];
  readonly siblings: readonly (readonly number[])[];
}

/** What `verifyInclusion` made of it: the first record and how many bytes of records, or the error. */
export type InclusionOutcome =
  | { readonly firstRecordIndex: number; readonly records: readonly (readonly number[])[] }
  | { readonly code: string; readonly message: string };

/** Proofs of commands and transitions of real batches, first and last pages among them. */
export function genuineCases(seed: number): readonly InclusionCase[] {
  return sampleBatches(3, 300, seed).flatMap(({ journal, commands, transitions }, batch) => {
    const { commandsRoot, commandCount, transitionsRoot, transitionCount } = decodeJournal(journal);
    const ofTree = (name: string, tree: BatchTree, root: Uint8Array, recordCount: number) =>
      [0, recordCount >> 1, recordCount - 1].map((record) => {
        const { index, count, page, siblings } = tree.inclusionProof(record);
        return {
          name: `${name} ${record} of batch ${batch + 1}`,
          root: [...root],
          recordCount,
          recordBytes: tree.recordBytes,
          index,
          count,
          page: [...page],
          siblings: siblings.map((sibling) => [...sibling]),
        };
      });
    return [
      ...ofTree('command', BatchTree.ofCommands(commands), commandsRoot, commandCount),
      ...ofTree('transition', BatchTree.ofTransitions(transitions), transitionsRoot, transitionCount),
    ];
  });
}

/** What a cheat might make of a proof: each case has one thing changed. */
export function alteredCases(genuine: InclusionCase, seed: number): readonly InclusionCase[] {
  const random = new Random(BigInt(seed));
  const { name, root, recordCount, index, count, page, siblings } = genuine;
  const altered = (what: string, change: Partial<InclusionCase>): InclusionCase => ({
    ...genuine,
    ...change,
    name: `${name}, ${what}`,
  });
  const flip = (bytes: readonly number[]): readonly number[] => {
    const bit = random.below(bytes.length * 8);
    return bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
  };
  return [
    altered('a bit of the root', { root: flip(root) }),
    ...Array.from({ length: 4 }, () => altered('a bit of the page', { page: flip(page) })),
    ...siblings.map((sibling, level) =>
      altered(`a bit of sibling ${level}`, { siblings: siblings.with(level, flip(sibling)) }),
    ),
    altered('siblings in another order', { siblings: siblings.toReversed() }),
    altered('a sibling less', { siblings: siblings.slice(1) }),
    altered('a sibling more', { siblings: [...siblings, root] }),
    altered('a sibling that is short', { siblings: siblings.with(0, root.slice(1)) }),
    altered('another page number', { index: index ^ 1 }),
    altered('a page number below 0', { index: -1 }),
    altered('half a page number', { index: index + 0.5 }),
    altered('a page more', { count: count + 1 }),
    altered('records for more pages', { recordCount: recordCount + 100 }),
    altered('no record', { recordCount: 0 }),
    altered('a page cut short', { page: page.slice(1) }),
    altered('a root cut short', { root: root.slice(1) }),
  ];
}

/**
 * Asks `verifyInclusion` about each case. It runs in Node and, as its own source text, in a browser: it names nothing but its
 * parameters and what both have.
 */
export function outcomesOf(
  verifyInclusion: typeof inclusion.verifyInclusion,
  cases: readonly InclusionCase[],
): readonly InclusionOutcome[] {
  return cases.map(({ root, recordCount, recordBytes, index, count, page, siblings }) => {
    const proof = {
      index,
      count,
      page: Uint8Array.from(page),
      siblings: siblings.map((sibling) => Uint8Array.from(sibling)),
    };
    try {
      const rootBytes = Uint8Array.from(root) as Parameters<typeof verifyInclusion>[0];
      const included = verifyInclusion(rootBytes, recordCount, recordBytes, proof);
      const records = included.records.map((record) => [...record]);
      return { firstRecordIndex: included.firstRecordIndex, records };
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string };
      return { code, message };
    }
  });
}
