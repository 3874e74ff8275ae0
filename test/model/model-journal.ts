import { concatBytes, joinFields, magicOf, packWords } from './words.ts';

/** The statement about one batch (protocol §7); digests are 32 bytes. */
export interface ModelJournal {
  readonly marketId: bigint;
  readonly batchNumber: bigint;
  readonly firstSequence: bigint;
  readonly lastSequence: bigint;
  readonly commandCount: bigint;
  readonly transitionCount: bigint;
  readonly timestamp: bigint;
  readonly configDigest: Uint8Array;
  readonly preStateRoot: Uint8Array;
  readonly postStateRoot: Uint8Array;
  readonly commandsRoot: Uint8Array;
  readonly transitionsRoot: Uint8Array;
}

/** 256 bytes. */
export function encodeModelJournal(journal: ModelJournal): Uint8Array {
  const version = 1n;
  return concatBytes([
    packWords([
      joinFields([magicOf('PBJN'), 32n], [version, 32n]),
      journal.marketId,
      journal.batchNumber,
      journal.firstSequence,
      journal.lastSequence,
      joinFields([journal.commandCount, 32n], [journal.transitionCount, 32n]),
      journal.timestamp,
      0n,
    ]),
    journal.configDigest,
    journal.preStateRoot,
    journal.postStateRoot,
    journal.commandsRoot,
    journal.transitionsRoot,
    new Uint8Array(32),
  ]);
}
