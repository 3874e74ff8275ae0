import { ProofbookError } from '../../engine/proofbook-error.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { HELP } from './help.ts';
import { errorAsJson, errorAsText, type Output, processOutput } from './output.ts';

/** Runs one command with its arguments and returns the exit code; it may throw instead. */
export type CommandRun = (args: readonly string[], output: Output, signal: AbortSignal) => Promise<number>;

// Loaded only when asked for: `verify` must not wait for the queue's packages.
const COMMANDS: Readonly<Record<string, () => Promise<CommandRun>>> = {
  demo: async () => (await import('./demo.ts')).runDemo,
  verify: async () => (await import('./verify.ts')).runVerify,
  audit: async () => (await import('./audit.ts')).runAudit,
  aggregate: async () => (await import('./aggregate.ts')).runAggregate,
  inclusion: async () => (await import('./inclusion.ts')).runInclusion,
  export: async () => (await import('./export.ts')).runExport,
  jobs: async () => (await import('./jobs.ts')).runJobs,
  keys: async () => (await import('./keys.ts')).runKeys,
  serve: async () => (await import('./serve.ts')).runServe,
  worker: async () => (await import('./worker.ts')).runWorker,
  gateway: async () => (await import('./gateway.ts')).runGateway,
  doctor: async () => (await import('./doctor.ts')).runDoctor,
  top: async () => (await import('./top.ts')).runTop,
};

async function main(args: readonly string[]): Promise<number> {
  const output = processOutput();
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || args.includes('--help')) {
    output.result(HELP);
    return EXIT_CODES.success;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(signal));
  }
  try {
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) {
      const reason = `must be one of ${Object.keys(COMMANDS).join(', ')}, help`;
      throw new ProofbookError('USAGE', { field: 'command', value: JSON.stringify(name), reason });
    }
    const run = await load();
    return await run(rest, output, interrupted.signal);
  } catch (error) {
    output.progress.finish();
    process.stderr.write(`proofbook ${name}: ${errorAsText(error)}\n`);
    if (args.includes('--json'))
      output.result(JSON.stringify({ verified: false, error: errorAsJson(error) }));
    return exitCodeOf(error);
  }
}

process.exitCode = await main(process.argv.slice(2));
