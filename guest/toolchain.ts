import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProofbookError } from '../engine/proofbook-error.ts';

/** Every tool whose version can change the guest, in the order in which the record names them. */
export const TOOL_NAMES = ['asc', 'wabt', 'clang', 'lld', 'rustc', 'cargo', 'openvm'] as const;

/** Version of each tool, as the tool names itself. */
export type Toolchain = Readonly<Record<(typeof TOOL_NAMES)[number], string>>;

/** Programs that the build runs: names on PATH or absolute paths. */
export interface Programs {
  readonly clang: string;
  readonly lld: string;
  readonly rustc: string;
  readonly cargo: string;
}

/** A tool that is not the one the committed guest was made with. */
export interface ToolDifference {
  readonly tool: string;
  readonly found: string;
  readonly recorded: string;
}

const DEBIAN_PACKAGES = 'clang-19 lld-19 rustc-web cargo-web rust-web-src';

/**
 * Finds the programs. Debian's rustc and cargo are looked for under their full path first, for a rustup of another
 * version is often before them on PATH.
 * @throws GUEST_TOOL_MISSING naming the tool and the Debian packages.
 */
export function findPrograms(): Programs {
  const programs = {
    clang: firstThatRuns('clang', ['clang-19', 'clang']),
    lld: firstThatRuns('lld', ['ld.lld-19', 'ld.lld']),
    rustc: firstThatRuns('rustc', ['/usr/bin/rustc', 'rustc']),
    cargo: firstThatRuns('cargo', ['/usr/bin/cargo', 'cargo']),
  };
  const sysroot = execFileSync(programs.rustc, ['--print', 'sysroot'], { encoding: 'utf8' }).trim();
  const librarySource = join(sysroot, 'lib/rustlib/src/rust/library/Cargo.lock');
  if (!existsSync(librarySource)) {
    throw new ProofbookError('GUEST_TOOL_MISSING', {
      tool: `the Rust library source of ${programs.rustc}`,
      packages: DEBIAN_PACKAGES,
    });
  }
  return programs;
}

/** The versions of the tools that this checkout and this machine have. */
export function readToolchain(programs: Programs, checkout: string): Toolchain {
  return {
    asc: packageVersion(checkout, 'assemblyscript'),
    wabt: packageVersion(checkout, 'wabt'),
    clang: versionOf(programs.clang),
    lld: versionOf(programs.lld),
    rustc: versionOf(programs.rustc),
    cargo: versionOf(programs.cargo),
    openvm: lockedVersion(readFileSync(join(checkout, 'guest/shell/Cargo.lock'), 'utf8'), 'openvm'),
  };
}

/** Tools in which two toolchains differ, in the order of {@link TOOL_NAMES}; empty when they are the same. */
export function toolDifferences(found: Toolchain, recorded: Toolchain): readonly ToolDifference[] {
  return TOOL_NAMES.filter((tool) => found[tool] !== recorded[tool]).map((tool) => ({
    tool,
    found: found[tool],
    recorded: recorded[tool],
  }));
}

/** The version that a Cargo.lock names for a crate. @throws INVALID_FIELD when it names none or several. */
export function lockedVersion(lockFile: string, crate: string): string {
  const found = [...lockFile.matchAll(/^name = "([^"]+)"\nversion = "([^"]+)"/gm)]
    .filter(([, name]) => name === crate)
    .map(([, , version]) => version ?? '');
  const [version] = found;
  if (version === undefined || found.length > 1) {
    throw new ProofbookError('INVALID_FIELD', {
      field: `version of ${crate} in Cargo.lock`,
      value: found.join(', '),
      reason: 'expected exactly one',
    });
  }
  return version;
}

function firstThatRuns(tool: string, candidates: readonly string[]): string {
  const program = candidates.find(runs);
  if (program === undefined) {
    throw new ProofbookError('GUEST_TOOL_MISSING', { tool, packages: DEBIAN_PACKAGES });
  }
  return program;
}

function runs(program: string): boolean {
  try {
    versionOf(program);
    return true;
  } catch {
    return false;
  }
}

function versionOf(program: string): string {
  const output = execFileSync(program, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.split('\n', 1)[0]?.trim() ?? '';
}

function packageVersion(checkout: string, name: string): string {
  const path = join(checkout, 'node_modules', name, 'package.json');
  if (!existsSync(path)) {
    throw new ProofbookError('GUEST_TOOL_MISSING', { tool: `npm package ${name}`, packages: '(run npm ci)' });
  }
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}
