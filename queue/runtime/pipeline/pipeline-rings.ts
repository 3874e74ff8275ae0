import { attachRing, createRing, type RingMemory } from '../rings/ring-memory.ts';

/** How many slots the rings of a pipeline have; each a power of two. */
export interface PipelineSizes {
  /** Commands that wait for the engine or the journal. */
  readonly ingressSlots: number;
  /** Transitions that wait for the publisher; at least 4096, what one batch can make. */
  readonly outputSlots: number;
  /** Batches that wait for the journal or the publisher. */
  readonly batchSlots: number;
}

export const DEFAULT_PIPELINE_SIZES: PipelineSizes = {
  ingressSlots: 65_536,
  outputSlots: 131_072,
  batchSlots: 4096,
};

/** The three rings between gateways, engine, journaller and publisher. */
export interface PipelineRings {
  /** Gateways -> engine (consumer 0) -> journaller (consumer 1, behind it). */
  readonly ingress: RingMemory;
  /** Engine -> publisher. */
  readonly output: RingMemory;
  /** Engine -> journaller (consumer 0) -> publisher (consumer 1, behind it): nothing is published before it is journalled. */
  readonly batches: RingMemory;
}

export const ENGINE_CONSUMER = 0;
export const JOURNALLER_OF_INGRESS = 1;
export const JOURNALLER_OF_BATCHES = 0;
export const PUBLISHER_OF_BATCHES = 1;

/** The rings' memory as it goes to another thread. */
export interface PipelineBuffers {
  readonly ingress: SharedArrayBuffer;
  readonly output: SharedArrayBuffer;
  readonly batches: SharedArrayBuffer;
}

/** @throws INVALID_FIELD for a size that is no power of two or out of range */
export function createPipelineRings(sizes: PipelineSizes): PipelineRings {
  return {
    ingress: createRing({ kind: 'mpsc', capacity: sizes.ingressSlots, consumers: 2 }),
    output: createRing({ kind: 'spsc', capacity: sizes.outputSlots, consumers: 1 }),
    batches: createRing({ kind: 'spsc', capacity: sizes.batchSlots, consumers: 2 }),
  };
}

export function buffersOf({ ingress, output, batches }: PipelineRings): PipelineBuffers {
  return { ingress: ingress.buffer, output: output.buffer, batches: batches.buffer };
}

/** @throws INVALID_FIELD for memory that holds no ring */
export function attachPipelineRings({ ingress, output, batches }: PipelineBuffers): PipelineRings {
  return { ingress: attachRing(ingress), output: attachRing(output), batches: attachRing(batches) };
}
