/** What can go wrong on the hot path: codes instead of exceptions, for neither an object nor a stack may be made there. */
export const FAST_ERRORS = {
  AllocationFailure: 1,
  NetworkTimeout: 2,
  InvalidOrder: 3,
  SystemOverload: 4,
  RingFull: 5,
  JournalSlow: 6,
  PublisherSlow: 7,
  ReaderStalled: 8,
  SessionLost: 9,
  MalformedFrame: 10,
  EngineHung: 11,
} as const;
export type FastErrorName = keyof typeof FAST_ERRORS;
/** A FastError as it is on the hot path. */
export type FastErrorCode = (typeof FAST_ERRORS)[FastErrorName];

/** The source that the engine's thread names; sessions are 0 and above. */
export const ENGINE_SOURCE = -1;

/** Codes are below this. */
export const FAST_ERROR_CODES = 32;

/** The name of a code; `unknown` for one that this version does not have. */
export function fastErrorName(code: number): FastErrorName | 'unknown' {
  for (const [name, value] of Object.entries(FAST_ERRORS)) if (value === code) return name as FastErrorName;
  return 'unknown';
}
