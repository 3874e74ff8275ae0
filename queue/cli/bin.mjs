#!/usr/bin/env node
// Starts main.ts on a Node that can run it, 24 or newer: this one if it is, else the one that the `node` package brings.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  // Compiling the modules of `verify` takes longer than verifying: keep what V8 made of them for the next run. Called here
  // because main.ts would be compiled by then, and no named import because Node 20 has no such name.
  module.enableCompileCache();
  await import('./main.ts');
} else {
  const bundled = bundledNode();
  if (bundled === undefined) {
    process.stderr.write(
      `proofbook: Node ${process.versions.node} is too old and the package 'node' is not installed: run 'npm install'\n`,
    );
    process.exit(8);
  }
  const child = spawn(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal ?? ''] ?? 0);
  });
}

function bundledNode() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
