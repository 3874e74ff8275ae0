import { sweep } from './command-builders.ts';
import { type CommandMaker, FLOW_OPERATOR, MID } from './flow-parts.ts';
import type { LiveOrders } from './live-orders.ts';
import { cancelAllCommand, closedMarket, massCancelCommands } from './mass-cancel-flow.ts';
import { KIND, type ModelCommand } from './model-command.ts';
import {
  icebergCommands,
  replaceCommands,
  selfTradeCommands,
  slideCommandsAround,
  timedCommands,
} from './order-type-flows.ts';
import type { Random } from './random.ts';
import { stopCommands } from './stop-flow.ts';

const EVERYDAY: readonly [CommandMaker, ...CommandMaker[]] = [
  timedCommands,
  icebergCommands,
  stopCommands,
  selfTradeCommands,
  replaceCommands,
  massCancelCommands,
  (random, live) => slideCommandsAround(random, live, MID),
];

/** Gives the commands of one batch one by one: all order types and all commands on one book. */
export function everythingCommands(random: Random, live: LiveOrders): () => ModelCommand {
  const waiting: ModelCommand[] = [];
  return () => {
    while (waiting.length === 0) waiting.push(...nextCommands(random, live));
    return waiting.shift() ?? sweep();
  };
}

function nextCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(200);
  if (dice === 0) return [cancelAllCommand(random)];
  if (dice === 1) return closedMarket(random, live);
  if (dice < 6) return [sweep({ kind: KIND.setMarketState, account: FLOW_OPERATOR })];
  return random.pick(EVERYDAY)(random, live);
}
