import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProofbookError } from '../../engine/proofbook-error.ts';

const SETUP_COMMAND = 'npm run setup';
/** The folder of an installed package: its code is in dist/, which a checkout never runs. */
const INSTALLED = /^(.*\/)dist\/prover\/sdk\/[^/]+$/.exec(fileURLToPath(import.meta.url))?.[1];

/**
 * The cargo target directory of the prover host. It lies outside the checkout, so that fresh clones share one build
 * of its many crates: PROOFBOOK_CACHE_DIR, else XDG_CACHE_HOME/proofbook, else ~/.cache/proofbook, and `target` in it.
 */
export function cargoTargetDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheDirectory(env), 'target');
}

/** Where prover hosts cache their keys (7 s to make for aggregated proofs); a damaged or foreign key is made again. */
export function keyCacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheDirectory(env), 'keys');
}

function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env.PROOFBOOK_CACHE_DIR) return resolve(env.PROOFBOOK_CACHE_DIR);
  return resolve(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'proofbook');
}

/**
 * Where the prover host binary is: the path given, else PROOFBOOK_HOST_BINARY, else the release build in
 * {@link cargoTargetDirectory}.
 *
 * @throws HOST_BINARY_MISSING naming the path that was looked at and the command that builds it.
 */
export function findHostBinary(given?: string, env: NodeJS.ProcessEnv = process.env): string {
  const path =
    given ?? (env.PROOFBOOK_HOST_BINARY || join(cargoTargetDirectory(env), 'release', 'proofbook-host'));
  try {
    accessSync(path, constants.X_OK);
  } catch (cause) {
    throw new ProofbookError('HOST_BINARY_MISSING', { path, command: setupCommand() }, { cause });
  }
  return path;
}

/** The script that builds the host, as it is run from the current folder. */
function setupCommand(): string {
  return INSTALLED === undefined ? SETUP_COMMAND : `${SETUP_COMMAND} --prefix ${relative('.', INSTALLED)}`;
}
