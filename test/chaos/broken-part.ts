/** One part of the service, broken on purpose, and the fault whose rounds must then fail. */
export interface BrokenPart {
  readonly fault: string;
  /** What is broken, in words. */
  readonly bug: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
