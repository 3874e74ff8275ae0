// The binary protocol of a gateway (docs/gateways.md). All integers are little-endian u32s unless said otherwise. A frame is a header of
// 8 bytes and a body of a multiple of 8: records in a stream are always where a u64 may stand.
//
// Header: bytes of the body · type u8 · 0 u8 · count u16.

export const HEADER_BYTES = 8;

/** From a client: type of a frame. */
export const CLIENT_FRAMES = { hello: 1, commands: 2 } as const;

/** To a client. */
export const GATEWAY_FRAMES = { welcome: 129, events: 130, refused: 131, closed: 132 } as const;

/** Hello: magic 'PBGW' · version · account · 0 · key (32 bytes). */
export const HELLO_BYTES = 48;
export const HELLO_MAGIC = 0x57474250;
export const BINARY_VERSION = 1;
export const KEY_OFFSET = 16;
export const KEY_BYTES = 32;

/** Commands: packed records, 1 .. 1024 of them. */
export const FRAME_RECORDS_MAX = 1024;

// Welcome: version · account · most commands in flight · 0 · market id u64.

/** Events: transitions (protocol §5), in whose last u32 stands not the command's index in its batch but the client's number of it. */
export const EVENT_BYTES = 64;
export const EVENTS_MAX = 1024;

/** Refused: number of the command · code, each. */
export const REFUSAL_BYTES = 8;

/** Closed: reason · detail. */
export const CLOSED_BYTES = 8;

/** Why a command was refused by the gateway: the engine never saw it. */
export const REFUSALS = {
  unknownKind: 1,
  notYourAccount: 2,
  reservedBits: 3,
  outOfRange: 4,
  missingExtension: 5,
  overloaded: 6,
} as const;
export type RefusalCode = (typeof REFUSALS)[keyof typeof REFUSALS];

/** Why a gateway ended a session. */
export const CLOSURES = {
  badMagic: 1,
  badVersion: 2,
  badKey: 3,
  badFrame: 4,
  tooLong: 5,
  notLoggedIn: 6,
  loggedInAlready: 7,
  slowLogin: 8,
  stalledFrame: 9,
  slowReader: 10,
  tooManySessions: 11,
  shuttingDown: 12,
} as const;
export type ClosureName = keyof typeof CLOSURES;
