const QUIET_MS = 4_000;

/** Says things to screen readers through a polite live region: one at a time, the latest of what came too fast. */
export class Announcer {
  readonly #region: HTMLElement;
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  say(text: string): void {
    if (this.#timer !== undefined) {
      this.#waiting = text;
      return;
    }
    this.#region.textContent = text;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.say(waiting);
    }, QUIET_MS);
  }
}
