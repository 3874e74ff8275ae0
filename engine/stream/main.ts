// `npm run -s engine:stream -- IN OUT [--time]`: matches a message stream (docs/message-stream.md). Nothing on stdout.
import { parseArgs } from 'node:util';
import { messageOf } from '../message-of.ts';
import { isProofbookError, ProofbookError } from '../proofbook-error.ts';
import { exitCodeOf } from './exit-code.ts';
import { runStream } from './run-stream.ts';

const USAGE = 'usage: npm run -s engine:stream -- IN OUT [--time]';

function readArguments() {
  const args = process.argv.slice(2);
  const value = args.join(' ');
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { time: { type: 'boolean', default: false } },
    });
    const [inPath, outPath, ...rest] = positionals;
    if (inPath === undefined || outPath === undefined || rest.length > 0) throw new Error(USAGE);
    return { inPath, outPath, time: values.time };
  } catch (cause) {
    throw new ProofbookError('USAGE', { field: 'arguments', value, reason: messageOf(cause) }, { cause });
  }
}

try {
  const { inPath, outPath, time } = readArguments();
  const { messages, matchingNs } = runStream(inPath, outPath);
  if (time) {
    const seconds = Number(matchingNs) / 1e9;
    const rate = seconds > 0 ? Math.round(messages / seconds) : 0;
    process.stderr.write(`${JSON.stringify({ messages, seconds, messages_per_second: rate })}\n`);
  }
} catch (error) {
  const text = isProofbookError(error) ? `${error.message} (${error.code})` : (error as Error).stack;
  process.stderr.write(`engine:stream: ${text}\n`);
  process.exitCode = exitCodeOf(error);
}
