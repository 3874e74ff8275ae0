// The messages of a stream (docs/message-stream.md) and the buffer that they arrive in.

/** One message, 40 bytes. */
@unmanaged
export class Message {
  /** type u8 | side u8 | ioc u8 | pad u8 */
  head: u32;
  quantity: u32;
  sequence: u64;
  orderId: u64;
  price: u64;
  reserved: u64;
}

export const enum MessageType {
  New = 0,
  Cancel = 1,
  Modify = 2,
}

export const MESSAGE_BYTES: u32 = 40;
export const MESSAGES_MAX: u32 = 1 << 16;
export const MESSAGES: u32 = memory.data(MESSAGES_MAX * MESSAGE_BYTES, 64) as u32;

if (offsetof<Message>() != MESSAGE_BYTES) ERROR('a Message is 40 bytes');

// @ts-ignore: decorator
@inline
export function messageAt(index: u32): Message {
  return changetype<Message>(MESSAGES + index * MESSAGE_BYTES);
}

// @ts-ignore: decorator
@inline
export function typeOf(message: Message): u32 {
  return message.head & 0xff;
}

// @ts-ignore: decorator
@inline
export function sideOf(message: Message): u32 {
  return (message.head >> 8) & 0xff;
}

/** 1 for an order whose rest is canceled at once. */
// @ts-ignore: decorator
@inline
export function immediacyOf(message: Message): u32 {
  return (message.head >> 16) & 0xff;
}
