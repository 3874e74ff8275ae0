import { COMMAND_BYTES } from '../../../../engine/command.ts';
import { isAdmitted } from '../../faults/degradation.ts';
import type { ErrorRing } from '../../faults/error-ring.ts';
import { recordsOfSlot } from '../../pipeline/command-intake.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { PublisherStage, TransitionSink } from '../../pipeline/publisher-stage.ts';
import type { RingConsumer } from '../../rings/ring-consumer.ts';
import type { RingProducer } from '../../rings/ring-producer.ts';
import { NanoClock } from '../../telemetry/nano-clock.ts';
import type { TelemetryBlock } from '../../telemetry/telemetry-block.ts';
import { AccountWatch } from './account-watch.ts';
import { type DeskClient, NOT_OURS } from './desk-client.ts';
import { TicketTable } from './ticket-table.ts';

const WORDS_PER_RECORD = COMMAND_BYTES / 4;
const FILLED = 2;
/** Where a transition has its account, and of a fill the maker's (protocol §5), in u32s. */
const ACCOUNT_WORD = 1;
const MAKER_ACCOUNT_WORD = 14;
const STEP = 1024;
/** Transitions that are given out before sockets are looked at again. */
const TURN_MAX = 16 * STEP;

/**
 * Between the gateways of one thread and a pipeline: takes commands into the ingress ring and gives their transitions back to who sent
 * them, and to who watches the accounts that they are of, once they are journalled. It is the pipeline's one publisher, and its only
 * producer. The journal is what answers: a command that was never published was never accepted.
 */
export class OrderDesk implements TransitionSink {
  readonly errors: ErrorRing;
  readonly telemetry: TelemetryBlock;
  readonly accounts = new AccountWatch();
  readonly #pipeline: Pipeline;
  readonly #producer: RingProducer;
  readonly #ringWords: Int32Array;
  readonly #publisher: PublisherStage;
  readonly #tickets: TicketTable;
  readonly #clock = new NanoClock();
  readonly #messages;
  readonly #drops;
  readonly #network;
  /** Clients that were told something since they were last flushed. */
  readonly #touched = new Set<DeskClient>();
  /** The ticket whose transitions are coming, -1 between batches. */
  #current = -1;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
    this.errors = pipeline.errors;
    this.telemetry = pipeline.telemetry;
    this.#producer = pipeline.producer();
    this.#ringWords = new Int32Array(pipeline.rings.ingress.buffer);
    this.#publisher = pipeline.publisher(this);
    // Half of the ring: a desk stops reading sockets before the service degrades so far that orders are refused.
    this.#tickets = new TicketTable(pipeline.rings.ingress.capacity / 2);
    this.#messages = pipeline.telemetry.counter('messages_total');
    this.#drops = pipeline.telemetry.counter('drops_total');
    this.#network = pipeline.telemetry.histogram('network_ns');
  }

  /** Whether the service is degraded too far for a command. @param head its first u32 */
  isRefused(head: number): boolean {
    return !isAdmitted(this.#pipeline.control.level, head);
  }

  /** 0 normal .. 4 all is refused. */
  get level(): number {
    return this.#pipeline.control.level;
  }

  /** How many commands can be sent now. */
  room(): number {
    return Math.min(this.#tickets.room, this.#producer.ready());
  }

  /** Commands whose transitions are not all given out. */
  get inFlight(): number {
    return this.#tickets.out;
  }

  /**
   * Sends commands; false when there is no room for them now, and then none is sent.
   *
   * @param words packed records are in here @param places index of each command's first u32
   * @param numbers what the client calls them, 1 .. 2^32-1 @param count of both lists
   * @param arrivalNs when their bytes were read, on the desk's clock
   */
  send(
    client: DeskClient,
    words: Int32Array,
    places: Int32Array,
    numbers: Uint32Array,
    count: number,
    arrivalNs: number,
  ): boolean {
    if (this.#tickets.room < count || !this.#producer.tryClaim(count)) return false;
    for (let index = 0; index < count; index++) {
      const from = places[index] ?? 0;
      const to = this.#producer.slotOffset(index) / 4;
      const length = recordsOfSlot(words, from * 4) * WORDS_PER_RECORD;
      for (let word = 0; word < length; word++) this.#ringWords[to + word] = words[from + word] ?? 0;
      this.#producer.note(index, this.#tickets.issue(client, numbers[index] ?? 0), arrivalNs);
    }
    this.#producer.publish();
    this.#messages.add(count);
    this.#network.record(this.#clock.nowNs() - arrivalNs);
    return true;
  }

  /** The clock that arrivals are on, ns. */
  nowNs(): number {
    return this.#clock.nowNs();
  }

  /** A client was gone when it was to be told of a transition. */
  drop(): void {
    this.#drops.add(1);
  }

  /** Gives out what is journalled, some thousands of transitions at most; returns how many. */
  pump(): number {
    let given = 0;
    let step = 0;
    do {
      step = this.#publisher.step(STEP);
      given += step;
    } while (step > 0 && given < TURN_MAX);
    // The publisher is dry at the end of a batch only, and a command has all its transitions in one batch.
    if (step === 0) this.#finish();
    for (const client of this.#touched) client.flush();
    this.#touched.clear();
    return given;
  }

  take(output: RingConsumer, count: number): void {
    for (let index = 0; index < count; index++) {
      const ticket = output.origin(index);
      if (ticket !== this.#current) this.#begin(ticket);
      this.#route(output, output.slotOffset(index));
    }
  }

  #begin(ticket: number): void {
    this.#finish();
    this.#current = this.#tickets.isOut(ticket) ? ticket : -1;
  }

  #finish(): void {
    if (this.#current < 0) return;
    const client = this.#tickets.clientOf(this.#current);
    const number = this.#tickets.numberOf(this.#current);
    this.#tickets.close(this.#current);
    this.#current = -1;
    if (client === undefined) return;
    client.done(number);
    this.#touched.add(client);
  }

  #route(output: RingConsumer, at: number): void {
    const owner = this.#current < 0 ? undefined : this.#tickets.clientOf(this.#current);
    if (owner !== undefined) {
      owner.transition(output, at, this.#tickets.numberOf(this.#current));
      this.#touched.add(owner);
    }
    const word = at / 4;
    const account = (output.words[word + ACCOUNT_WORD] ?? 0) >>> 0;
    this.#tell(account, owner, output, at);
    if (((output.words[word] ?? 0) & 0xff) !== FILLED) return;
    const maker = (output.words[word + MAKER_ACCOUNT_WORD] ?? 0) >>> 0;
    if (maker !== account) this.#tell(maker, owner, output, at);
  }

  #tell(account: number, owner: DeskClient | undefined, output: RingConsumer, at: number): void {
    const watchers = this.accounts.of(account);
    for (let index = 0; index < watchers.length; index++) {
      const client = watchers[index];
      if (client === undefined || client === owner) continue;
      client.transition(output, at, NOT_OURS);
      this.#touched.add(client);
    }
  }
}
