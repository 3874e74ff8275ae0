import { RECORD_BYTES } from './model-command.ts';
import { concatBytes, joinFields, magicOf, packWords } from './words.ts';

/** What a witness holds (protocol §8). */
export interface WitnessParts {
  readonly timestamp: bigint;
  readonly journalDigest: Uint8Array;
  /** The state before the batch. */
  readonly stateImage: Uint8Array;
  /** The command records of the batch, all of which `apply` takes. */
  readonly commands: Uint8Array;
}

export function encodeWitness(parts: WitnessParts): Uint8Array {
  const version = 1n;
  const commandCount = BigInt(parts.commands.length / RECORD_BYTES);
  return concatBytes([
    packWords([
      joinFields([magicOf('PBWT'), 32n], [version, 32n]),
      parts.timestamp,
      joinFields([commandCount, 32n], [0n, 32n]),
      0n,
    ]),
    parts.journalDigest,
    parts.stateImage,
    parts.commands,
  ]);
}
