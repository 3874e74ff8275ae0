import { describe, expect, it } from 'vitest';
import { eventsOfFlow, type FlowEvents } from '../model/flow-events.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { REASON, TRANSITION } from '../model/model-transition.ts';
import { ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';

const SEED = 77n;

/** How long a flow runs, and what it has to reach in that time. */
interface FlowReach {
  readonly batches: number;
  readonly records: number;
  readonly events: readonly string[];
}

const REACH: Readonly<Record<OrderFlowName, FlowReach>> = {
  realistic: {
    batches: 20,
    records: 200,
    events: [
      'accepted',
      'filled',
      'reduced',
      'canceled requested',
      'canceled remainder',
      'own batch order canceled',
    ],
  },
  crossing: {
    batches: 20,
    records: 300,
    events: [
      ...['rejected wouldTake', 'rejected unfillable', 'rejected matchLimit'],
      ...['canceled matchLimit', 'canceled remainder'],
    ],
  },
  pressure: {
    batches: 10,
    records: 1024,
    events: [
      ...['own side evicted', 'other side evicted', 'eviction limit', 'rejected bookFull'],
      ...['canceled matchLimit'],
    ],
  },
  garbage: {
    batches: 40,
    records: 150,
    events: [
      ...['unknownKind', 'reservedBits', 'invalidSide', 'invalidTimeInForce', 'invalidCombination'],
      ...['invalidPrice', 'invalidQuantity', 'missingExtension', 'unknownOrder', 'notOwner'],
    ].map((reason) => `rejected ${reason}`),
  },
  timed: {
    batches: 20,
    records: 150,
    events: [
      ...['terms', 'expired', 'rejected expiryPassed', 'rejected unfillable', 'rejected noOrders'],
      ...['canceled selfTrade', 'maker met again'],
    ],
  },
  iceberg: {
    batches: 20,
    records: 150,
    events: [
      ...['terms', 'maker met again', 'reduced', 'expired', 'canceled matchLimit', 'canceled selfTrade'],
      ...['reduced selfTrade', 'rejected selfTrade', 'rejected unfillable'],
    ],
  },
  stops: {
    batches: 40,
    records: 400,
    events: [
      ...['triggered', 'stop left over', 'long cascade', 'canceled bookFull', 'rejected stopBookFull'],
      ...['canceled matchLimit', 'canceled selfTrade', 'expired', 'own side evicted', 'rejected bookFull'],
    ],
  },
  'self-trade': {
    batches: 20,
    records: 150,
    events: ['canceled selfTrade', 'reduced selfTrade', 'rejected selfTrade', 'filled', 'maker met again'],
  },
  replace: {
    batches: 20,
    records: 400,
    events: [
      ...['replaced', 'canceled replaced', 'triggered', 'slid', 'canceled bookFull'],
      ...[
        'bookFull',
        'unknownOrder',
        'notOwner',
        'wouldTake',
        'unfillable',
        'selfTrade',
        'invalidCombination',
      ].map((reason) => `rejected ${reason}, Replace`),
    ],
  },
  'mass-cancel': {
    batches: 25,
    records: 200,
    events: [
      ...['64 canceled at once', 'marketStateChanged', 'own batch order canceled', 'triggered', 'expired'],
      ...[
        'rejected noOrders',
        'rejected marketClosed',
        'rejected notOperator',
        'rejected invalidMarketState',
      ],
    ],
  },
  'post-only-slide': { batches: 20, records: 150, events: ['slid', 'rejected wouldTake', 'filled', 'terms'] },
  'tick-and-lot': {
    batches: 20,
    records: 150,
    events: ['filled', 'triggered', 'rejected offTick', 'rejected offLot', 'rejected invalidDisplay', 'slid'],
  },
  everything: {
    batches: 40,
    records: 300,
    events: [
      ...[
        'rejected invalidTrigger',
        'rejected invalidDisplay',
        'rejected marketClosed',
        'rejected selfTrade',
      ],
      ...['replaced', 'triggered', 'expired', 'evicted', 'maker met again', '64 canceled at once', 'slid'],
    ],
  },
};

const reached = new Map<OrderFlowName, FlowEvents>();

function eventsOf(name: OrderFlowName): FlowEvents {
  const { batches, records } = REACH[name];
  const events = reached.get(name) ?? eventsOfFlow(name, SEED, batches, records);
  reached.set(name, events);
  return events;
}

/** A comparison under a flow says nothing about a rule that the flow never meets. */
describe('order flows reach the rules that they are named for', () => {
  it.each(ORDER_FLOW_NAMES)(
    '%s',
    (name) => {
      console.log(`flow ${name}, seed ${SEED}`);
      expect([...eventsOf(name).keys()]).toEqual(expect.arrayContaining([...REACH[name].events]));
    },
    60_000,
  );

  it('realistic flow cancels more than a few orders of its own batch', () => {
    expect(eventsOf('realistic').get('own batch order canceled') ?? 0).toBeGreaterThan(20);
  });

  it('all together: every transition type, and every reason', () => {
    const events = new Set(ORDER_FLOW_NAMES.flatMap((name) => [...eventsOf(name).keys()]));
    const names = [...events].flatMap((event) => event.split(' '));
    const reasons = Object.keys(REASON).filter((reason) => reason !== 'none');
    expect(names).toEqual(expect.arrayContaining([...Object.keys(TRANSITION), ...reasons]));
  }, 60_000);

  it('make the same commands from the same seed', () => {
    for (const flow of Object.values(ORDER_FLOWS)) {
      const make = () => Buffer.from(flow(new Random(SEED), new LiveOrders(), 100)).toString('hex');
      expect(make()).toBe(make());
    }
  });
});
