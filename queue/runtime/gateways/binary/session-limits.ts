/** What one client may take of a gateway; beyond it is not read, or gone. */
export interface SessionLimits {
  /** Commands in flight of one session; more are not read until some are answered. */
  readonly inFlightMax: number;
  /** How long a client has for its hello, and for the rest of a frame that it began. */
  readonly loginMs: number;
  readonly frameMs: number;
  /** Bytes that wait for a client that does not read: from the first on its commands are not read, at the second it is gone. */
  readonly unreadSoftBytes: number;
  readonly unreadHardBytes: number;
  /** How long it may be above the first. */
  readonly unreadMs: number;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  inFlightMax: 16_384,
  loginMs: 5000,
  frameMs: 10_000,
  unreadSoftBytes: 2 ** 20,
  unreadHardBytes: 32 * 2 ** 20,
  unreadMs: 10_000,
};
