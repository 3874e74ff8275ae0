import type { HostHello } from '../../prover/sdk/host-messages.ts';
import type { GuestImage } from '../../prover/sdk/image.ts';
import { type JobReceiptKind, type JobRow, PROOF_KINDS } from '../store/job-row.ts';

/** What a worker can prove, as its prover host says. */
export interface WorkerAbilities {
  readonly hostVersion: string;
  readonly backend: HostHello['backend'];
  readonly backendVersion: string;
  readonly imageId: string;
  readonly parametersDigest: string;
  readonly memoryLimitBytes: number;
  readonly memoryClass: MemoryClass;
  readonly receiptKinds: readonly JobReceiptKind[];
}

/** `small` holds the proof of a segment at a time, `large` an aggregated one too. */
export type MemoryClass = 'small' | 'large';

// The smallest aggregated proof was measured at 2.8 GB (prover/host/PROTOCOL.md).
const LARGE_MIN_BYTES = 3_000_000_000;

export function abilitiesOf(hello: HostHello, image: GuestImage): WorkerAbilities {
  const { hostVersion, backend, backendVersion, parametersDigest, memoryLimitBytes } = hello;
  const memoryClass: MemoryClass = memoryLimitBytes < LARGE_MIN_BYTES ? 'small' : 'large';
  return {
    hostVersion,
    backend,
    backendVersion,
    imageId: image.imageId,
    parametersDigest,
    memoryLimitBytes,
    memoryClass,
    receiptKinds: backend === 'fake' ? ['fake'] : memoryClass === 'small' ? ['app'] : PROOF_KINDS,
  };
}

/** Why a worker of these abilities cannot prove a job; undefined when it can. */
export function inabilityOf(
  abilities: WorkerAbilities,
  job: Pick<JobRow, 'imageId' | 'parametersDigest' | 'receiptKind'>,
): string | undefined {
  const { imageId, parametersDigest, receiptKinds, memoryClass } = abilities;
  if (job.imageId !== imageId) return `imageId is ${job.imageId}, this worker has ${imageId}`;
  if (!receiptKinds.includes(job.receiptKind)) {
    return `receiptKind is ${job.receiptKind}, this worker (memory class ${memoryClass}) makes ${receiptKinds.join(', ')}`;
  }
  if (job.parametersDigest !== parametersDigest) {
    return `parametersDigest is ${job.parametersDigest}, this worker proves under ${parametersDigest}`;
  }
  return undefined;
}
