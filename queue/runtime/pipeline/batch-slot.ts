// What a slot of the batch ring says about one batch of the engine thread: u32s by their place in the slot, u64s by their place in u64s.

/** u64. */
export const BATCH_NUMBER_LONG = 0;
/** Nanoseconds since the epoch, u64: what the engine was given. */
export const TIMESTAMP_LONG = 1;
/** Slots of the ingress ring that the batch took. */
export const INGRESS_SLOTS_WORD = 4;
/** Command records in them: one or two a slot. */
export const RECORDS_WORD = 5;
/** Transitions, each in a slot of the output ring. */
export const TRANSITIONS_WORD = 6;
/** Sequence behind the batch's last slot in the ingress ring, and in the output ring: where a standby goes on. */
export const INGRESS_END_WORD = 7;
export const OUTPUT_END_WORD = 8;
