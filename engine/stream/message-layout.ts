/** A message stream file: a header that nobody looks at, then messages (docs/message-stream.md). Offsets are bytes. */
export const HEADER_BYTES = 16;
export const MESSAGE_BYTES = 40;

export const MESSAGE = {
  type: 0,
  side: 1,
  immediateOrCancel: 2,
  quantity: 4,
  sequence: 8,
  orderId: 16,
  price: 24,
} as const;

export const MESSAGE_TYPE = { new: 0, cancel: 1, modify: 2 } as const;

/** What the module writes for each message: a report and the fills that it counts (engine/assembly/stream.ts). */
export const REPORT_BYTES = 16;
export const REPORT = { flags: 0, fillCount: 4, price: 8 } as const;
export const REPORT_FLAG = { begins: 1, ends: 2, restCanceled: 4, unknown: 8, ask: 16 } as const;

export const FILL_BYTES = 24;
export const FILL = { price: 0, quantity: 8, makerId: 16 } as const;
