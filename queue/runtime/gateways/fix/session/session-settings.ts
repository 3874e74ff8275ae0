/** How a FIX session behaves; all times in ms. */
export interface FixSessionSettings {
  /** Largest HeartBtInt that is taken, seconds. */
  readonly heartBtIntMax: number;
  /** How long a connection has for its Logon, and for the answer to our Logout. */
  readonly logonMs: number;
  readonly logoutMs: number;
  /** How far a SendingTime may be off. */
  readonly sendingTimeToleranceMs: number;
  /** After how long a gap is asked for again, when messages behind it come and it does not. */
  readonly resendMs: number;
  /** Application messages that are kept to be sent again. */
  readonly keptMessagesMax: number;
}

export const DEFAULT_FIX_SETTINGS: FixSessionSettings = {
  heartBtIntMax: 3600,
  logonMs: 10_000,
  logoutMs: 10_000,
  sendingTimeToleranceMs: 120_000,
  resendMs: 30_000,
  keptMessagesMax: 50_000,
};
