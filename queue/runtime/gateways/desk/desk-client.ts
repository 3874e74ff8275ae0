import type { RingConsumer } from '../../rings/ring-consumer.ts';

/** Number of a transition that no command of the client made: of one of its account's orders, by somebody else's command or by time. */
export const NOT_OURS = 0;

/** Who sends commands over a desk and is told what became of them, when that is journalled. A session of a gateway. */
export interface DeskClient {
  /**
   * One transition, in the 64 bytes at byte `at` of the output ring; they are overwritten after it returned.
   *
   * @param number which of the client's commands made it, as the client numbered it, or NOT_OURS
   */
  transition(output: RingConsumer, at: number, number: number): void;
  /** All transitions of the client's command were given. */
  done(number: number): void;
  /** Nothing more comes for the moment: what was gathered can be sent. */
  flush(): void;
}
