import { Venue } from '../runtime/gateways/venue.ts';
import { readVenueConfig } from '../runtime/gateways/venue-config.ts';
import { parseCommandLine, required } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';

/** `proofbook gateway --file F`: one engine in memory with its journal, and the gateways in front of it, until it is stopped. */
export async function runGateway(
  args: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const { values } = parseCommandLine(
    args,
    { file: { type: 'string' }, json: { type: 'boolean', default: false } },
    false,
  );
  const venue = await Venue.open(readVenueConfig(required('--file', values.file)));
  if (venue.binary !== undefined) output.progress.say(`binary: listening on port ${venue.binary.port}`);
  if (venue.fix !== undefined) output.progress.say(`fix: listening on port ${venue.fix.port}`);
  const aborted = new Promise<undefined>((settle) => {
    if (signal.aborted) settle(undefined);
    else signal.addEventListener('abort', () => settle(undefined), { once: true });
  });
  const failure = await Promise.race([aborted, venue.pipeline.failed]);
  if (failure !== undefined)
    output.progress.say(`a thread died, and nobody takes its place: ${failure.message}`);
  // After a failure this throws what it was.
  await venue.close();
  const root = venue.pipeline.control.finalRoot();
  if (values.json) output.result(JSON.stringify({ stopped: true, reason: String(signal.reason), root }));
  return EXIT_CODES.success;
}
