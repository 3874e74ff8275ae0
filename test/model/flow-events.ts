import { LiveOrders } from './live-orders.ts';
import { ModelBook } from './model-book.ts';
import { KIND, RECORD_BYTES, readCommand } from './model-command.ts';
import { decodeTransitionList, type ModelTransition, REASON, TRANSITION } from './model-transition.ts';
import { configOfFlow, ORDER_FLOWS, type OrderFlowName } from './order-flow.ts';
import { Random } from './random.ts';
import { TEST_CONFIG } from './scenario.ts';

/**
 * What a flow made happen, and how often: each transition type with its reason, and events that no single transition
 * shows.
 */
export type FlowEvents = ReadonlyMap<string, number>;

/** What the transitions of a batch are to be understood from. */
interface EventBatch {
  readonly records: Uint8Array;
  readonly firstSequence: bigint;
}

/** Runs batches of a flow on the model and counts what happens. */
export function eventsOfFlow(
  name: OrderFlowName,
  seed: bigint,
  batchCount: number,
  batchRecords: number,
): FlowEvents {
  const events = new Map<string, number>();
  const count = (event: string) => events.set(event, (events.get(event) ?? 0) + 1);
  const random = new Random(seed);
  const live = new LiveOrders();
  const book = new ModelBook(configOfFlow(TEST_CONFIG, name));
  for (let batch = 0; batch < batchCount; batch += 1) {
    const records = ORDER_FLOWS[name](random, live, batchRecords);
    const firstSequence = book.state.sequence + 1n;
    const timestamp = BigInt(batch);
    const { transitions, taken } = book.applyBatch(records, timestamp);
    if (taken * RECORD_BYTES < records.length) count('batch stopped early');
    live.observe(transitions, timestamp);
    for (const own of byCommand(decodeTransitionList(transitions))) {
      for (const event of commandEvents({ records, firstSequence }, own)) count(event);
    }
  }
  return events;
}

/** The transitions of each command. */
function byCommand(transitions: readonly ModelTransition[]): readonly (readonly ModelTransition[])[] {
  return [...Map.groupBy(transitions, ({ commandIndex }) => commandIndex).values()];
}

function commandEvents(batch: EventBatch, own: readonly ModelTransition[]): string[] {
  const ofType = (type: bigint) => own.filter((transition) => transition.type === type);
  const fills = ofType(TRANSITION.filled).map(({ orderId, relatedId }) => `${orderId} ${relatedId}`);
  const isMass = own.filter(({ reason }) => reason === REASON.requested).length === 64;
  return [
    ...own.flatMap((transition) => transitionEvents(batch, transition)),
    ...(ofType(TRANSITION.evicted).length === 64 ? ['eviction limit'] : []),
    ...(own[0]?.type === TRANSITION.triggered ? ['stop left over'] : []),
    ...(ofType(TRANSITION.triggered).length > 0 && own.length > 128 ? ['long cascade'] : []),
    ...(new Set(fills).size < fills.length ? ['maker met again'] : []),
    ...(isMass ? ['64 canceled at once'] : []),
  ];
}

function transitionEvents(batch: EventBatch, transition: ModelTransition): string[] {
  const { type, reason, side, price, orderId, commandIndex } = transition;
  const { records, firstSequence } = batch;
  const command = readCommand(records, Number(commandIndex));
  const name = nameOf(TRANSITION, type) + (reason === 0n ? '' : ` ${nameOf(REASON, reason)}`);
  const isAccepted = type === TRANSITION.accepted || type === TRANSITION.replaced;
  const isOwnBatch = reason === REASON.requested && orderId >> 12n >= firstSequence;
  const isRejectedReplace = type === TRANSITION.rejected && command.kind === KIND.replace;
  return [
    name,
    ...(isRejectedReplace ? [`${name}, Replace`] : []),
    ...(isAccepted && price !== command.price ? ['slid'] : []),
    ...(isOwnBatch ? ['own batch order canceled'] : []),
    ...(type === TRANSITION.evicted
      ? [side === command.side ? 'own side evicted' : 'other side evicted']
      : []),
  ];
}

function nameOf(table: Readonly<Record<string, bigint>>, value: bigint): string {
  return Object.keys(table).find((name) => table[name] === value) ?? `unnamed ${value}`;
}
