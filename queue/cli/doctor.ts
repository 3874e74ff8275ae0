import { examine } from '../runtime/doctor/examine.ts';
import type { Finding } from '../runtime/doctor/finding.ts';
import { MachineFiles } from '../runtime/doctor/machine-files.ts';
import { parseCommandLine } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';

/** `proofbook doctor`: how this machine is set for low latency, what each setting costs, and how to change it. */
export async function runDoctor(args: readonly string[], output: Output): Promise<number> {
  const { values } = parseCommandLine(
    args,
    { redis: { type: 'string' }, json: { type: 'boolean', default: false } },
    false,
  );
  const findings = await examine(new MachineFiles(), values.redis ?? process.env.REDIS_URL);
  output.result(values.json ? JSON.stringify({ findings }) : findings.map(asText).join('\n'));
  return EXIT_CODES.success;
}

function asText({ check, verdict, found, costs, change }: Finding): string {
  const line = `${verdict.padEnd(8)} ${check}: ${found}`;
  return verdict === 'good' ? line : `${line}\n           costs:  ${costs}\n           change: ${change}`;
}
