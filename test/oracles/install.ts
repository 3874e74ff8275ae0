// `node test/oracles/install.ts`: fetches the independent engines that are no npm packages, each at a pinned version and checked
// against a pinned digest, into the cache of this project. What they bring is run or read there, and never becomes a part of a
// checkout (docs/oracles.md). Needs cargo (nothing is built) and Python 3.10 to 3.13; one that cannot be fetched is said and left out.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../../engine/message-of.ts';
import { fetchJspurefix } from './fetch-jspurefix.ts';
import { JSPUREFIX, NANOBOOK, SIMPLEFIX, TRACEBOOK } from './oracle-cache.ts';

function run(command: string, args: readonly string[], cwd?: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

function installNanobook(folder: string): void {
  writeFileSync(join(folder, 'lib.rs'), '');
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
nanobook = { version = "=${NANOBOOK.version}", default-features = false }
`,
  );
  run('cargo', ['vendor', '--quiet', '--versioned-dirs', 'vendor'], folder);
  const crate = join(folder, 'vendor', `nanobook-${NANOBOOK.version}`);
  const checksums: unknown = JSON.parse(readFileSync(join(crate, '.cargo-checksum.json'), 'utf8'));
  const digest = (checksums as { readonly package?: string }).package;
  if (digest !== NANOBOOK.crateDigest)
    throw new Error(`the crate has digest ${digest}, expected ${NANOBOOK.crateDigest}`);
  const corpus = join(folder, 'corpus');
  cpSync(join(crate, 'oracle-ocaml', 'test', 'corpus'), corpus, { recursive: true });
  mkdirSync(dirname(NANOBOOK.corpus), { recursive: true });
  moveInto(corpus, NANOBOOK.corpus);
}

/** A Python environment has its own path in its scripts, so it is made where it stays. */
function installTracebook(folder: string): void {
  const { environment, version, wheelDigest, command, suite } = TRACEBOOK;
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `tracebook-conformance==${version} --hash=sha256:${wheelDigest}\n`);
  try {
    run('python3', ['-m', 'venv', environment]);
    const pip = join(environment, 'bin', 'pip');
    run(pip, ['install', '--quiet', '--no-deps', '--require-hashes', '-r', requirements]);
    run(command, ['sample', suite, '--suite-version', 'v2']);
  } catch (error) {
    rmSync(environment, { recursive: true, force: true });
    throw error;
  }
}

function installSimplefix(folder: string): void {
  const { environment, version, wheelDigest } = SIMPLEFIX;
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `simplefix==${version} --hash=sha256:${wheelDigest}\n`);
  try {
    run('python3', ['-m', 'venv', environment]);
    const pip = join(environment, 'bin', 'pip');
    run(pip, ['install', '--quiet', '--no-deps', '--require-hashes', '-r', requirements]);
  } catch (error) {
    rmSync(environment, { recursive: true, force: true });
    throw error;
  }
}

/** Across file systems, too: the temporary folder may lie on another. */
function moveInto(from: string, to: string): void {
  const beside = `${to}.new`;
  cpSync(from, beside, { recursive: true });
  renameSync(beside, to);
}

function install(name: string, path: string, action: (folder: string) => void): void {
  if (existsSync(path)) {
    console.log(`${name}: is there`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-oracle-'));
  try {
    action(folder);
    console.log(`${name}: fetched`);
  } catch (error) {
    console.error(`${name}: not fetched, its tests are skipped: ${messageOf(error)}`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

install(`nanobook ${NANOBOOK.version}`, NANOBOOK.corpus, installNanobook);
install(`tracebook-conformance ${TRACEBOOK.version}`, TRACEBOOK.suite, installTracebook);
install(`simplefix ${SIMPLEFIX.version}`, SIMPLEFIX.python, installSimplefix);
install(`jspurefix ${JSPUREFIX.version}`, JSPUREFIX.entry, fetchJspurefix);
