import { cancelAll, POST_ONLY, setMarketState, sweep } from './command-builders.ts';
import { asTaker, cancelOrReduce, FLOW_OPERATOR, limitOrder, withSomeTerms } from './flow-parts.ts';
import type { LiveOrders } from './live-orders.ts';
import { MARKET_STATE, type ModelCommand } from './model-command.ts';
import type { Random } from './random.ts';
import { stopOrder } from './stop-flow.ts';

/** Few accounts with many orders and stops, which they cancel all at once; the market closes for a while. */
export function massCancelCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(1000);
  if (dice < 12) return [cancelAllCommand(random)];
  if (dice < 32) return closedMarket(random, live);
  return [...reopened(live), ...everydayCommands(random, live)];
}

/** A market that a batch left closed, because it was cut, is opened by the next. */
function reopened(live: LiveOrders): readonly ModelCommand[] {
  return live.marketState === MARKET_STATE.open ? [] : [setMarketState(MARKET_STATE.open, FLOW_OPERATOR)];
}

export function cancelAllCommand(random: Random): ModelCommand {
  const side = BigInt(random.pick([0, 1, 2, 2]));
  return cancelAll(BigInt(random.between(1, 4)), { side });
}

/** A market state other than open, commands that it may refuse, and open again. */
export function closedMarket(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const setState = (state: bigint) => {
    const account = random.chance(8) ? 1n : FLOW_OPERATOR;
    return setMarketState(random.chance(4) ? 4n : state, account);
  };
  const closed = setState(BigInt(random.between(0, 3)));
  const within = Array.from({ length: random.between(1, 6) }, () =>
    random.chance(20)
      ? [random.chance(50) ? cancelAllCommand(random) : sweep()]
      : everydayCommands(random, live),
  );
  return [closed, ...within.flat(), setMarketState(MARKET_STATE.open, FLOW_OPERATOR)];
}

function everydayCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(100);
  if (dice < 6) return cancelOrReduce(random, live);
  if (dice < 16) return [{ ...stopOrder(random, live, 3), account: BigInt(random.between(1, 4)) }];
  const order = limitOrder(random, { depth: 20, crossing: 4, lotsMax: 5, accountMax: 4 });
  if (dice < 30) return [{ ...order, ...POST_ONLY }];
  if (dice < 40) return [asTaker(random, limitOrder(random, { depth: 8, crossing: 90, lotsMax: 12 }))];
  return [withSomeTerms(random, live, order)];
}
