// What a fresh clone needs before anything of the project can run. Plain JavaScript without packages, because it runs
// before there are any, on whatever Node the machine has.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIRECTORY = fileURLToPath(new URL('..', import.meta.url));
const NODE_MAJOR_MIN = 20;
const RUST_MINOR_MIN = 91;

/** Where things that are slow to make are kept between clones: the host's build and the proving keys. */
export function cacheDirectory() {
  const { PROOFBOOK_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  // An empty variable is none, as in prover/sdk/host-binary.ts, which looks for what is built here.
  return resolve(PROOFBOOK_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'proofbook'));
}

/** The Rust crates that run on this machine and not in the zkVM. */
export const HOST_CRATES = ['prover/host', 'prover/blake3-chip'];

/** Says on stderr what is being done, so that stdout stays free for results. */
export function say(text) {
  process.stderr.write(`proofbook: ${text}\n`);
}

/** Ends the process with a sentence instead of a stack trace. */
export function giveUp(text, exitCode = 1) {
  say(text);
  process.exit(exitCode);
}

/** Installs the packages and builds the prover host, whatever of it is not there yet. */
export function prepare() {
  preparePackages();
  buildHost();
}

/** Installs the packages only: enough for what runs no prover. */
export function preparePackages() {
  checkNode();
  installPackages();
}

/** The environment in which the project's own Node 24 comes first. */
export function projectEnvironment() {
  const bin = join(PROJECT_DIRECTORY, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
}

/** The environment for cargo in prover/host. Every call must have the same, or cargo builds its 325 crates again. */
export function cargoEnvironment() {
  const target = join(cacheDirectory(), 'target');
  return { ...process.env, CARGO_TARGET_DIR: target, RUSTFLAGS: '-C target-cpu=native' };
}

/** Runs a command with the project's Node in front and passes its output through. Returns the exit code. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: PROJECT_DIRECTORY,
    env: projectEnvironment(),
    stdio: 'inherit',
    ...options,
  });
  if (result.error) giveUp(`${command} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR_MIN)
    giveUp(`Node ${process.versions.node} is too old: ${NODE_MAJOR_MIN} or newer is needed`);
}

function installPackages() {
  const lock = join(PROJECT_DIRECTORY, 'package-lock.json');
  // An installed package has no lock file: npm brought what it needs.
  if (!existsSync(lock)) return;
  const installed = join(PROJECT_DIRECTORY, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing packages (npm ci)');
  // stdout of the child goes to our stderr: `--json` output must stay one object.
  const status = run('npm', ['ci', '--no-fund', '--no-audit'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) giveUp('npm ci failed: see above');
}

function buildHost() {
  const target = join(cacheDirectory(), 'target');
  const binary = join(target, 'release', 'proofbook-host');
  checkRust();
  forgetForeignBuild(target);
  if (!existsSync(binary)) say('building the prover host: about 6 minutes on two cores, once');
  const status = run(
    'cargo',
    ['build', '--release', '--locked', ...(existsSync(binary) ? ['--quiet'] : [])],
    {
      cwd: join(PROJECT_DIRECTORY, 'prover', 'host'),
      env: cargoEnvironment(),
      stdio: ['ignore', 2, 2],
    },
  );
  if (status !== 0) giveUp('the prover host could not be built: see above');
}

function checkRust() {
  const { stdout, error } = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  if (error) giveUp('cargo was not found: install Rust 1.91 or newer');
  const minor = Number(/^cargo 1\.(\d+)\./.exec(stdout)?.[1]);
  if (!(minor >= RUST_MINOR_MIN))
    giveUp(`${stdout.trim()} is too old: Rust 1.${RUST_MINOR_MIN} or newer is needed`);
}

/** The host is built for this machine's own processor: a cached build from another one might not even start. */
function forgetForeignBuild(target) {
  const mark = join(target, 'processor.txt');
  const processor = processorDigest();
  if (existsSync(mark) && readFileSync(mark, 'utf8') !== processor) {
    say('the cached build is for another processor: building anew');
    rmSync(target, { recursive: true });
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(mark, processor);
}

function processorDigest() {
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : process.arch;
  const features = info.split('\n').find((line) => /^(flags|Features)\s/.test(line)) ?? process.arch;
  return createHash('sha256').update(features).digest('hex');
}
