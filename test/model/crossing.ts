import { type BookState, levelsBestFirst, type PriceLevel, type Side } from './book-state.ts';
import { FLAG, type ModelCommand, TIME_IN_FORCE } from './model-command.ts';

export function takerSide(command: ModelCommand): Side {
  return command.side === 0n ? 'bid' : 'ask';
}

export function hasFlag(command: ModelCommand, flag: bigint): boolean {
  return (command.flags & flag) !== 0n;
}

/** Only a GTC order that is not a market order may come to rest (protocol §3, check 14). */
export function mayRest(command: ModelCommand): boolean {
  return command.timeInForce === TIME_IN_FORCE.gtc && !hasFlag(command, FLAG.market);
}

/** True when a Place crosses this level of the other side (protocol §1). */
export function crosses(command: ModelCommand, level: PriceLevel): boolean {
  if (hasFlag(command, FLAG.market)) return true;
  return takerSide(command) === 'bid' ? command.price >= level.price : command.price <= level.price;
}

/** The levels of `makerSide` that a Place crosses, best first. */
export function crossedLevels(state: BookState, command: ModelCommand, makerSide: Side): PriceLevel[] {
  return levelsBestFirst(state, makerSide).filter((level) => crosses(command, level));
}
