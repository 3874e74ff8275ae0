import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import type { MarketConfig } from '../../engine/market-config.ts';
import { decodeTransitions, type Transition } from '../../engine/transition.ts';
import { LiveOrders } from './live-orders.ts';

/**
 * An engine that runs ahead of the batches, one command at a time, so that the next command can name the order ids that
 * the last one made. What an engine does never depends on where batches end, so the ids are those of the real run.
 */
export class ScoutEngine {
  readonly live = new LiveOrders();
  readonly #engine: Engine;

  constructor(config: MarketConfig) {
    this.#engine = Engine.create(config);
  }

  /** Applies one command; `live` is up to date when it returns. */
  apply(command: Command): readonly Transition[] {
    const { transitions } = this.#engine.applyBatch(encodeCommands([command]), 0n);
    const decoded = decodeTransitions(transitions);
    this.live.observe(decoded, mayRest(command));
    return decoded;
  }

  /** Price levels, best first. */
  levels(side: 'bid' | 'ask') {
    return this.#engine.levels(side);
  }
}

function mayRest(command: Command): boolean {
  if (command.kind === 'replace') return command.timeInForce === 'GTC';
  return command.kind === 'place' && command.timeInForce === 'GTC' && command.market !== true;
}
