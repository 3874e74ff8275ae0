import { INGRESS_END_WORD, OUTPUT_END_WORD } from '../pipeline/batch-slot.ts';
import { ENGINE_CONSUMER, type PipelineRings } from '../pipeline/pipeline-rings.ts';
import { consumerWord, PRODUCER_WORD, SLOT_BYTES, SLOTS_OFFSET } from '../rings/ring-layout.ts';

/**
 * Puts the rings back to the last batch that the dead engine described; what it took or wrote behind that never happened. The slots
 * are all still there: the journaller's cursor holds the ingress ring, and the publisher gives out described batches only.
 *
 * To be called when the engine's thread is dead and the journaller is done with every described batch.
 */
export function rewindRings({ ingress, output, batches }: PipelineRings): void {
  const described = Atomics.load(batches.words, PRODUCER_WORD);
  const last = SLOTS_OFFSET / 4 + ((described - 1) & batches.mask) * (SLOT_BYTES / 4);
  // With no batch yet the slot is zeros, and zero is where both rings begin.
  Atomics.store(ingress.words, consumerWord(ENGINE_CONSUMER), batches.words[last + INGRESS_END_WORD] ?? 0);
  Atomics.store(output.words, PRODUCER_WORD, batches.words[last + OUTPUT_END_WORD] ?? 0);
}
