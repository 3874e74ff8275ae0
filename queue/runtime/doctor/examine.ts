import { availableParallelism } from 'node:os';
import { clockSource, coreCount, governor, interrupts, isolatedCores, numa } from './cpu-checks.ts';
import type { Finding } from './finding.ts';
import type { MachineFiles } from './machine-files.ts';
import { hugePages, lockedMemory, openFiles, overcommit, swap } from './memory-checks.ts';
import { redisSettings } from './redis-checks.ts';

/** Every check of docs/tuning.md, in its order. @param redisUrl the Redis to ask, if any */
export async function examine(
  files: MachineFiles,
  redisUrl: string | undefined,
  cores = availableParallelism(),
): Promise<readonly Finding[]> {
  const ofFiles = [
    governor,
    isolatedCores,
    interrupts,
    clockSource,
    numa,
    hugePages,
    swap,
    overcommit,
    openFiles,
    lockedMemory,
  ];
  return [coreCount(cores), ...ofFiles.map((check) => check(files)), ...(await redisSettings(redisUrl))];
}
