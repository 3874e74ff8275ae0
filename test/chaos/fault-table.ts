import { HTTP_FAULTS } from './http-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import type { ChaosFault } from './round-context.ts';
import { STORAGE_FAULTS } from './storage-faults.ts';

/** Every fault that a chaos run injects, in the order of its rounds. */
export const FAULTS: readonly ChaosFault[] = [...PROCESS_FAULTS, ...STORAGE_FAULTS, ...HTTP_FAULTS];

/** The fault of that name. @throws Error naming those that there are */
export function faultNamed(name: string): ChaosFault {
  const fault = FAULTS.find((candidate) => candidate.name === name);
  if (fault !== undefined) return fault;
  throw new Error(`no fault is called "${name}": one of ${FAULTS.map((one) => one.name).join(', ')}`);
}
