import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyCacheDirectory } from '../../prover/sdk/host-binary.ts';

/** What `node test/oracles/install.ts` puts into the cache of this project, outside of any checkout. */
const ORACLES = join(dirname(keyCacheDirectory()), 'oracles');

export const INSTALL_COMMAND = 'node test/oracles/install.ts';

/** Golden cases of the Rust crate `nanobook`: a folder a case, with `input.jsonl` and `output.jsonl`. */
export const NANOBOOK = {
  version: '0.19.3',
  /** SHA-256 of the crate file, as its registry has it. */
  crateDigest: '49b9adaf4e986fb644dc2c6fb259bfce4c6bd4d63ec727c334553063c118c82e',
  corpus: join(ORACLES, 'nanobook-0.19.3', 'corpus'),
} as const;

/** The conformance runner `tracebook-conformance` of PyPI: a Python environment of its own, and the cases that it ships. */
export const TRACEBOOK = {
  version: '0.6.0',
  /** SHA-256 of the wheel. */
  wheelDigest: 'ecabe9396fe67e50cf772bc1794551001b81fd009c1c9144199a9a2585b2c26f',
  command: join(ORACLES, 'tracebook-0.6.0', 'bin', 'tracebook-conformance'),
  environment: join(ORACLES, 'tracebook-0.6.0'),
  suite: join(ORACLES, 'tracebook-0.6.0', 'suite-v2'),
} as const;

/** The FIX library `simplefix` of PyPI, in a Python environment of its own. */
export const SIMPLEFIX = {
  version: '1.0.17',
  /** SHA-256 of the wheel. */
  wheelDigest: 'da15798755447b9719f8688ca4cc29ee20c6d94d3227f22f60e04dcf347a2c68',
  environment: join(ORACLES, 'simplefix-1.0.17'),
  python: join(ORACLES, 'simplefix-1.0.17', 'bin', 'python'),
} as const;

/** The FIX engine `jspurefix` of npm, with all that it brings along, from the lock file in `jspurefix/`. */
export const JSPUREFIX = {
  version: '5.11.4',
  folder: join(ORACLES, 'jspurefix-5.11.4'),
  entry: join(ORACLES, 'jspurefix-5.11.4', 'package.json'),
} as const;

/** Whether what needs `simplefix` is left out: only where it is absent and nobody insists with PROOFBOOK_REQUIRE_SIMPLEFIX. */
export function skipsSimplefix(): boolean {
  return process.env.PROOFBOOK_REQUIRE_SIMPLEFIX === undefined && !isInstalled(SIMPLEFIX.python);
}

/** True when `path` was installed; else says on the console why what needs it is skipped. */
export function isInstalled(path: string): boolean {
  const isThere = existsSync(path);
  if (!isThere) console.log(`skipped: ${path} is not there; \`${INSTALL_COMMAND}\` fetches it`);
  return isThere;
}
